using System.Runtime.CompilerServices;

namespace WsActors.Protocol.Frames;

/// <summary>
/// Bytes → frames, resumable at every byte: a header, then its payload, piece by piece. Owned by one connection, used by one thread
/// at a time, and allocates nothing.
/// </summary>
/// <param name="role">Which end reads: it decides whether frames must be masked or must not be (RFC 6455 §5.1).</param>
/// <param name="takesCompressed">Whether messages may be compressed, as RSV1 of their first frame says (RFC 7692 §6).</param>
public sealed class FrameParser(Role role, bool takesCompressed = false)
{
    /// <summary>The bytes of a header that the end of a chunk cut off.</summary>
    private HeaderBytes _kept;

    /// <summary>The number of bytes in <see cref="_kept"/>: zero unless a header is incomplete.</summary>
    private int _keptCount;

    /// <summary>The open frame's masking key; zero masks nothing, so it also stands for none.</summary>
    private uint _key;

    /// <summary>The number of payload bytes read of the open frame; only its last two bits matter.</summary>
    private int _maskOffset;

    /// <summary>Once a rule is broken there is no next frame: the answer stays the same.</summary>
    private Violation? _violation;

    /// <summary>Bytes of the open frame's payload that were not read yet; zero between frames.</summary>
    public long PayloadLeft { get; private set; }

    /// <summary>Whether at least one byte of a frame came, and not yet its last.</summary>
    public bool IsMidFrame => _keptCount > 0 || PayloadLeft > 0;

    /// <summary>Reads the next header. The payload before it must have been read to its end.</summary>
    /// <param name="bytes">Advanced past what was read; what there is of a cut header is kept.</param>
    /// <param name="header">The header, when the answer is true.</param>
    /// <param name="violation">The rule that the header breaks, told at the first byte that decides it.</param>
    /// <returns>True: a header. False with a violation: refused for good. False without: more bytes are needed.</returns>
    public bool TryReadHeader(ref ReadOnlySpan<byte> bytes, out FrameHeader header, out Violation? violation)
    {
        if (PayloadLeft > 0)
        {
            throw new InvalidOperationException($"{PayloadLeft} bytes of the last frame's payload were not read.");
        }

        header = default;
        violation = _violation;
        if (violation is not null)
        {
            return false;
        }

        var consumed = _keptCount == 0
            ? FrameHeaderFormat.Read(bytes, role, takesCompressed, out header, out violation)
            : ReadCut(bytes, out header, out violation);
        if (consumed == 0)
        {
            _violation = violation;
            Keep(ref bytes);
            return false;
        }

        bytes = bytes[consumed..];
        _keptCount = 0;
        _maskOffset = 0;
        _key = header.MaskingKey ?? 0;
        PayloadLeft = header.PayloadLength;
        return true;
    }

    /// <summary>Copies what there is of the open frame's payload, unmasked in the same pass.</summary>
    /// <returns>How many bytes were read: as many as there are, as the destination takes, and as the frame still holds.</returns>
    public int ReadPayload(ref ReadOnlySpan<byte> bytes, scoped Span<byte> destination)
    {
        var count = (int)Math.Min(PayloadLeft, Math.Min(bytes.Length, destination.Length));
        Masking.Apply(bytes[..count], destination, _key, _maskOffset);
        bytes = bytes[count..];
        _maskOffset = (_maskOffset + count) & 3;
        PayloadLeft -= count;
        return count;
    }

    /// <summary>Goes on with a header whose start is kept.</summary>
    /// <returns>How many of <paramref name="bytes"/> belong to it; 0 as in <see cref="FrameHeaderFormat.Read"/>.</returns>
    private int ReadCut(ReadOnlySpan<byte> bytes, out FrameHeader header, out Violation? violation)
    {
        Span<byte> wire = _kept;
        var added = Math.Min(bytes.Length, wire.Length - _keptCount);
        bytes[..added].CopyTo(wire[_keptCount..]);
        var length = FrameHeaderFormat.Read(wire[..(_keptCount + added)], role, takesCompressed, out header, out violation);
        return length == 0 ? 0 : length - _keptCount;
    }

    /// <summary>The chunk holds nothing but a piece of a header; or the header is refused, and the rest means nothing.</summary>
    private void Keep(ref ReadOnlySpan<byte> bytes)
    {
        Span<byte> wire = _kept;
        var room = wire[_keptCount..];
        var count = Math.Min(bytes.Length, room.Length);
        bytes[..count].CopyTo(room);
        _keptCount += count;
        bytes = [];
    }

    [InlineArray(FrameHeaderFormat.MaxBytes)]
    private struct HeaderBytes
    {
        private byte _first;
    }
}
