using System.Collections.Concurrent;
using System.Net;
using Akka.Configuration;
using WsActors.Dispatch;
using WsActors.Metrics;
using WsActors.Routing;
using WsActors.Runtime;
using WsActors.Transport;
using WsActors.Transport.Polling;
using WsActors.Transport.Tls;

namespace WsActors.Connection;

/// <summary>The context of a listening endpoint: also its rules, TLS and bulkheads. Any thread.</summary>
internal sealed class ServerEndpointContext : EndpointContext
{
    /// <summary>One per route: code that blocks holds up only its own route.</summary>
    private readonly ConcurrentDictionary<Route, Bulkhead> _bulkheads = new(ReferenceEqualityComparer.Instance);

    private readonly ConcurrentDictionary<string, InlineHandlerWatchdog> _watchdogs = new();

    private EndpointAddress? _address;

    /// <summary>Limits the accepted sockets a second. The manager's alone.</summary>
    private RateLimiter _accepts;

    /// <param name="name">The name from the bind command, such as <c>ws://0.0.0.0:8080</c>.</param>
    /// <param name="address">The parsed name.</param>
    /// <param name="routes">The routes.</param>
    /// <param name="options">The options, not checked yet.</param>
    /// <param name="systemContext">The parts that all endpoints of the system share.</param>
    /// <exception cref="ConfigurationException">An option is not usable.</exception>
    public ServerEndpointContext(
        string name, ListenAddress address, RouteTable routes, EndpointOptions options, SystemContext systemContext)
        : this(name, (address.IsLoopback, address.Scheme, OriginAdvice.Default), routes, options, systemContext)
    {
        Tls = address.IsSecure ? new ServerTls(Options.Tls, systemContext.Clock, systemContext.Log) : null;
        _address = EndpointAddress.FromEndPoint(address.Scheme, address.EndPoint);
    }

    private ServerEndpointContext(
        string name,
        (bool IsLoopback, string Scheme, OriginAdvice Advice) self,
        RouteTable routes,
        EndpointOptions options,
        SystemContext systemContext)
        : base(name, systemContext.Checked(options), new HandshakeCounters(systemContext.Handshakes), systemContext)
    {
        if (routes.WithSessions.Any())
        {
            Sessions.Check(Options);
        }

        _accepts = new RateLimiter(Options.MaxAcceptsPerSecond, systemContext.Clock.Elapsed);
        RetryAfter = systemContext.RetryAfter;
        Reserved = routes.WebSockets.Select(static route => route.Options.ReservedConnections).DefaultIfEmpty().Max();
        var hosts = new AllowedHosts(options.Origin.Hosts, self.IsLoopback, self.Advice);
        var origins = new OriginPolicy(options.Origin.Check, options.Origin.Allowed, hosts, self.Advice);
        Rules = new UpgradeRules(routes, origins, new TrustedProxies(options.TrustedProxies, options.ForwardedHeaders), self.Scheme)
        {
            SessionSubprotocols = Sessions.Subprotocols,
        };
    }

    /// <summary>
    /// The context of an endpoint that does not listen: an HTTP server of the host hands requests over. That server says of each request
    /// whether it is local.
    /// </summary>
    /// <inheritdoc cref="ServerEndpointContext(string, ListenAddress, RouteTable, EndpointOptions, EndpointContext.SystemContext)"/>
    /// <param name="name"/><param name="routes"/><param name="options"/><param name="systemContext"/>
    /// <param name="advice">The cures that a refusal for its origin names.</param>
    public static ServerEndpointContext Hosted(
        string name, RouteTable routes, EndpointOptions options, SystemContext systemContext, OriginAdvice advice) =>
        new(name, (IsLoopback: true, "http", advice), routes, options, systemContext);

    public new EndpointOptions Options => (EndpointOptions)base.Options;

    /// <inheritdoc/>
    public override EndpointAddress Address => _address ??= EndpointAddress.FromName(Name);

    public UpgradeRules Rules { get; }

    /// <summary>The metrics of a request's route. A request without a key came by HTTP/2 (RFC 8441 §5).</summary>
    public RouteMetrics MetricsFor(Verdict.Upgrade upgrade) =>
        MetricsFor(upgrade.Request.Route, upgrade.Offer.Key is null ? "2" : "1.1");

    /// <summary>The TLS settings; null without TLS.</summary>
    public ServerTls? Tls { get; }

    public TimeSpan RetryAfter { get; }

    /// <summary>The largest number of reserved connections of a route.</summary>
    public int Reserved { get; }

    /// <summary>The endpoint listens: with port 0 its port is known now. The manager's alone, before the first socket.</summary>
    public void SetPort(EndPoint local)
    {
        if (Address is { Port: 0, Scheme: { } scheme })
        {
            _address = EndpointAddress.FromEndPoint(scheme, local);
        }
    }

    /// <summary>Whether one more socket may be accepted now; if so, it is counted. The manager's alone.</summary>
    public bool TryAccept() => _accepts.TrySpend(1, Clock.Elapsed);

    /// <summary>The bulkhead for a route's guards and delegates.</summary>
    public Bulkhead BulkheadFor(Route route) => _bulkheads.GetOrAdd(
        route,
        static (one, guard) => new Bulkhead($"ws {one.Template.Text}", guard.MaxRunning, guard.MaxWaiting),
        Options.Guard);

    /// <summary>The watchdog that measures the Inline handlers of a route.</summary>
    public IRunWatchdog WatchdogFor(string route) => _watchdogs.GetOrAdd(
        route,
        static (r, e) => new InlineHandlerWatchdog(e.Name, r, e.Clock, e.Log, e.MetricsFor(r).SlowInline),
        this);
}
