using System.Buffers;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Frames;

namespace WsActors.Protocol.Messages;

/// <summary>
/// Assembles a message, or its next chunk, from fragments and checks the rules that span fragments. Between messages it counts no
/// fragments, owns no memory and has no open character.
/// </summary>
internal struct PartialMessage
{
    /// <summary>The number of inflated bytes after which the limits are checked.</summary>
    private const int StepBytes = 16 * 1024;

    private MessageKind _kind;

    /// <summary>The number of frames of the message so far, the open one included. Zero: no message is open.</summary>
    private long _fragments;

    public readonly bool IsOpen => _fragments > 0;

    private bool _isCompressed;

    private MessageInflation _messageInflation;

    /// <summary>
    /// The payload bytes that the message's frames have announced so far, received or not. Zero: no message is open.
    /// For a compressed message the inflated size so far, or its last frame's size on the wire if that is larger. For a message in chunks
    /// no more than one chunk.
    /// </summary>
    public long Bytes { get; private set; }

    private PayloadBuffer _payload;
    private Utf8Validator _utf8;

    /// <summary>Whether the chunk has its largest size. It must then be taken before more is read.</summary>
    public readonly bool IsChunkFull(MessageLimits limits) => limits.MaxChunkBytes == _payload.Count;

    /// <summary>Whether the open frame may yield more output without another byte from the peer.</summary>
    public readonly bool HasMore => _isCompressed && _messageInflation.HasMore;

    /// <summary>Takes the header of a data frame. Each rule that the header decides is checked before a payload byte is stored.</summary>
    public Violation? Start(in FrameHeader frame, MessageLimits limits)
    {
        var isContinuation = frame.Opcode == Opcode.Continuation;
        if (isContinuation != IsOpen)
        {
            return isContinuation
                ? new(CloseCode.ProtocolError, "a continuation frame must have a message to continue (RFC 6455 section 5.4)")
                : new(CloseCode.ProtocolError, "a message must end before the next one starts (RFC 6455 section 5.4)");
        }

        if (!isContinuation)
        {
            _kind = frame.Opcode == Opcode.Text ? MessageKind.Text : MessageKind.Binary;
            _isCompressed = frame.Rsv1;
        }

        if (!limits.IsChunked && CheckLimits(frame, limits) is { } violation)
        {
            return violation;
        }

        _fragments++;
        var before = _isCompressed ? 0 : _payload.Count;
        Bytes = Math.Max(_payload.Count, before + Math.Min(frame.PayloadLength, limits.MaxHeldBytes - before));
        return null;
    }

    /// <summary>
    /// Stores the received bytes of the open frame's payload, until a chunk is full. Text is checked as it arrives (RFC 6455 §8.1).
    /// </summary>
    /// <param name="frames">The parser, between the frame's header and the end of its payload.</param>
    /// <param name="bytes">Advanced past the bytes read.</param>
    /// <param name="frame">The open frame.</param>
    /// <param name="limits">The limits of the message.</param>
    /// <param name="inflater">The inflater; not null if the message is compressed.</param>
    public Violation? Read(FrameParser frames, ref ReadOnlySpan<byte> bytes, in FrameHeader frame, MessageLimits limits, Inflater? inflater)
    {
        if (_isCompressed)
        {
            return Inflate(frames, ref bytes, frame, limits, inflater!);
        }

        // A chunk ends with its frame, so its length is known, as a message's length is known in its last frame.
        var added = _payload.ReadFrom(frames, ref bytes, frame.Fin || limits.IsChunked, limits.MaxHeldBytes);
        return Check(added);
    }

    /// <summary>Ends the message after its last fragment.</summary>
    public StreamEvent Finish(bool isChunked)
    {
        if (!_utf8.IsComplete)
        {
            return StreamEvent.ForViolation(NotUtf8());
        }

        _fragments = 0;
        _messageInflation = default;
        Bytes = 0;
        var payload = _payload.Take();
        return isChunked ? StreamEvent.ForChunk(_kind, payload, isLast: true) : StreamEvent.ForMessage(_kind, payload);
    }

