using Akka.Actor;
using WsActors.Metrics;

namespace WsActors.Connection;

/// <summary>
/// Tells senders whether their messages were sent. Each message is reported here once, sent or not; its sender is told only if it asked for
/// an acknowledgement. Owned by its connection.
/// </summary>
internal sealed class AckNotifier(IActorRef connection)
{
    /// <summary>Measures messages and the bytes that wait; null before the WebSocket is open.</summary>
    public RouteMetrics? Metrics { get; set; }

    /// <summary>Measures the time in the queue; null before a listener measured it.</summary>
    public SendTimer? Timer { get; private set; }

    /// <param name="number">The number of the message's frame.</param>
    public void OnQueued(long number)
    {
        if (Metrics is { MeasuresSendQueues: true } metrics)
        {
            (Timer ??= new SendTimer(metrics)).OnQueued(number);
        }
    }

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
            Timer?.OnDropped(queuedFrame.Number);
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
