using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using WsActors.Protocol.Handshake;

namespace WsActors.Routing;

/// <summary>
/// Which path is served by whom. Immutable: each method returns a larger table. Where two templates fit a path, the one with
/// fewer parameters serves it; where two routes have one template, the first whose subprotocols fit does.
/// </summary>
public sealed class RouteTable
{
    private readonly ImmutableArray<Route> _routes;

    private RouteTable(ImmutableArray<Route> routes) => _routes = routes;

    /// <summary>The table that serves nothing.</summary>
    public static RouteTable Empty { get; } = new([]);

    /// <summary>Serves a path by one new handler actor a connection, a child of it.</summary>
    /// <param name="template">Such as <c>/chat/{room}</c>.</param>
    /// <param name="handler">
    /// Makes the handler's Props, after the guard and in its time, on a thread apart from all others; what it throws is answered 500. Where the
    /// Props depend on no request, give them themselves: that saves each connection the way there and back.
    /// </param>
    /// <param name="options">Subprotocols and guard.</param>
    /// <exception cref="ArgumentException">The template is malformed, or it is served already; or it has sessions, and options that they exclude.</exception>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The two never compete: one takes a delegate, the other Props.")]
    public RouteTable Map(string template, Func<UpgradeRequest, Props> handler, WebSocketRouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Map(template, new HandlerSource.PerRequest(handler), options);
    }

    /// <summary>Serves a path by one new handler actor a connection, a child of it, all made alike.</summary>
    /// <param name="template">Such as <c>/chat/{room}</c>.</param>
    /// <param name="handler">Makes the handler.</param>
    /// <param name="options">Subprotocols and guard.</param>
    /// <inheritdoc cref="Map(string, Func{UpgradeRequest, Props}, WebSocketRouteOptions?)" path="/exception"/>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "See the other.")]
    public RouteTable Map(string template, Props handler, WebSocketRouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Map(template, new HandlerSource.Fixed(handler), options);
    }

    /// <summary>Serves a path by one actor for all connections; when it stops, they are closed with 1011.</summary>
    /// <inheritdoc cref="Map(string, Func{UpgradeRequest, Props}, WebSocketRouteOptions?)" path="/exception"/>
    public RouteTable MapShared(string template, IActorRef handler, WebSocketRouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (options is { Sessions: true })
        {
            throw new ArgumentException($"Route '{template}' has sessions, each of which has a handler of its own; use Map.");
        }

        if (options is { Inline: true })
        {
            throw new ArgumentException($"Route '{template}' is served by an actor of yours, which runs where you made it; leave out Inline, or use Map.");
        }

        return With(new WebSocketRoute(new RouteTemplate(template), new HandlerSource.Shared(handler), options ?? WebSocketRouteOptions.None));
    }

    /// <summary>Answers GET and HEAD of a path with the same small response each time.</summary>
    /// <inheritdoc cref="Map(string, Func{UpgradeRequest, Props}, WebSocketRouteOptions?)" path="/exception"/>
    public RouteTable Get(string template, PlainResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return With(new HttpRoute(new RouteTemplate(template), response, null));
    }

    /// <summary>Answers GET and HEAD of a path by a delegate, which runs on a thread apart from all others.</summary>
    /// <inheritdoc cref="Map(string, Func{UpgradeRequest, Props}, WebSocketRouteOptions?)" path="/exception"/>
    public RouteTable Get(string template, HttpHandler answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return With(new HttpRoute(new RouteTemplate(template), null, answer));
    }

    /// <summary>The routes whose connections may have sessions.</summary>
    internal IEnumerable<WebSocketRoute> WithSessions => _routes.OfType<WebSocketRoute>().Where(static route => route.Options.Sessions);

    /// <summary>The routes whose template fits a path, the best first, with the values of its parameters.</summary>
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

    private RouteTable Map(string template, HandlerSource handler, WebSocketRouteOptions? options)
    {
        if (options is { Sessions: true, Pull: true } or { Sessions: true, MaxChunkBytes: not null })
        {
            throw new ArgumentException(
                $"Route '{template}' has sessions, which pace by themselves and are told whole messages; leave out {(options.Pull ? "Pull" : "MaxChunkBytes")}.");
        }

        if (options is { Sessions: true, Inline: true })
        {
            throw new ArgumentException($"Route '{template}' has sessions, whose handlers outlive connections and run on the thread pool; leave out Inline.");
        }

        return With(new WebSocketRoute(new RouteTemplate(template), handler, options ?? WebSocketRouteOptions.None));
    }

    private RouteTable With(Route route)
    {
        if (_routes.Any(other => Clash(other, route)))
        {
            throw new ArgumentException($"Route '{route.Template.Text}' is served already; give each route its own path or its own subprotocols.");
        }

        // A stable order: by parameters, then as they were mapped.
        return new([.. _routes.Add(route).OrderBy(static r => r.Template.Parameters)]);
    }

    // One path may serve plain HTTP, a WebSocket without subprotocols, and one for each set of subprotocols.
    private static bool Clash(Route one, Route other) => one.Template.IsSameAs(other.Template) && (one, other) switch
    {
        (HttpRoute, HttpRoute) => true,
        (WebSocketRoute a, WebSocketRoute b) => (a.Options.Subprotocols.Count == 0 && b.Options.Subprotocols.Count == 0)
            || a.Options.Subprotocols.Intersect(b.Options.Subprotocols).Any(),
        _ => false,
    };
}
