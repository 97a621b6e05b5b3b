using WsActors.Connection;
using WsActors.Messages;

namespace WsActors.Sessions;

/// <summary>
/// The binding of a session beside its secret: endpoint, route, subprotocol and user. A token alone must not bypass the guard of another
/// route.
/// </summary>
internal static class SessionBinding
{
    /// <param name="session">The session.</param>
    /// <param name="endpointContext">The endpoint of its route on this node.</param>
    /// <param name="state">The session's state.</param>
    /// <param name="resume">The request to resume it.</param>
    /// <returns>Whether the request has the session's entry point and user.</returns>
    public static bool Allows(
        SessionActor session, EndpointContext endpointContext, SessionState state, SessionMessages.Resume resume) => resume.By is { } by
        && by.Route == state.Opened.Request.Route
        && by.Subprotocol == state.Opened.Subprotocol
        && UserIdentity.From(by.Principal) == state.Opened.User
        && (by.Endpoint == state.Endpoint || by.Endpoint == endpointContext.Name || IsElsewhere(session, by.Endpoint, resume));

    // Nodes may know the same endpoint by different names: a name that is unknown here is another node's name for the session's endpoint.
    private static bool IsElsewhere(SessionActor session, string endpoint, SessionMessages.Resume resume) =>
        !resume.Connection.Path.Address.HasLocalScope && !session.Host.Routes.Knows(endpoint);
}
