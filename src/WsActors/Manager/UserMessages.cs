using WsActors.Connection;
using WsActors.Messages;

namespace WsActors.Manager;

/// <summary>
/// Sends messages to the connections and sessions of one user on this node. A session's connection gets none: the session numbers its
/// messages, and sends them itself. Owned by the manager.
/// </summary>
internal sealed class UserMessages(ConnectionRegistry connections, ISessionGateway sessions)
{
    public Ws.Recipients Send(SendToLocalUser send)
    {
        var found = connections.OfUser(send.User)
            .Where(static entry => entry.Stats.Identity is { IsSession: false })
            .Select(static entry => entry.Connection)
            .ToList();
        var message = found.Count > 1 ? send.Message.Prepare() : send.Message;
        found.ForEach(connection => connection.Tell(message, send.Publisher));
        var ofUser = sessions.SessionsOf(send.User);
        foreach (var session in ofUser)
        {
            session.Tell(send.Message, send.Publisher);
        }

        return new Ws.Recipients { Connections = found.Count, Sessions = ofUser.Count };
    }
}
