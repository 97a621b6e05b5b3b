namespace WsActors.Handlers;

/// <summary>
/// How far a handler is behind what it was told. Every actor answers an <c>Identify</c> in its turn, so the answer says that all told
/// before it was dealt with: a handler is measured so, wherever it lives, without doing anything for it. Only a router answers for
/// itself, not for its routees. Owned by its connection.
/// </summary>
internal struct HandlerBacklog
{
    /// <summary>The memory of a message in a mailbox beside its payload, in bytes: empty messages must count, too.</summary>
    private const int BytesOfAnyMessage = 128;

    /// <summary>The part of <see cref="Bytes"/> that the open question covers; null when none is open.</summary>
    private long? _probedBytes;

    /// <summary>Told, and not known to be dealt with.</summary>
    public long Bytes { get; private set; }

    /// <summary>The bytes that a waiting message counts for.</summary>
    public static long BytesOf(int payloadBytes) => payloadBytes + BytesOfAnyMessage;

    public void Add(int payloadBytes) => Bytes += BytesOf(payloadBytes);

    /// <summary>The handler took messages out of its stash that had counted as dealt with.</summary>
    public void AddUnstashed(StashReport.Unstashed report) => Bytes += report.Bytes;

    /// <summary>Whether to ask the handler now.</summary>
    /// <param name="isDue">Whether the answer matters.</param>
    public bool TryProbe(bool isDue)
    {
        var asks = isDue && _probedBytes is null && Bytes > 0;
        if (asks)
        {
            _probedBytes = Bytes;
        }

        return asks;
    }

    public void OnProbeAnswered()
    {
        Bytes -= _probedBytes ?? 0;
        _probedBytes = null;
    }
}
