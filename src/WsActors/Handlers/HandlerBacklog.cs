namespace WsActors.Handlers;

/// <summary>
/// The messages that a handler was sent and has not handled yet. Every actor answers <c>Identify</c> in mailbox order: the answer shows
/// that all messages before it were handled. So any handler can be measured, wherever it lives, without code of its own. A router answers
/// for itself, not for its routees. Owned by its connection.
/// </summary>
internal struct HandlerBacklog
{
    /// <summary>The memory of a message in a mailbox without its payload, in bytes: it bounds the number of empty messages.</summary>
    private const int MessageOverheadBytes = 128;

    /// <summary>The part of <see cref="Bytes"/> that the pending probe covers; null when none is pending.</summary>
    private long? _probedBytes;

    /// <summary>Bytes delivered and not known to be handled.</summary>
    public long Bytes { get; private set; }

    /// <summary>The bytes that a waiting message counts for.</summary>
    public static long BytesOf(int payloadBytes) => payloadBytes + MessageOverheadBytes;

    public void Add(int payloadBytes) => Bytes += BytesOf(payloadBytes);

    /// <summary>The handler unstashed messages that had counted as handled.</summary>
    public void AddUnstashed(StashReport.Unstashed report) => Bytes += report.Bytes;

    /// <summary>Whether to send a probe now.</summary>
    /// <param name="isDue">Whether a probe is needed.</param>
    public bool TryProbe(bool isDue)
    {
        var shouldProbe = isDue && _probedBytes is null && Bytes > 0;
        if (shouldProbe)
        {
            _probedBytes = Bytes;
        }

        return shouldProbe;
    }

    public void OnProbeAnswered()
    {
        Bytes -= _probedBytes ?? 0;
        _probedBytes = null;
    }
}
