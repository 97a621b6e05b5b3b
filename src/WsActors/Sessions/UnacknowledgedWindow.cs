namespace WsActors.Sessions;

/// <summary>The client's messages that its session has not handled. Counted by the connection's link and by the session.</summary>
internal sealed class UnacknowledgedWindow
{
    /// <summary>Most messages that are on their way to the handler.</summary>
    private const int MaxMessages = 16;

    /// <summary>The bytes on their way to the handler above which no further message is demanded.</summary>
    private const int MaxBytes = 256 * 1024;

    /// <summary>Their sizes, in order; the last of them has the offset <see cref="Last"/>.</summary>
    private readonly Queue<int> _sizes = [];

    private long _bytes;

    /// <summary>The last message that was forwarded to the session.</summary>
    public long Last { get; private set; }

    public bool IsEmpty => _sizes.Count == 0;

    public bool HasRoom => _sizes.Count < MaxMessages && _bytes < MaxBytes;

    /// <summary>Starts at an existing session: messages of an earlier connection may still be on their way to its handler.</summary>
    /// <param name="last">The last message that the session has received.</param>
    /// <param name="handled">The last message that its handler has handled.</param>
    public void Start(long last, long handled)
    {
        Last = handled;
        while (Last < last)
        {
            // Their sizes are unknown here: each counts an equal share of the limit.
            Add(MaxBytes / MaxMessages);
        }
    }

    public void Add(int bytes)
    {
        Last++;
        _sizes.Enqueue(bytes);
        _bytes += bytes;
    }

    /// <param name="handled">The last message that the handler has handled.</param>
    public void OnHandled(long handled)
    {
        while (Last - _sizes.Count < handled && _sizes.TryDequeue(out var bytes))
        {
            _bytes -= bytes;
        }
    }
}
