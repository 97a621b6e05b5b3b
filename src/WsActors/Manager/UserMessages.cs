using WsActors.Connection;
using WsActors.Messages;
using WsActors.Tracing;

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
        var ofUser = sessions.SessionsOf(send.User);
        var shared = Linked(send.Message, found.Count + ofUser.Count);
        var message = found.Count > 1 ? shared.Prepare() : shared;
        found.ForEach(connection => connection.Tell(message, send.Publisher));
        foreach (var session in ofUser)
        {
            session.Tell(shared, send.Publisher);
        }

        return new Ws.Recipients { Connections = found.Count, Sessions = ofUser.Count };
    }

    /// <summary>A copy whose sends link to the trace of the message, if it has one and is fanned out.</summary>
    private static Ws.Send Linked(Ws.Send message, int recipients)
    {
        var context = recipients > 1 && Tracer.IsOn ? TraceContexts.Of(message) : default;
        if (!context.IsSampled())
        {
            return message;
        }

        var copy = message.PrepareCopy();
        TraceContexts.Set(copy, context, isLink: true);
        return copy;
    }
}
