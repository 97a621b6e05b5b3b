using WsActors.Protocol.Frames;

namespace WsActors.Protocol.Messages;

/// <summary>
/// A payload on its way in. It grows with the bytes that came, not with the length that was claimed, and ends as the array that the
/// receiver owns. Empty, it owns nothing.
/// </summary>
internal struct PayloadBuffer
{
    /// <summary>Up to here a claimed length is believed, because arrays this small cost less than growing them.</summary>
    public const int BelievedLength = 64 * 1024;

    private byte[]? _bytes;

    /// <summary>The number of bytes received.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes received.</summary>
    public readonly ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Count);

    /// <summary>Reads what <paramref name="bytes"/> holds of the open frame's payload, up to the limit.</summary>
    /// <param name="frames">Between its header and the end of its payload.</param>
    /// <param name="bytes">Advanced past what was read.</param>
    /// <param name="isLast">Whether nothing follows the frame, so that the whole length is known.</param>
    /// <param name="limit">The most that may ever come.</param>
    /// <returns>What was added.</returns>
    public ReadOnlySpan<byte> ReadFrom(FrameParser frames, ref ReadOnlySpan<byte> bytes, bool isLast, int limit)
    {
        var announced = (int)Math.Min(frames.PayloadLeft, limit - Count);
        var arriving = Math.Min(announced, bytes.Length);
        if (arriving == 0)
        {
            return [];
        }

        MakeRoom(Count + arriving, Count + announced, isLast, limit);
        var added = _bytes.AsSpan(Count, frames.ReadPayload(ref bytes, _bytes.AsSpan(Count, arriving)));
        Count += arriving;
        return added;
    }

    /// <summary>Adds bytes of which nobody said how many there will be.</summary>
    /// <param name="bytes">The bytes. The caller has checked that they fit the limit.</param>
    /// <param name="limit">The most that may ever come.</param>
    public void Append(ReadOnlySpan<byte> bytes, int limit)
    {
        MakeRoom(Count + bytes.Length, announced: 0, isLast: false, limit);
        bytes.CopyTo(_bytes.AsSpan(Count));
        Count += bytes.Length;
    }

    /// <summary>Hands the payload over and starts empty again. Room that was made in vain is not left to the receiver.</summary>
    /// <param name="keep">How many of the last bytes stay, as the first of what comes next.</param>
    public ReadOnlyMemory<byte> Take(int keep = 0)
    {
        var count = Count - keep;
        ReadOnlyMemory<byte> payload = count < _bytes?.Length / 4 * 3 ? _bytes.AsSpan(0, count).ToArray() : _bytes.AsMemory(0, count);
        _bytes = keep == 0 ? null : _bytes.AsSpan(count, keep).ToArray();
        Count = keep;
        return payload;
    }

    /// <summary>
    /// Makes room for <paramref name="needed"/> bytes when <paramref name="announced"/> are known to come. Doubling keeps the copying
    /// linear over many fragments; stopping at the announced length of the last frame makes the last array exact.
    /// </summary>
    private void MakeRoom(int needed, int announced, bool isLast, int limit)
    {
        var room = _bytes?.Length ?? 0;
        if (needed <= room)
        {
            return;
        }

        var doubled = (int)Math.Min(2L * room, limit);
        var size = Math.Max(Math.Max(needed, doubled), Math.Min(announced, BelievedLength));
        var grown = GC.AllocateUninitializedArray<byte>(isLast ? Math.Min(size, announced) : size);
        _bytes.AsSpan(0, Count).CopyTo(grown);
        _bytes = grown;
    }
}
