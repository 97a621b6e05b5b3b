namespace WsActors.Manager;

/// <summary>The handshakes of some endpoints in the order of their arrival. Part of the <see cref="ConnectionRegistry"/>.</summary>
internal sealed class HandshakeOrder
{
    /// <summary>The number of completed handshakes in the queue that is not worth a cleanup.</summary>
    private const int CleanupThreshold = 16;

    /// <summary>The handshakes, and some completed ones: at least a third still runs.</summary>
    private Queue<ConnectionRegistry.Entry> _queue = [];

    /// <summary>The handshakes that still run.</summary>
    public int Count { get; private set; }

    /// <summary>The oldest that still runs; null for none.</summary>
    public ConnectionRegistry.Entry? Oldest
    {
        get
        {
            while (_queue.TryPeek(out var entry))
            {
                if (entry.IsHandshaking)
                {
                    return entry;
                }

                _queue.Dequeue();
            }

            return null;
        }
    }

    public void Add(ConnectionRegistry.Entry entry)
    {
        Count++;
        _queue.Enqueue(entry);
        if (_queue.Count > (3 * Count) + CleanupThreshold)
        {
            _queue = new(_queue.Where(static one => one.IsHandshaking));
        }
    }

    /// <summary>The handshake is completed, evicted, or its connection has ended. A second call does nothing.</summary>
    public void Complete(ConnectionRegistry.Entry entry)
    {
        if (entry.IsHandshaking)
        {
            entry.IsHandshaking = false;
            Count--;
        }

        if (Count == 0)
        {
            _queue.Clear();
        }
    }

    public void Clear()
    {
        _queue.Clear();
        Count = 0;
    }
}
