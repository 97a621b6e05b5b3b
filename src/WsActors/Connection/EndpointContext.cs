using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using WsActors.Metrics;
using WsActors.Protocol.Handshake;
using WsActors.Protocol.Messages;
using WsActors.Runtime;
using WsActors.Topics;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>
/// The context of an endpoint, server or client: its options, and the parts that all endpoints of a system share. Any thread.
/// </summary>
/// <param name="name">The endpoint's name.</param>
/// <param name="options">The options, checked.</param>
/// <param name="handshakes">Counts the handshakes of this endpoint.</param>
/// <param name="systemContext">The parts that all endpoints of the system share.</param>
internal abstract class EndpointContext(
    string name, ConnectionOptions options, HandshakeCounters handshakes, EndpointContext.SystemContext systemContext)
{
    private readonly ConcurrentDictionary<(string? Route, string? Version), RouteMetrics> _routes = new();

    private readonly WebSocketMetrics _metrics = systemContext.Metrics;

    public string Name { get; } = name;

    public ConnectionOptions Options { get; } = options;

    /// <summary>The limits of a request, or of the response to ours.</summary>
    public RequestLimits RequestLimits { get; } = options.Handshake.Limits;

    /// <summary>The limits of a message that is told whole.</summary>
    public MessageLimits MessageLimits { get; } = options.Message.LimitsWith(options.Compression);

    /// <summary>The durations of an open connection.</summary>
    public ConnectionDeadlines.Limits Deadlines { get; } = new(options.Progress, options.KeepAlive);

    public Clock Clock { get; } = systemContext.Clock;

    public BufferPool BufferPool { get; } = systemContext.BufferPool;

    public ILoggingAdapter Log { get; } = systemContext.Log;

    public FailureLog Failures { get; } = systemContext.Failures;

    public UnknownMessageLog UnknownMessages { get; } = systemContext.UnknownMessages;

    public HandshakeCounters Handshakes { get; } = handshakes;

    /// <summary>The traffic of its removed connections. Used by the manager alone.</summary>
    public TrafficCounters Removed { get; } = new();

    /// <summary>The actor that manages topic membership.</summary>
    public IActorRef Topics { get; } = systemContext.Topics;

    /// <summary>The backlogs of publications.</summary>
    public PublishBacklogs Publishing { get; } = systemContext.Publishing;

    public ISessionGateway Sessions { get; } = systemContext.Sessions;

    /// <summary>The address in its metrics.</summary>
    public abstract EndpointAddress Address { get; }

    /// <summary>The attribute that a route has in its metrics.</summary>
    protected virtual string RouteAttribute => "http.route";

    /// <summary>The metrics of what has no route yet.</summary>
    public RouteMetrics Metrics => MetricsFor(route: null, version: null);

    /// <param name="route">The route's template, or a client's name; null where it is not known.</param>
    /// <param name="version">The version of HTTP; null where it is not known.</param>
    public RouteMetrics MetricsFor(string? route, string? version = "1.1") => _routes.GetOrAdd(
        (route, version),
        static (key, e) => new RouteMetrics(
            e._metrics, e.Address, key.Version, key.Route is null ? null : new(e.RouteAttribute, key.Route)),
        this);

    /// <summary>The parts that all endpoints of a system share.</summary>
    internal sealed record SystemContext(
        Clock Clock, BufferPool BufferPool, WebSocketMetrics Metrics, ILoggingAdapter Log, TimeSpan RetryAfter, Jitter Jitter)
    {
        /// <summary>All byte sources of the system.</summary>
        public required ByteSources Sources { get; init; }

        /// <summary>The default byte source, of endpoints and clients that name none.</summary>
        public required IActorRef Source { get; init; }

        public required IActorRef Topics { get; init; }

        public required PublishBacklogs Publishing { get; init; }

        public required ISessionGateway Sessions { get; init; }

        public required FailureLog Failures { get; init; }

        /// <summary>Scans beside the actors that own what is scanned.</summary>
        public required Scans Scans { get; init; }

        public UnknownMessageLog UnknownMessages { get; } = new(Log, Clock);

        public HandshakeCounters Handshakes { get; } = new();

        /// <summary>Throws when the system cannot support options that are in range.</summary>
        public Action<ConnectionOptions> Check { get; set; } = static _ => { };

        /// <summary>The same options, checked.</summary>
        /// <param name="options">Not checked yet.</param>
        /// <param name="adjust">A change to options that are in range; null for none.</param>
        /// <exception cref="ConfigurationException">An option is not usable.</exception>
        public TOptions Checked<TOptions>(TOptions options, Func<TOptions, TOptions>? adjust = null)
            where TOptions : ConnectionOptions
        {
            var usable = (TOptions)options.Checked();
            usable = adjust is null ? usable : adjust(usable);
            Check(usable);
            return usable;
        }
    }
}
