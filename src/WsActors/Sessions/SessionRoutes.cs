using System.Collections.Immutable;
using WsActors.Connection;
using WsActors.Routing;

namespace WsActors.Sessions;

/// <summary>
/// The routes of this node that have sessions. A session that moves here finds the route of its handler by template and subprotocol. One a
/// system; any thread.
/// </summary>
internal sealed class SessionRoutes
{
    private ImmutableList<(WebSocketRoute Route, ServerEndpointContext Endpoint)> _routes = [];

    /// <summary>Adds the routes of an endpoint that listens.</summary>
    public void Add(RouteTable routes, ServerEndpointContext endpoint)
    {
        foreach (var route in routes.WithSessions)
        {
            ImmutableInterlocked.Update(ref _routes, static (all, one) => all.Add(one), (route, endpoint));
        }
    }

    /// <summary>Removes the routes of an endpoint that has stopped listening. Active sessions continue.</summary>
    public void Remove(ServerEndpointContext endpoint) =>
        ImmutableInterlocked.Update(ref _routes, all => all.RemoveAll(one => one.Endpoint == endpoint));

    /// <param name="opened">The first message of the session's handler.</param>
    /// <param name="endpoint">The endpoint where the session started. It is preferred, but may have another name on this node.</param>
    public (WebSocketRoute Route, ServerEndpointContext Endpoint)? Find(Ws.Opened opened, string endpoint)
    {
        (WebSocketRoute, ServerEndpointContext)? found = null;
        foreach (var one in _routes)
        {
            if (one.Route.Template.Text == opened.Request.Route && Speaks(one.Route.Options, opened.Subprotocol))
            {
                if (one.Endpoint.Name == endpoint)
                {
                    return one;
                }

                found ??= one;
            }
        }

        return found;
    }

    /// <summary>Whether an endpoint of this name has sessions on this node.</summary>
    public bool Knows(string endpoint) => _routes.Any(one => one.Endpoint.Name == endpoint);

    private static bool Speaks(WebSocketRouteOptions route, string? subprotocol) =>
        subprotocol is null ? route.Subprotocols.Count == 0 : route.Subprotocols.Contains(subprotocol);
}
