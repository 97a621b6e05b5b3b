namespace WsActors.Sessions;

/// <summary>The client's messages that its session has not handled. Counted by the connection's link and by the session.</summary>
internal sealed class UnacknowledgedWindow
{
    /// <summary>Most messages that are on their way to the handler.</summary>
    private const int MaxMessages = 16;

    /// <summary>Above so many bytes on their way, no further message is asked for.</summary>
    private const int MaxBytes = 256 * 1024;

    /// <summary>Their sizes, in order; the last of them has the offset <see cref="Last"/>.</summary>
    private readonly Queue<int> _sizes = [];

    private long _bytes;

    /// <summary>The last message of the client that the session was told.</summary>
    public long Last { get; private set; }

    public bool IsEmpty => _sizes.Count == 0;

    public bool HasRoom => _sizes.Count < MaxMessages && _bytes < MaxBytes;

    /// <summary>A session that was there before: some of its messages may be on their way from another connection.</summary>
    /// <param name="last">The last message that the session was told.</param>
    /// <param name="handled">The last one that was dealt with.</param>
    public void Start(long last, long handled)
    {
        Last = handled;
        while (Last < last)
        {
            // How large they are is not known here.
            Add(MaxBytes / MaxMessages);
        }
    }

    public void Add(int bytes)
    {
        Last++;
        _sizes.Enqueue(bytes);
        _bytes += bytes;
    }

    /// <param name="handled">The last message that was dealt with.</param>
    public void OnHandled(long handled)
    {
        while (Last - _sizes.Count < handled && _sizes.TryDequeue(out var bytes))
        {
            _bytes -= bytes;
        }
    }
}
