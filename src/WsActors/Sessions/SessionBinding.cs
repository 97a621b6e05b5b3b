using WsActors.Manager;
using WsActors.Routing;

namespace WsActors.Sessions;

/// <summary>
/// What a session is bound to beside its secret: endpoint, route, subprotocol and user. A token alone must not lead past the guard of
/// another route.
/// </summary>
internal static class SessionBinding
{
    /// <param name="session">The session.</param>
    /// <param name="endpointContext">Where its route is on this node.</param>
    /// <param name="state">What it began with.</param>
    /// <param name="resume">Asks for it.</param>
    /// <returns>Whether it came in where the session did, as the same user.</returns>
    public static bool Allows(SessionActor session, EndpointContext endpointContext, SessionState state, SessionMessages.Resume resume) => resume.By is { } by
        && by.Route == state.Opened.Request.Route
        && by.Subprotocol == state.Opened.Subprotocol
        && UserIdentity.From(by.Principal) == state.Opened.User
        && (by.Endpoint == state.Endpoint || by.Endpoint == endpointContext.Name || IsElsewhere(session, by.Endpoint, resume));

    // Nodes may call the same endpoint by different addresses: a name that this node does not know is another node's for the session's.
    private static bool IsElsewhere(SessionActor session, string endpoint, SessionMessages.Resume resume) =>
        !resume.Connection.Path.Address.HasLocalScope && !session.Host.Routes.Knows(endpoint);
}
