using System.Buffers;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Frames;

namespace WsActors.Protocol.Messages;

/// <summary>
/// Inflates one compressed message step by step and limits its inflated size. It can pause after any step and then keeps the current piece.
/// Part of a <see cref="PartialMessage"/>. Between messages its counters are zero and it owns no memory.
/// </summary>
internal struct MessageInflation
{
    /// <summary>
    /// The size of the pieces that the inflater gets. Pieces are aligned to the start of the message, so that the result does not depend on
    /// how the bytes were split.
    /// </summary>
    private const int PieceBytes = 1024;

    /// <summary>The payload bytes received so far, still compressed.</summary>
    public long CompressedBytes { get; private set; }

    /// <summary>The inflated size so far, in bytes.</summary>
    private long _inflated;

    /// <summary>The piece that the inflater has not read to its end; null when the next piece may be added.</summary>
    private byte[]? _piece;

    /// <summary>The inflated size that is allowed at the end of the current piece, in bytes.</summary>
    private long _allowance;

    /// <summary>Whether there may be more output without another byte from the peer.</summary>
    public readonly bool HasMore => _piece is not null;

    /// <summary>Inflates the next step of the open frame.</summary>
    /// <param name="frames">The parser, between the frame's header and the end of its payload.</param>
    /// <param name="bytes">Advanced past the bytes read.</param>
    /// <param name="inflater">The inflater of the message.</param>
    /// <param name="step">The output; at least one byte.</param>
    /// <param name="maxRatio">See <see cref="MessageLimits.MaxInflateRatio"/>.</param>
    /// <param name="count">The number of bytes written to the step; 0 when all received bytes of the frame are inflated.</param>
    /// <returns>Null, or the violation that the message exceeds <paramref name="maxRatio"/>.</returns>
    /// <exception cref="InvalidDataException">The bytes are not DEFLATE data.</exception>
    public Violation? Read(
        FrameParser frames,
        ref ReadOnlySpan<byte> bytes,
        Inflater inflater,
        Span<byte> step,
        int maxRatio,
        out int count)
    {
        count = 0;
        while (HasMore || TryTakePiece(frames, ref bytes, inflater, maxRatio))
        {
            // With the allowance used up, one byte is requested to see whether the message exceeds it.
            var left = (int)Math.Min(step.Length, _allowance - _inflated);
            count = inflater.Read(step[..Math.Max(left, 1)]);
            if (count > 0)
            {
                _inflated += count;
                return left > 0
                    ? null
                    : new(CloseCode.MessageTooBig, "the message exceeds this endpoint's limit of inflated bytes for each compressed byte");
            }

            Drop();
        }

        return null;
    }

    /// <summary>Returns the current piece to its pool, if there is one.</summary>
    public void Drop()
    {
        if (_piece is not null)
        {
            ArrayPool<byte>.Shared.Return(_piece);
            _piece = null;
        }
    }

    private bool TryTakePiece(FrameParser frames, ref ReadOnlySpan<byte> bytes, Inflater inflater, int maxRatio)
    {
        if (frames.PayloadLeft == 0 || bytes.IsEmpty)
        {
            return false;
        }

        var free = PieceBytes - (int)(CompressedBytes % PieceBytes);
        var pieceEnd = CompressedBytes + Math.Min(free, frames.PayloadLeft);
        _allowance = Allowance(pieceEnd, maxRatio);
        _piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        var count = frames.ReadPayload(ref bytes, _piece.AsSpan(0, free));
        CompressedBytes += count;
        inflater.Add(new(_piece, 0, count));
        return true;
    }

    /// <summary>The inflated size that a compressed size may have: few bytes must not cause much work.</summary>
    private static long Allowance(long compressedBytes, int maxRatio) =>
        compressedBytes > (long.MaxValue - PayloadBuffer.PreallocatedBytes) / maxRatio
            ? long.MaxValue
            : PayloadBuffer.PreallocatedBytes + (compressedBytes * maxRatio);
}
