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
    public void NotifySent(QueuedFrame message)
    {
        if (message.Message?.Ack is { } ack)
        {
            message.Sender!.Tell(ack, connection);
        }
    }

    /// <summary>The message was not sent.</summary>
    public void NotifyFailed(Ws.Send message, IActorRef sender, Ws.SendFailure reason)
    {
        Metrics?.Dropped(reason);
        Tell(connection, message, sender, reason);
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
        Tell(connection, queuedFrame.Message!, queuedFrame.Sender!, Ws.SendFailure.Closed);

    /// <summary>Tells the sender that a message failed, if it asked for an acknowledgement.</summary>
    public static void Tell(IActorRef connection, Ws.Send message, IActorRef sender, Ws.SendFailure reason)
    {
        if (message.Ack is not null)
        {
            sender.Tell(new Ws.SendFailed(connection, message, reason), connection);
        }
    }
}
