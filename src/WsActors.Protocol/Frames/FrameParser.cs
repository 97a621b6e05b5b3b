using System.Runtime.CompilerServices;

namespace WsActors.Protocol.Frames;

/// <summary>
/// Parses bytes to frames, resumable at every byte: a header, then its payload, piece by piece. Owned by one connection, used by one
/// thread at a time. It allocates nothing.
/// </summary>
/// <param name="role">The end that reads. A server requires masked frames, a client unmasked ones (RFC 6455 §5.1).</param>
/// <param name="takesCompressed">Whether messages may be compressed: RSV1 on their first frame (RFC 7692 §6).</param>
public sealed class FrameParser(Role role, bool takesCompressed = false)
{
    /// <summary>The first bytes of a header whose rest has not arrived.</summary>
    private HeaderBytes _partialHeader;

    /// <summary>The number of bytes in <see cref="_partialHeader"/>: zero unless a header is incomplete.</summary>
    private int _partialHeaderCount;

    /// <summary>The open frame's masking key; zero for an unmasked frame, because a zero key changes nothing.</summary>
    private uint _key;

    /// <summary>The number of payload bytes read of the open frame, modulo 4.</summary>
    private int _maskOffset;

    /// <summary>The first violation. After it there is no next frame, and each call reports it again.</summary>
    private Violation? _violation;

    /// <summary>The bytes of the open frame's payload that are not read yet; zero between frames.</summary>
    public long PayloadLeft { get; private set; }

    /// <summary>Whether a frame is incomplete: its first byte was read, and its last was not.</summary>
    public bool IsMidFrame => _partialHeaderCount > 0 || PayloadLeft > 0;

    /// <summary>Reads the next header. The payload before it must have been read to its end.</summary>
    /// <param name="bytes">Advanced past the bytes read. The bytes of an incomplete header are kept.</param>
    /// <param name="header">The header, when the method returns true.</param>
    /// <param name="violation">The rule that the header breaks, reported at the first byte that decides it.</param>
    /// <returns>True: a header. False with a violation: the stream is refused for good. False without: more bytes are needed.</returns>
    public bool TryReadHeader(ref ReadOnlySpan<byte> bytes, out FrameHeader header, out Violation? violation)
    {
        if (PayloadLeft > 0)
        {
            throw new InvalidOperationException(
                $"{PayloadLeft} bytes of the open frame's payload are unread: read them before the next header.");
        }

        header = default;
        violation = _violation;
        if (violation is not null)
        {
            return false;
        }

        var consumed = _partialHeaderCount == 0
            ? FrameHeader.Read(bytes, role, takesCompressed, out header, out violation)
            : ReadPartial(bytes, out header, out violation);
        if (consumed == 0)
        {
            _violation = violation;
            Keep(ref bytes);
            return false;
        }

        bytes = bytes[consumed..];
        _partialHeaderCount = 0;
        _maskOffset = 0;
        _key = header.MaskingKey ?? 0;
        PayloadLeft = header.PayloadLength;
        return true;
    }

    /// <summary>Copies the available bytes of the open frame's payload and unmasks them in the same pass.</summary>
    /// <returns>The number of bytes read: the least of the bytes given, the destination's room and <see cref="PayloadLeft"/>.</returns>
    public int ReadPayload(ref ReadOnlySpan<byte> bytes, scoped Span<byte> destination)
    {
        var count = (int)Math.Min(PayloadLeft, Math.Min(bytes.Length, destination.Length));
        Masking.Apply(bytes[..count], destination, _key, _maskOffset);
        bytes = bytes[count..];
        _maskOffset = (_maskOffset + count) & 3;
        PayloadLeft -= count;
        return count;
    }

    /// <summary>A second parser at the same place, which reads the next bytes independently of this one.</summary>
    public FrameParser Copy() => (FrameParser)MemberwiseClone();

    /// <summary>Continues a header whose first bytes are in <see cref="_partialHeader"/>.</summary>
    /// <returns>The number of <paramref name="bytes"/> that belong to it; 0 as in <see cref="FrameHeader.Read"/>.</returns>
    private int ReadPartial(ReadOnlySpan<byte> bytes, out FrameHeader header, out Violation? violation)
    {
        Span<byte> wire = _partialHeader;
        var added = Math.Min(bytes.Length, wire.Length - _partialHeaderCount);
        bytes[..added].CopyTo(wire[_partialHeaderCount..]);
        var length = FrameHeader.Read(wire[..(_partialHeaderCount + added)], role, takesCompressed, out header, out violation);
        return length == 0 ? 0 : length - _partialHeaderCount;
    }

    /// <summary>Keeps the bytes of an incomplete header. After a refused header the bytes have no meaning and are discarded.</summary>
    private void Keep(ref ReadOnlySpan<byte> bytes)
    {
        Span<byte> wire = _partialHeader;
        var free = wire[_partialHeaderCount..];
        var count = Math.Min(bytes.Length, free.Length);
        bytes[..count].CopyTo(free);
        _partialHeaderCount += count;
        bytes = [];
    }

    [InlineArray(FrameHeader.MaxBytes)]
    private struct HeaderBytes
    {
        private byte _first;
    }
}
