namespace WsActors.Transport.Sources;

/// <summary>
/// The reads of a source, one for each request; the bytes are lent. It holds no buffer while the source is idle.
/// Part of its source, within its gate.
/// </summary>
internal abstract class SourceReceiver(SourceRef source, BufferPool bufferPool)
{
    private const int SmallRead = 4 * 1024;

    private const int LargeRead = 64 * 1024;

    /// <summary>
    /// The maximum number of reads that find bytes at once, one after the other. A peer that sends faster than we read would else keep the
    /// thread from all others.
    /// </summary>
    private const int MaxReadsInARow = 4;

    private readonly LeasedBytes _leasedBytes = new();

    /// <summary>The buffer that is lent to the connection.</summary>
    private byte[]? _lent;

    /// <summary>Whether the read that was requested is being tried.</summary>
    private bool _isResuming;

    private int _readsInARow;

    protected SourceRef Source => source;

    /// <summary>Whether a read was requested and has not completed.</summary>
    protected bool IsWanted { get; private set; }

    /// <summary>
    /// Whether the last read would have filled a small buffer: then as much is likely again, and the next buffer is large.
    /// </summary>
    protected bool IsMuch { get; set; }

    /// <summary>Requests one read, and takes back the lent buffer.</summary>
    public void Resume()
    {
        if (IsWanted)
        {
            return;
        }

        ReturnBytes();
        IsWanted = !source.IsClosed;
        if (IsWanted && _readsInARow == MaxReadsInARow)
        {
            ReadLater();
        }
        else if (IsWanted)
        {
            _isResuming = true;
            Read();
            _isResuming = false;
        }
    }

    /// <summary>Takes back the lent buffer.</summary>
    public void ReturnBytes()
    {
        if (_lent is { } buffer)
        {
            _lent = null;
            _leasedBytes.Bytes = default;
            bufferPool.Return(buffer);
        }
    }

    /// <summary>A read may find bytes. Called outside the gate, by sources that have such callbacks.</summary>
    public virtual void OnReadable()
    {
    }

    /// <summary>Reads if a read is wanted, now or on the next callback.</summary>
    protected abstract void Read();

    protected byte[] Rent() => bufferPool.Rent(IsMuch ? LargeRead : SmallRead);

    protected void Return(byte[] buffer) => bufferPool.Return(buffer);

    /// <summary>Lends received bytes to the connection; none means the end of the stream.</summary>
    protected void OnReceived(byte[] buffer, int count)
    {
        IsWanted = false;
        if (count == 0)
        {
            bufferPool.Return(buffer);
            source.OnPeerClosed();
            return;
        }

        _readsInARow = _isResuming ? _readsInARow + 1 : 0;
        IsMuch = count >= SmallRead;
        _lent = buffer;
        _leasedBytes.Bytes = buffer.AsMemory(0, count);
        source.Handler.Tell(_leasedBytes, source);
    }

    /// <summary>Reads behind other work that waits for a thread: here, for one of the pool.</summary>
    protected virtual void ReadLater() => ThreadPool.UnsafeQueueUserWorkItem(
        static receiver =>
        {
            using var runQueue = receiver.Source.TryOpenRunQueue();
            lock (receiver.Source.Gate)
            {
                receiver.Read();
            }
        },
        this,
        preferLocal: false);

    /// <summary>Ends the connection with a failure.</summary>
    protected void Fail(string reason)
    {
        IsWanted = false;
        source.Fail(reason);
    }
}
