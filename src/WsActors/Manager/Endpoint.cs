using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using WsActors.Connection;
using WsActors.Sessions;
using WsActors.Topics;
using WsActors.Transport;

namespace WsActors.Manager;

/// <summary>
/// What a connection sees of its surroundings, whichever end it is: its options, and what all of a system share. Any thread.
/// </summary>
/// <param name="name">The tag of its metrics.</param>
/// <param name="options">Not checked yet.</param>
/// <param name="tally">Counts what opens here.</param>
/// <param name="shared">What all of a system share.</param>
/// <exception cref="ConfigurationException">An option is not usable.</exception>
internal abstract class Endpoint(string name, EndpointOptions options, Tally tally, Endpoint.Shared shared)
{
    private readonly ConcurrentDictionary<string, Instruments.OfRoute> _routes = new();

    private readonly Instruments _instruments = shared.Instruments;

    public string Name { get; } = name;

    public EndpointOptions Options { get; } = shared.Checked(options);

    public Clock Clock { get; } = shared.Clock;

    public BufferPool Buffers { get; } = shared.Buffers;

    public ILoggingAdapter Log { get; } = shared.Log;

    public FailureLog Failures { get; } = shared.Failures;

    public UnknownMessageLog UnknownMessages { get; } = shared.UnknownMessages;

    public Tally Tally { get; } = tally;

    /// <summary>Where connections join and leave.</summary>
    public IActorRef Topics { get; } = shared.Topics;

    /// <summary>What handlers have published and members have not taken.</summary>
    public PublishBacklogs Publishing { get; } = shared.Publishing;

    public SessionHost Sessions { get; } = shared.Sessions;

    public Instruments.OfRoute InstrumentsOf(string route) => _routes.GetOrAdd(route, static (r, e) => e._instruments.For(e.Name, r), this);

    /// <summary>What the endpoints of a system have in common.</summary>
    internal sealed record Shared(Clock Clock, BufferPool Buffers, Instruments Instruments, ILoggingAdapter Log, TimeSpan RetryAfter, Jitter Jitter)
    {
        public required IActorRef Topics { get; init; }

        public required PublishBacklogs Publishing { get; init; }

        public required SessionHost Sessions { get; init; }

        public required FailureLog Failures { get; init; }

        public UnknownMessageLog UnknownMessages { get; } = new(Log, Clock);

        public Tally Tally { get; } = new();

        /// <summary>Throws, with one sentence, when the system cannot do what options say that are usable by themselves.</summary>
        public Action<EndpointOptions> Check { get; set; } = static _ => { };

        public EndpointOptions Checked(EndpointOptions options)
        {
            var usable = options.Checked();
            Check(usable);
            return usable;
        }
    }
}
