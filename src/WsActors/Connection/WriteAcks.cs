using System.Runtime.InteropServices;

namespace WsActors.Connection;

/// <summary>
/// The messages that end in the current write: their senders are told when it completes or fails. Part of a <see cref="SendQueue"/>.
/// </summary>
internal struct WriteAcks(AckNotifier acks)
{
    /// <summary>The messages whose senders asked for an acknowledgement; null until one did.</summary>
    private List<QueuedFrame>? _ackRequested;

    private int _messages;

    /// <summary>The number of the last frame that ends in the current write, or an earlier one.</summary>
    public long Last { get; private set; }

    public readonly bool HasMessages => _messages > 0;

    /// <summary>Adds a message whose sender did not ask for an acknowledgement.</summary>
    /// <param name="number">Its number, higher than all before.</param>
    public void Add(long number)
    {
        Last = number;
        _messages++;
    }

    /// <summary>Adds a frame that ends in the write.</summary>
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

    /// <summary>The socket took the write.</summary>
    public void Acknowledge()
    {
        foreach (var message in CollectionsMarshal.AsSpan(_ackRequested))
        {
            acks.NotifySent(message);
        }

        Clear();
    }

    /// <summary>The socket ended with the write in flight.</summary>
    public void FailInFlight()
    {
        foreach (var message in CollectionsMarshal.AsSpan(_ackRequested))
        {
            acks.NotifyInFlightFailed(message);
        }

        Clear();
    }

    /// <summary>The write was never started.</summary>
    public void Drop(Ws.SendFailure reason)
    {
        var requested = CollectionsMarshal.AsSpan(_ackRequested);
        foreach (var message in requested)
        {
            acks.NotifyFailed(message, reason);
        }

        acks.CountDropped(_messages - requested.Length, reason);
        Clear();
    }

    private void Clear()
    {
        _messages = 0;
        _ackRequested?.Clear();
    }
}
