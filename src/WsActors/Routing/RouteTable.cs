using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using WsActors.Protocol.Handshake;

namespace WsActors.Routing;

/// <summary>
/// The routes of an endpoint: paths and their handlers. Immutable: each method returns a larger table. If several templates match a path,
/// the one with the fewest parameters serves it. If several routes have the same template, the first whose subprotocols match serves the
/// request.
/// </summary>
public sealed class RouteTable
{
    private readonly ImmutableArray<Route> _routes;

    /// <summary>Whether another HTTP server matches paths: a template is then a name.</summary>
    private readonly bool _isOfHost;

    private RouteTable(ImmutableArray<Route> routes, bool isOfHost = false) => (_routes, _isOfHost) = (routes, isOfHost);

    /// <summary>The table without routes.</summary>
    public static RouteTable Empty { get; } = new([]);

    /// <summary>
    /// The table without routes, for an endpoint whose host matches paths (<see cref="WebSocketExtension.HostAsync"/>). Its templates are
    /// names in the host's syntax, such as <c>/chat/{room:int}</c>, each used once.
    /// </summary>
    public static RouteTable EmptyForHost { get; } = new([], isOfHost: true);

    /// <summary>Serves a path with one new handler actor for each connection, a child of the connection.</summary>
    /// <param name="template">The path with parameters, such as <c>/chat/{room}</c>.</param>
    /// <param name="handler">
    /// Creates the handler's Props after the guard and within its timeout, on a thread apart from the actors. An exception is answered with
    /// 500. If the Props do not depend on the request, pass Props instead of a delegate: this saves each connection two thread hops.
    /// </param>
    /// <param name="options">Subprotocols, guard and more.</param>
    /// <exception cref="ArgumentException">
    /// The template is malformed, the path is served already, or the options exclude each other.
    /// </exception>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The overloads are never ambiguous: one takes a delegate, the other Props.")]
    public RouteTable Map(string template, Func<UpgradeRequest, Props> handler, WebSocketRouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Map(template, new HandlerSource.PerRequest(handler), options);
    }

    /// <summary>Serves a path with one new handler actor for each connection, a child of the connection, all from the same Props.</summary>
    /// <param name="template">The path with parameters, such as <c>/chat/{room}</c>.</param>
    /// <param name="handler">The handler's Props.</param>
    /// <param name="options">Subprotocols, guard and more.</param>
    /// <inheritdoc cref="Map(string, Func{UpgradeRequest, Props}, WebSocketRouteOptions?)" path="/exception"/>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The overloads are never ambiguous: one takes a delegate, the other Props.")]
    public RouteTable Map(string template, Props handler, WebSocketRouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Map(template, new HandlerSource.Fixed(handler), options);
    }

    /// <summary>Serves a path with one actor for all connections. When the actor stops, the connections are closed with 1011.</summary>
    /// <inheritdoc cref="Map(string, Func{UpgradeRequest, Props}, WebSocketRouteOptions?)" path="/exception"/>
    public RouteTable MapShared(string template, IActorRef handler, WebSocketRouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (options is { Sessions: true })
        {
            throw new ArgumentException($"Route '{template}' has sessions, and each session has a handler of its own; use Map.");
        }

        if (options is { Inline: true })
        {
            throw new ArgumentException(
                $"Route '{template}' is served by a shared actor, which runs on its own dispatcher; leave out Inline, or use Map.");
        }

        var source = new HandlerSource.Shared(handler);
        return With(new WebSocketRoute(TemplateOf(template), source, options ?? WebSocketRouteOptions.None));
    }

    /// <summary>Answers GET and HEAD of a path with the same small response each time.</summary>
    /// <inheritdoc cref="Map(string, Func{UpgradeRequest, Props}, WebSocketRouteOptions?)" path="/exception"/>
    public RouteTable Get(string template, PlainResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return With(new HttpRoute(new RouteTemplate(template), response, null));
    }

    /// <summary>Answers GET and HEAD of a path by a delegate, which runs on a thread apart from the actors.</summary>
    /// <inheritdoc cref="Map(string, Func{UpgradeRequest, Props}, WebSocketRouteOptions?)" path="/exception"/>
    public RouteTable Get(string template, HttpHandler answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return With(new HttpRoute(new RouteTemplate(template), null, answer));
    }

    /// <summary>The routes that serve WebSockets.</summary>
    internal IEnumerable<WebSocketRoute> WebSockets => _routes.OfType<WebSocketRoute>();

    /// <summary>The routes whose connections may have sessions.</summary>
    internal IEnumerable<WebSocketRoute> WithSessions => WebSockets.Where(static route => route.Options.Sessions);

    /// <summary>The routes whose template matches a path, the best match first, with the values of the parameters.</summary>
    internal IEnumerable<(Route Route, IReadOnlyDictionary<string, string> Values)> Match(string path)
    {
        foreach (var route in _routes)
        {
            if (route.Template.TryMatch(path, out var values))
            {
                yield return (route, values);
            }
        }
    }

    /// <summary>The route that a host knows by this name; null without one.</summary>
    internal WebSocketRoute? Named(string template) =>
        WebSockets.FirstOrDefault(route => route.Template.Text == template);

    private RouteTemplate TemplateOf(string template) => _isOfHost ? RouteTemplate.ForHost(template) : new RouteTemplate(template);

    private RouteTable Map(string template, HandlerSource handler, WebSocketRouteOptions? options)
    {
        if (options is { Sessions: true, Pull: true } or { Sessions: true, MaxChunkBytes: not null })
        {
            throw new ArgumentException(
                $"Route '{template}' has sessions, which have their own flow control and get whole messages;"
                + $" leave out {(options.Pull ? "Pull" : "MaxChunkBytes")}.");
        }

        if (options is { Sessions: true, Inline: true })
        {
            throw new ArgumentException(
                $"Route '{template}' has sessions, whose handlers outlive connections and run on the thread pool; leave out Inline.");
        }

        return With(new WebSocketRoute(TemplateOf(template), handler, options ?? WebSocketRouteOptions.None));
    }

    private RouteTable With(Route route)
    {
        if (_routes.Any(other => Clash(other, route)))
        {
            throw new ArgumentException(
                $"Route '{route.Template.Text}' is served already; give each route its own path or its own subprotocols.");
        }

        // The order is by the number of parameters, then by the order of mapping: OrderBy is stable.
        return new([.. _routes.Add(route).OrderBy(static r => r.Template.Parameters)], _isOfHost);
    }

    // One path may serve plain HTTP, a WebSocket without subprotocols, and a WebSocket for each set of subprotocols.
    private static bool Clash(Route one, Route other) => one.Template.IsSameAs(other.Template) && (one, other) switch
    {
        (HttpRoute, HttpRoute) => true,
        (WebSocketRoute a, WebSocketRoute b) => (a.Options.Subprotocols.Count == 0 && b.Options.Subprotocols.Count == 0)
            || a.Options.Subprotocols.Intersect(b.Options.Subprotocols).Any(),
        _ => false,
    };
}
