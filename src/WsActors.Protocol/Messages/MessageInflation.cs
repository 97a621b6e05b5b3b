using System.Buffers;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Frames;

namespace WsActors.Protocol.Messages;

/// <summary>
/// The inflating of one compressed message, a step at a time, with what it may inflate to. It may stop behind any step and go on later: then
/// it keeps the piece that it was at. Part of a <see cref="PartialMessage"/>. Between messages it counts nothing and owns no memory.
/// </summary>
internal struct MessageInflation
{
    /// <summary>
    /// How much is handed to the inflater at a time, counted from the start of the message whatever the chunks are: any chunking of the
    /// same bytes is then judged alike.
    /// </summary>
    private const int PieceBytes = 1024;

    /// <summary>Payload bytes that came, as they are on the wire.</summary>
    public long CompressedBytes { get; private set; }

    /// <summary>The inflated size so far, in bytes.</summary>
    private long _inflated;

    /// <summary>The piece that the inflater has not read to its end; null when the next one may be handed over.</summary>
    private byte[]? _piece;

    /// <summary>The inflated size that is allowed at the end of the current piece, in bytes.</summary>
    private long _allowance;

    /// <summary>Whether there may be more to read without another byte of the peer's.</summary>
    public readonly bool HasMore => _piece is not null;

    /// <summary>Reads the next step of what the open frame inflates to.</summary>
    /// <param name="frames">Between the frame's header and the end of its payload.</param>
    /// <param name="bytes">Advanced past what was read.</param>
    /// <param name="inflater">Inflates the message.</param>
    /// <param name="step">At least one byte.</param>
    /// <param name="maxRatio">See <see cref="MessageLimits.MaxInflateRatio"/>.</param>
    /// <param name="count">How much of the step is filled; 0 when the frame, or what came of it, is read to its end.</param>
    /// <returns>Null, or that it inflates to too much for its length.</returns>
    /// <exception cref="InvalidDataException">The bytes are not DEFLATE data.</exception>
    public Violation? Read(FrameParser frames, ref ReadOnlySpan<byte> bytes, Inflater inflater, Span<byte> step, int maxRatio, out int count)
    {
        count = 0;
        while (HasMore || TryTakePiece(frames, ref bytes, inflater, maxRatio))
        {
            // Where nothing more may come, one byte is asked for, to see whether it would.
            var left = (int)Math.Min(step.Length, _allowance - _inflated);
            count = inflater.Read(step[..Math.Max(left, 1)]);
            if (count > 0)
            {
                _inflated += count;
                return left > 0
                    ? null
                    : new(CloseCode.MessageTooBig, "the message inflates to more than this endpoint takes for its length");
            }

            Drop();
        }

        return null;
    }

    /// <summary>Gives the current piece back, if there is one.</summary>
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

        var room = PieceBytes - (int)(CompressedBytes % PieceBytes);
        var pieceEnd = CompressedBytes + Math.Min(room, frames.PayloadLeft);
        _allowance = Allowance(pieceEnd, maxRatio);
        _piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        var count = frames.ReadPayload(ref bytes, _piece.AsSpan(0, room));
        CompressedBytes += count;
        inflater.Add(new(_piece, 0, count));
        return true;
    }

    /// <summary>The inflated size that a number of bytes may have: few bytes must not cause much work.</summary>
    private static long Allowance(long compressedBytes, int maxRatio) => compressedBytes > (long.MaxValue - PayloadBuffer.BelievedLength) / maxRatio
        ? long.MaxValue
        : PayloadBuffer.BelievedLength + (compressedBytes * maxRatio);
}
