namespace WsActors.Connection;

/// <summary>
/// How far a handler is behind what it was told. Every actor answers an <c>Identify</c> in its turn, so the answer says that all told
/// before it was dealt with: any actor is measured so, wherever it lives, without doing anything for it. Owned by its connection.
/// </summary>
internal sealed class Lag(int maxBytes)
{
    /// <summary>What a message takes in a mailbox beside its payload: empty messages must count, too.</summary>
    private const int BytesOfAnyMessage = 128;

    /// <summary>Told, and not known to be dealt with.</summary>
    private long _told;

    /// <summary>The part of it that the open question covers; null when none is open.</summary>
    private long? _asked;

    /// <summary>Whether the handler should be told no more for now.</summary>
    public bool IsTooLong => _told >= maxBytes;

    public void Tell(int payloadBytes) => _told += payloadBytes + BytesOfAnyMessage;

    /// <summary>Whether to ask the handler now: by half the way, so that a fast one is never waited for.</summary>
    public bool TryAsk()
    {
        if (_asked is not null || _told < maxBytes / 2)
        {
            return false;
        }

        _asked = _told;
        return true;
    }

    public void Answer()
    {
        _told -= _asked ?? 0;
        _asked = null;
    }
}
