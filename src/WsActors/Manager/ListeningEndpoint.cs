using System.Collections.Concurrent;
using Akka.Configuration;
using WsActors.Dispatch;
using WsActors.Routing;
using WsActors.Transport;
using WsActors.Transport.Tls;

namespace WsActors.Manager;

/// <summary>An endpoint that listens, as its connections see it: its rules beside what any endpoint has. Any thread.</summary>
internal sealed class ListeningEndpoint : Endpoint
{
    /// <summary>By their routes: what one of these holds up, it holds up alone.</summary>
    private readonly ConcurrentDictionary<Route, Bulkhead> _bulkheads = new(ReferenceEqualityComparer.Instance);

    private readonly ConcurrentDictionary<string, InlineWatch> _watches = new();

    /// <summary>The manager's alone.</summary>
    private RateLimit _accepts;

    /// <param name="name">As it was asked for, such as <c>ws://0.0.0.0:8080</c>.</param>
    /// <param name="address">What that means.</param>
    /// <param name="routes">Who serves what.</param>
    /// <param name="options">Not checked yet.</param>
    /// <param name="shared">What all of a system share.</param>
    /// <exception cref="ConfigurationException">An option is not usable.</exception>
    public ListeningEndpoint(string name, ListenAddress address, RouteTable routes, EndpointOptions options, Shared shared)
        : base(name, options, new Tally(shared.Tally), shared)
    {
        if (routes.WithSessions.Any())
        {
            Sessions.Settings.CheckFits(Options);
        }

        _accepts = new RateLimit(Options.MaxAcceptsPerSecond, shared.Clock.Elapsed);
        Tls = address.IsSecure ? new ServerTls(Options.Tls, shared.Clock, shared.Log) : null;
        RetryAfter = shared.RetryAfter;
        var origins = new OriginRule(options.CheckOrigin, options.AllowedOrigins, new OwnHosts(options.AllowedHosts, address.IsLoopback));
        Gate = new Gate(routes, origins, new TrustedProxies(options.TrustedProxies, options.ForwardedHeaders), address.Scheme);
    }

    public Gate Gate { get; }

    /// <summary>Null where it listens plainly.</summary>
    public ServerTls? Tls { get; }

    public TimeSpan RetryAfter { get; }

    /// <summary>Whether one more socket may come now; it is counted if so. The manager's alone.</summary>
    public bool TryAccept() => _accepts.TrySpend(1, Clock.Elapsed);

    /// <summary>Where a route's guards and delegates run.</summary>
    public Bulkhead BulkheadOf(Route route) => _bulkheads.GetOrAdd(
        route,
        static (one, options) => new Bulkhead($"ws {one.Template.Text}", options.MaxGuards, options.MaxWaitingGuards),
        Options);

    /// <summary>Told how long the Inline handlers of a route take.</summary>
    public IRunWatchdog WatchOf(string route) => _watches.GetOrAdd(route, static (r, e) => new InlineWatch(e, r), this);
}
