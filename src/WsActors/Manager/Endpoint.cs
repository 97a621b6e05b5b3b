using System.Collections.Concurrent;
using Akka.Configuration;
using Akka.Event;
using WsActors.Routing;
using WsActors.Transport;

namespace WsActors.Manager;

/// <summary>A listening endpoint, as its connections see it: its rules, its options, and what all of a system share. Any thread.</summary>
internal sealed class Endpoint
{
    private readonly ConcurrentDictionary<string, Instruments.OfRoute> _routes = new();

    private readonly Instruments _instruments;

    /// <exception cref="ConfigurationException">An option is not usable.</exception>
    public Endpoint(string name, string scheme, RouteTable routes, EndpointOptions options, Shared shared)
    {
        Name = name;
        Options = options.Checked();
        Clock = shared.Clock;
        Buffers = shared.Buffers;
        Log = shared.Log;
        RetryAfter = shared.RetryAfter;
        Tally = new Tally(shared.Tally);
        Gate = new Gate(routes, new OriginRule(options.CheckOrigin, options.AllowedOrigins), new TrustedProxies(options.TrustedProxies), scheme);
        _instruments = shared.Instruments;
    }

    /// <summary>As it was asked for, such as <c>ws://0.0.0.0:8080</c>: the tag of its metrics.</summary>
    public string Name { get; }

    public EndpointOptions Options { get; }

    public Gate Gate { get; }

    public Clock Clock { get; }

    public Buffers Buffers { get; }

    public ILoggingAdapter Log { get; }

    public TimeSpan RetryAfter { get; }

    public Tally Tally { get; }

    public Instruments.OfRoute InstrumentsOf(string route) => _routes.GetOrAdd(route, static (r, e) => e._instruments.For(e.Name, r), this);

    /// <summary>What the endpoints of a system have in common.</summary>
    internal sealed record Shared(Clock Clock, Buffers Buffers, Instruments Instruments, ILoggingAdapter Log, TimeSpan RetryAfter, Random Random)
    {
        public Tally Tally { get; } = new();
    }
}
