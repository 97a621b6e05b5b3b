using Akka.Actor;

namespace WsActors.Connection;

/// <summary>
/// Tells senders whether their messages were sent. Each message is reported here once, sent or not; its sender is told only if it asked for
/// an acknowledgement. Owned by its connection.
/// </summary>
internal sealed class AckNotifier(IActorRef connection)
{
    /// <summary>Counts the messages that were not sent; null before the WebSocket is open.</summary>
    public WebSocketMetrics.RouteMetrics? Metrics { get; set; }

    /// <summary>The kernel took the message's last byte.</summary>
    public void NotifySent(QueuedFrame message) => message.Message?.NotifySent(connection, message.Sender);

    /// <summary>The message was not sent.</summary>
    public void NotifyFailed(Ws.Send message, IActorRef sender, Ws.SendFailure reason)
    {
        Metrics?.Dropped(reason);
        message.NotifyFailed(connection, sender, reason);
    }

    /// <inheritdoc cref="NotifyFailed(Ws.Send, IActorRef, Ws.SendFailure)"/>
    public void NotifyFailed(QueuedFrame? queuedFrame, Ws.SendFailure reason)
    {
        if (queuedFrame is { Message: { } message })
        {
            NotifyFailed(message, queuedFrame.Sender!, reason);
        }
    }

    /// <summary>Counts messages that were not sent, and whose senders did not ask for an acknowledgement.</summary>
    public void CountDropped(int messages, Ws.SendFailure reason)
    {
        for (; messages > 0; messages--)
        {
            Metrics?.Dropped(reason);
        }
    }

    /// <summary>The message was in a write in flight when the socket ended: whether it was sent is unknown.</summary>
    public void NotifyInFlightFailed(QueuedFrame queuedFrame) =>
        queuedFrame.Message!.NotifyFailed(connection, queuedFrame.Sender, Ws.SendFailure.Closed);
}
