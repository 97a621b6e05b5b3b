using Akka.Actor;

namespace WsActors.Connection;

/// <summary>
/// Tells senders what became of their messages. Each message comes here once, whatever way it ends; its sender is told if it asked for an
/// ack. Owned by its connection.
/// </summary>
internal sealed class AckNotifier(IActorRef connection)
{
    /// <summary>Counts what was not sent; null before the WebSocket is open.</summary>
    public WebSocketMetrics.RouteMetrics? Metrics { get; set; }

    /// <summary>The kernel took it to its last byte.</summary>
    public void NotifySent(QueuedFrame message)
    {
        if (message.Message?.Ack is { } ack)
        {
            message.Sender!.Tell(ack, connection);
        }
    }

    /// <summary>It was not sent.</summary>
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

    /// <summary>So many were not sent whose senders did not ask.</summary>
    public void CountDropped(int messages, Ws.SendFailure reason)
    {
        for (; messages > 0; messages--)
        {
            Metrics?.Dropped(reason);
        }
    }

    /// <summary>The socket had it in hand when it ended: nobody knows whether it was sent.</summary>
    public void NotifyInFlightFailed(QueuedFrame queuedFrame) => Tell(connection, queuedFrame.Message!, queuedFrame.Sender!, Ws.SendFailure.Closed);

    /// <summary>Tells a sender that asked.</summary>
    public static void Tell(IActorRef connection, Ws.Send message, IActorRef sender, Ws.SendFailure reason)
    {
        if (message.Ack is not null)
        {
            sender.Tell(new Ws.SendFailed(connection, message, reason), connection);
        }
    }
}
