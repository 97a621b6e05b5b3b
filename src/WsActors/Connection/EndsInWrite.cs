using System.Runtime.InteropServices;

namespace WsActors.Connection;

/// <summary>Which messages end in the current write: their senders are told when it is taken, or lost. Part of an <see cref="Outbox"/>.</summary>
internal struct EndsInWrite(Receipts receipts)
{
    /// <summary>Of the messages, those whose senders asked for an ack; null until one did.</summary>
    private List<Frame>? _asking;

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
    public void Add(Frame frame)
    {
        // Fragments carry the number of their stream, and control frames with later ones pass between them.
        Last = Math.Max(Last, frame.Number);
        _messages += frame.Message is null ? 0 : 1;
        if (frame.Message?.Ack is not null)
        {
            (_asking ??= []).Add(frame);
        }
    }

    /// <summary>The socket took it.</summary>
    public void Take()
    {
        foreach (var message in CollectionsMarshal.AsSpan(_asking))
        {
            receipts.Taken(message);
        }

        Forget();
    }

    /// <summary>The socket had it in hand when it ended.</summary>
    public void Lose()
    {
        foreach (var message in CollectionsMarshal.AsSpan(_asking))
        {
            receipts.Lost(message);
        }

        Forget();
    }

    /// <summary>The socket never had it.</summary>
    public void Drop(Ws.SendFailure reason)
    {
        var asking = CollectionsMarshal.AsSpan(_asking);
        foreach (var message in asking)
        {
            receipts.Failed(message, reason);
        }

        receipts.Dropped(_messages - asking.Length, reason);
        Forget();
    }

    private void Forget()
    {
        _messages = 0;
        _asking?.Clear();
    }
}
