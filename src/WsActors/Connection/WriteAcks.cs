using System.Runtime.InteropServices;

namespace WsActors.Connection;

/// <summary>The messages that end in the current write: their senders are told when it completes or fails. Part of a <see cref="SendQueue"/>.</summary>
internal struct WriteAcks(AckNotifier acks)
{
    /// <summary>Of the messages, those whose senders asked for an ack; null until one did.</summary>
    private List<QueuedFrame>? _ackRequested;

    private int _messages;

    /// <summary>The last frame that ends in the current write, or did in one before.</summary>
    public long Last { get; private set; }

    public readonly bool HasMessages => _messages > 0;

    /// <summary>A message is in it whose sender did not ask for an ack.</summary>
    /// <param name="number">Its number, which is higher than all before.</param>
    public void Add(long number)
    {
        Last = number;
        _messages++;
    }

    /// <summary>A frame ends in it.</summary>
    public void Add(QueuedFrame queuedFrame)
    {
        // Fragments carry the number of their stream, and control frames with later ones pass between them.
        Last = Math.Max(Last, queuedFrame.Number);
        _messages += queuedFrame.Message is null ? 0 : 1;
        if (queuedFrame.Message?.Ack is not null)
        {
            (_ackRequested ??= []).Add(queuedFrame);
        }
    }

    /// <summary>The socket took it.</summary>
    public void Acknowledge()
    {
        foreach (var message in CollectionsMarshal.AsSpan(_ackRequested))
        {
            acks.NotifySent(message);
        }

        Clear();
    }

    /// <summary>The socket had it in hand when it ended.</summary>
    public void FailInFlight()
    {
        foreach (var message in CollectionsMarshal.AsSpan(_ackRequested))
        {
            acks.NotifyInFlightFailed(message);
        }

        Clear();
    }

    /// <summary>The socket never had it.</summary>
    public void Drop(Ws.SendFailure reason)
    {
        var asking = CollectionsMarshal.AsSpan(_ackRequested);
        foreach (var message in asking)
        {
            acks.NotifyFailed(message, reason);
        }

        acks.CountDropped(_messages - asking.Length, reason);
        Clear();
    }

    private void Clear()
    {
        _messages = 0;
        _ackRequested?.Clear();
    }
}
