using WsActors.Connection;
using WsActors.Transport;

namespace WsActors.Sessions;

/// <summary>The statistics of a session, in the form of a connection's: the queued bytes are its log.</summary>
internal static class SessionStats
{
    public static Ws.Stats Create(
        SessionActor session,
        EndpointContext endpointContext,
        SessionState state,
        TimeSpan startedAt,
        SessionSender sender,
        SessionReceiver receiver)
    {
        var (opened, duration) = (state.Opened, session.Host.Clock.Elapsed - startedAt);
        return new Ws.Stats
        {
            Connection = session.Ref,
            Endpoint = endpointContext.Name,
            Route = opened.Request.Route,
            Address = PeerAddress.NameOf(opened.Request.ClientAddress),
            User = opened.User,
            Subprotocol = opened.Subprotocol,
            IsCompressed = false,
            OpenedAt = session.Host.Clock.Date - duration,
            Duration = duration,
            MessagesReceived = receiver.Last,
            MessagesSent = sender.Log.Last,
            BytesReceived = receiver.BytesReceived,
            BytesSent = sender.BytesSent,
            QueuedBytes = sender.Log.Bytes,
            UnhandledBytes = receiver.UnhandledBytes,
            LastRoundTrip = null,
        };
    }
}
