using WsActors.Protocol.Frames;

namespace WsActors.Protocol.Messages;

/// <summary>
/// Collects a payload as it arrives. It grows with the received bytes, not with the claimed length. The result is an array that the
/// receiver owns. Empty, it owns no memory.
/// </summary>
internal struct PayloadBuffer
{
    /// <summary>Up to this size the claimed length is allocated at once, because an array this small costs less than growing it.</summary>
    public const int PreallocatedBytes = 64 * 1024;

    private byte[]? _bytes;

    /// <summary>The number of bytes received.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes received.</summary>
    public readonly ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Count);

    /// <summary>Reads the received bytes of the open frame's payload, up to the limit.</summary>
    /// <param name="frames">The parser, between the frame's header and the end of its payload.</param>
    /// <param name="bytes">Advanced past the bytes read.</param>
    /// <param name="isLast">Whether the payload ends with this frame, so that its length is known.</param>
    /// <param name="limit">The largest size of the payload, in bytes.</param>
    /// <returns>The bytes added.</returns>
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

    /// <summary>Adds bytes of a payload whose length is unknown.</summary>
    /// <param name="bytes">The bytes. The caller has checked that they fit the limit.</param>
    /// <param name="limit">The largest size of the payload, in bytes.</param>
    public void Append(ReadOnlySpan<byte> bytes, int limit)
    {
        MakeRoom(Count + bytes.Length, announced: 0, isLast: false, limit);
        bytes.CopyTo(_bytes.AsSpan(Count));
        Count += bytes.Length;
    }

    /// <summary>
    /// Returns the payload and starts empty again. An array with over a quarter unused is copied to one of the exact size.
    /// </summary>
    /// <param name="keep">The number of last bytes that stay, as the start of the next payload.</param>
    public ReadOnlyMemory<byte> Take(int keep = 0)
    {
        var count = Count - keep;
        ReadOnlyMemory<byte> payload = count < _bytes?.Length / 4 * 3 ? _bytes.AsSpan(0, count).ToArray() : _bytes.AsMemory(0, count);
        _bytes = keep == 0 ? null : _bytes.AsSpan(count, keep).ToArray();
        Count = keep;
        return payload;
    }

    /// <summary>
    /// Grows the array to <paramref name="needed"/> bytes or more; <paramref name="announced"/> is the claimed total. Doubling keeps the
    /// copying linear over many fragments. Stopping at the announced length of the last frame makes the last array exact.
    /// </summary>
    private void MakeRoom(int needed, int announced, bool isLast, int limit)
    {
        var capacity = _bytes?.Length ?? 0;
        if (needed <= capacity)
        {
            return;
        }

        var doubled = (int)Math.Min(2L * capacity, limit);
        var size = Math.Max(Math.Max(needed, doubled), Math.Min(announced, PreallocatedBytes));
        var grown = GC.AllocateUninitializedArray<byte>(isLast ? Math.Min(size, announced) : size);
        _bytes.AsSpan(0, Count).CopyTo(grown);
        _bytes = grown;
    }
}
