using Akka.Actor;
using WsActors.Messages;
using WsActors.Metrics;
using WsActors.Tracing;

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
    /// <param name="message">The message.</param>
    public void OnQueued(long number, Ws.Send message)
    {
        if (message.Ack is not null && Tracer.IsOn && Metrics is { Spans: var spans })
        {
            PendingSpans.Add(this, number, MessageSpan.StartSend(message, spans, message.Payload.Length));
        }

        if (Metrics is { MeasuresSendQueues: true } metrics)
        {
            (Timer ??= new SendTimer(metrics)).OnQueued(number);
        }
    }

    /// <summary>The kernel took the message's last byte.</summary>
    public void NotifySent(QueuedFrame message)
    {
        PendingSpans.End(this, message.Number);
        message.Message?.NotifySent(connection, message.Sender);
    }

    /// <summary>The message was not queued.</summary>
    public void NotifyRefused(Ws.Send message, IActorRef sender, Ws.SendFailure reason)
    {
        if (message.Ack is not null && Tracer.IsOn && Metrics is { Spans: var spans })
        {
            MessageSpan.FailSend(message, spans, message.Payload.Length, reason.ToAttribute());
        }

        NotifyFailed(message, sender, reason);
    }

    /// <summary>The message was queued, and not sent.</summary>
    public void NotifyFailed(QueuedFrame? queuedFrame, Ws.SendFailure reason)
    {
        if (queuedFrame is { Message: { } message })
        {
            Timer?.OnDropped(queuedFrame.Number);
            PendingSpans.End(this, queuedFrame.Number, reason.ToAttribute());
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
    public void NotifyInFlightFailed(QueuedFrame queuedFrame)
    {
        PendingSpans.End(this, queuedFrame.Number, Ws.SendFailure.Closed.ToAttribute());
        queuedFrame.Message!.NotifyFailed(connection, queuedFrame.Sender, Ws.SendFailure.Closed);
    }

    private void NotifyFailed(Ws.Send message, IActorRef sender, Ws.SendFailure reason)
    {
        Metrics?.Dropped(reason);
        message.NotifyFailed(connection, sender, reason);
    }
}
