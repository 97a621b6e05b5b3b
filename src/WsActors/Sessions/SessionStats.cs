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
        TimeSpan began,
        SessionSender sending,
        SessionReceiver receiving)
    {
        var (opened, duration) = (state.Opened, session.Host.Clock.Elapsed - began);
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
            MessagesReceived = receiving.Last,
            MessagesSent = sending.Log.Last,
            BytesReceived = receiving.BytesReceived,
            BytesSent = sending.BytesSent,
            QueuedBytes = sending.Log.Bytes,
            UnhandledBytes = receiving.UnhandledBytes,
            LastRoundTrip = null,
        };
    }
}