    /// <summary>Takes the stored bytes of an incomplete message as a chunk; for a text only its complete characters.</summary>
    /// <returns>False when the chunk would be empty.</returns>
    public bool TryTakeChunk(out StreamEvent chunk)
    {
        var payload = _payload.Take(keep: _kind == MessageKind.Text ? Utf8Validator.CutLength(_payload.Written) : 0);
        chunk = StreamEvent.ForChunk(_kind, payload, isLast: false);
        return !payload.IsEmpty;
    }

    /// <summary>Discards the message and releases its memory.</summary>
    public void Drop()
    {
        _messageInflation.Drop();
        this = default;
    }

    /// <summary>The limit that the frame exceeds, for a message that is held whole; null if it fits.</summary>
    private readonly Violation? CheckLimits(in FrameHeader frame, MessageLimits limits)
    {
        // The claimed length is compared with the remaining size and not added up: a length close to 2^63 would overflow.
        var remaining = _isCompressed
            ? MaxCompressedBytes(limits) - _messageInflation.CompressedBytes
            : limits.MaxMessageBytes - _payload.Count;
        if (frame.PayloadLength > remaining)
        {
            return TooBig();
        }

        return _fragments == limits.MaxFragments
            ? new(CloseCode.PolicyViolation, "the message has more fragments than this endpoint takes")
            : null;
    }

    private Violation? Inflate(
        FrameParser frames,
        ref ReadOnlySpan<byte> bytes,
        in FrameHeader frame,
        MessageLimits limits,
        Inflater inflater)
    {
        var step = ArrayPool<byte>.Shared.Rent(StepBytes);
        try
        {
            if (InflateSteps(frames, ref bytes, limits, inflater, step) is { } violation)
            {
                return violation;
            }

            if (frame.Fin && frames.PayloadLeft == 0 && !HasMore)
            {
                inflater.EndMessage();
            }

            return null;
        }
        catch (InvalidDataException)
        {
            return NotInflatable();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(step);
        }
    }

    private Violation? InflateSteps(FrameParser frames, ref ReadOnlySpan<byte> bytes, MessageLimits limits, Inflater inflater, byte[] step)
    {
        while (!IsChunkFull(limits))
        {
            // With the message at its limit, one byte is requested to see whether it is too big.
            var free = step.AsSpan(0, Math.Clamp(limits.MaxHeldBytes - _payload.Count, 1, StepBytes));
            var violation = _messageInflation.Read(frames, ref bytes, inflater, free, limits.MaxInflateRatio, out var count);
            if (count > 0 && _payload.Count == limits.MaxHeldBytes)
            {
                return TooBig();
            }

            if (violation is not null || count == 0)
            {
                return violation;
            }

            var added = step.AsSpan(0, count);
            _payload.Append(added, limits.MaxHeldBytes);
            Bytes = Math.Max(Bytes, _payload.Count);
            if (Check(added) is { } notUtf8)
            {
                return notUtf8;
            }
        }

        return null;
    }

    private Violation? Check(ReadOnlySpan<byte> added) => _kind == MessageKind.Text && !_utf8.TryAdvance(added) ? NotUtf8() : null;

    /// <summary>
    /// The largest compressed size of a message within the limit. Incompressible data grows: DEFLATE adds five bytes to each stored block.
    /// </summary>
    private static long MaxCompressedBytes(MessageLimits limits) => limits.MaxMessageBytes + (limits.MaxMessageBytes / 8L) + 1024;

    private static Violation TooBig() => new(CloseCode.MessageTooBig, "the message is larger than this endpoint takes");

    private readonly Violation NotUtf8() =>
        _isCompressed ? NotInflatable() : new(CloseCode.InvalidPayload, "text must be UTF-8 (RFC 6455 section 8.1)");

    /// <summary>
    /// One sentence for both faults. On an error the decompressor drops its output from earlier in the same chunk, so the split into chunks
    /// would otherwise decide which of the two faults is reported.
    /// </summary>
    private static Violation NotInflatable() =>
        new(
            CloseCode.InvalidPayload,
            "a compressed message must be complete DEFLATE data, and UTF-8 if it is text (RFC 7692 section 7.2.2)");
}
