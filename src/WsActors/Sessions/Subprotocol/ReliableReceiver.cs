namespace WsActors.Sessions.Subprotocol;

/// <summary>
/// The reliable receiver of one end of a session: takes each message of the peer once and in order, and knows which of them are not
/// acknowledged. Pure; owned by its session or link.
/// </summary>
internal sealed class ReliableReceiver
{
    /// <summary>The limit at which no further message is read, or an ack is due.</summary>
    private readonly int _maxMessages;

    private readonly int _maxBytes;

    /// <summary>The sizes of the unacknowledged messages, in order; the last of them has the offset <see cref="Last"/>.</summary>
    private readonly Queue<int> _sizes = [];

    private long _bytes;

    private ReliableReceiver(int maxMessages, int maxBytes) => (_maxMessages, _maxBytes) = (maxMessages, maxBytes);

    /// <summary>The last message that was taken.</summary>
    public long Last { get; private set; }

    /// <summary>The number of messages that are not acknowledged.</summary>
    public int Unacknowledged => _sizes.Count;

    /// <summary>Whether the unacknowledged messages have reached a limit.</summary>
    public bool IsFull => _sizes.Count >= _maxMessages || _bytes >= _maxBytes;

    /// <summary>A client's: full when an ack is due at once.</summary>
    public static ReliableReceiver CreateForClient() => new(maxMessages: 32, maxBytes: 64 * 1024);

    /// <summary>A server's: full when so much is on its way to the handler that no further message is read.</summary>
    /// <param name="last">The last message that the session has received, over any connection.</param>
    /// <param name="acknowledged">The last message that its handler has handled.</param>
    public static ReliableReceiver CreateForServer(long last = 0, long acknowledged = 0)
    {
        var receiver = new ReliableReceiver(maxMessages: 16, maxBytes: 256 * 1024) { Last = acknowledged };
        while (receiver.Last < last)
        {
            // The sizes of earlier messages are unknown here: each counts an equal share of the limit.
            receiver.Add(receiver._maxBytes / receiver._maxMessages);
        }

        return receiver;
    }

    /// <summary>Takes the next message; one that was taken before is ignored.</summary>
    /// <param name="offset">Its offset.</param>
    /// <param name="bytes">The size of its payload.</param>
    /// <param name="isNext">Whether it is taken.</param>
    /// <returns>False when a message before it is missing.</returns>
    public bool TryTake(long offset, int bytes, out bool isNext)
    {
        isNext = offset == Last + 1;
        if (isNext)
        {
            Add(bytes);
        }

        return offset <= Last;
    }

    /// <summary>All messages up to an offset are acknowledged.</summary>
    public void Acknowledge(long offset)
    {
        while (Last - _sizes.Count < offset && _sizes.TryDequeue(out var bytes))
        {
            _bytes -= bytes;
        }
    }

    private void Add(int bytes)
    {
        Last++;
        _sizes.Enqueue(bytes);
        _bytes += bytes;
    }
}
