using System.Security.Claims;
using Akka.Actor;
using Akka.Configuration;
using WsActors.Protocol.Handshake;
using WsActors.Routing;

namespace WsActors.Connection;

/// <summary>
/// The one seam by which sessions hook into endpoints and opening handshakes. A connection of a session has the session's link as its
/// handler, and knows no more of it. One a system; any thread.
/// </summary>
internal interface ISessionGateway
{
    /// <summary>The subprotocols that open a session, the preferred one first (RFC 6455 §1.9).</summary>
    IReadOnlyList<string> Subprotocols { get; }

    /// <exception cref="ConfigurationException">Sessions cannot work with the options of their endpoint.</exception>
    void Check(EndpointOptions options);

    /// <summary>Sessions of these routes may start or continue on this node.</summary>
    void AddRoutes(RouteTable routes, ServerEndpointContext endpoint);

    /// <summary>Removes the routes of an endpoint that has stopped listening. Active sessions continue.</summary>
    void RemoveRoutes(ServerEndpointContext endpoint);

    /// <summary>The refusal of a session, as far as it is known before the client's hello; null when it is not refused.</summary>
    /// <param name="endpoint">The endpoint that accepted the connection.</param>
    /// <param name="request">The client's request.</param>
    /// <param name="principal">The guard's principal.</param>
    Refusal? RefusalFor(ServerEndpointContext endpoint, UpgradeRequest request, ClaimsPrincipal? principal);

    /// <summary>The <c>Props</c> of the link between a connection and its session.</summary>
    /// <param name="endpoint">The name of the endpoint that accepted the connection.</param>
    /// <param name="subprotocol">The application's subprotocol; null for none.</param>
    Props LinkFor(string endpoint, string? subprotocol);
}
