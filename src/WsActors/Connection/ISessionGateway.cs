using System.Security.Claims;
using Akka.Actor;
using Akka.Configuration;
using WsActors.Messages;
using WsActors.Protocol.Handshake;
using WsActors.Routing;

namespace WsActors.Connection;

/// <summary>
/// The interface through which sessions hook into endpoints and opening handshakes. A session's connection has the session's link as its
/// handler, and knows nothing else of the session. One per system; any thread.
/// </summary>
internal interface ISessionGateway
{
    /// <summary>The subprotocols that open a session, the preferred one first (RFC 6455 §1.9).</summary>
    IReadOnlyList<string> Subprotocols { get; }

    /// <exception cref="ConfigurationException">Sessions cannot work with these options.</exception>
    void Check(EndpointOptions options);

    /// <summary>Adds routes whose sessions may start or continue on this node.</summary>
    void AddRoutes(RouteTable routes, ServerEndpointContext endpoint);

    /// <summary>Removes the routes of an endpoint that has stopped listening. Active sessions continue.</summary>
    void RemoveRoutes(ServerEndpointContext endpoint);

    /// <summary>The refusal of a session that is decided before the client's hello; null when it is accepted so far.</summary>
    /// <param name="endpoint">The endpoint that accepted the connection.</param>
    /// <param name="request">The client's request.</param>
    /// <param name="principal">The guard's principal.</param>
    Refusal? RefusalFor(ServerEndpointContext endpoint, UpgradeRequest request, ClaimsPrincipal? principal);

    /// <summary>The <c>Props</c> of the link between a connection and its session.</summary>
    /// <param name="endpoint">The name of the endpoint that accepted the connection.</param>
    /// <param name="subprotocol">The application's subprotocol; null for none.</param>
    Props LinkFor(string endpoint, string? subprotocol);

    /// <summary>The sessions of a user on this node, with a client or without.</summary>
    /// <param name="user">The user's name.</param>
    IReadOnlyList<IActorRef> SessionsOf(string user);

    /// <summary>The first sessions of this node, with a client or without, behind the list's cursor.</summary>
    /// <param name="list">The list.</param>
    LocalSessions List(Ws.ListSessions list);
}
