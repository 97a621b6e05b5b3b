using System.Buffers;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Frames;

namespace WsActors.Protocol.Messages;

/// <summary>
/// The message being put together from its fragments, or the chunk of it that comes next, and the rules that span them. Between messages
/// it counts no fragments, owns no memory and has no character open.
/// </summary>
internal struct PartialMessage
{
    /// <summary>The number of inflated bytes after which the limits are checked.</summary>
    private const int StepBytes = 16 * 1024;

    private MessageKind _kind;

    /// <summary>Frames of the message so far, the open one included. Zero: no message is open.</summary>
    private long _fragments;

    public readonly bool IsOpen => _fragments > 0;

    private bool _isCompressed;

    private MessageInflation _messageInflation;

    /// <summary>
    /// Payload bytes of the message as far as its frames have said, those included that have not come. Zero: no message is open.
    /// Of a compressed message, what it inflated to so far, or what its last frame has on the wire if that is more. Of one that is told in
    /// chunks, no more than a chunk.
    /// </summary>
    public long Bytes { get; private set; }

    private PayloadBuffer _payload;
    private Utf8Validator _utf8;

    /// <summary>Whether a chunk is as long as chunks may be, while its message goes on: it has to be taken before anything is read.</summary>
    public readonly bool IsChunkFull(MessageLimits limits) => limits.MaxChunkBytes == _payload.Count;

    /// <summary>Whether the open frame goes on without another byte of the peer's.</summary>
    public readonly bool HasMore => _messageInflation.HasMore;

    /// <summary>Takes the header of a data frame: everything that it decides is decided before a byte of payload is stored.</summary>
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
        Bytes = Math.Max(_payload.Count, before + Math.Min(frame.PayloadLength, limits.MostHeldBytes - before));
        return null;
    }

    /// <summary>
    /// Stores what came of the open frame's payload, or as much of it as makes a chunk full; text is checked as it comes (RFC 6455 §8.1).
    /// </summary>
    /// <param name="frames">Between the frame's header and the end of its payload.</param>
    /// <param name="bytes">Advanced past what was read.</param>
    /// <param name="frame">The open frame.</param>
    /// <param name="limits">What the message may cost.</param>
    /// <param name="inflater">Inflates the message if it is compressed; not null then.</param>
    public Violation? Read(FrameParser frames, ref ReadOnlySpan<byte> bytes, in FrameHeader frame, MessageLimits limits, Inflater? inflater)
    {
        if (_isCompressed)
        {
            return Inflate(frames, ref bytes, frame, limits, inflater!);
        }

        // A chunk ends with its frame: its length is known as that of a message is known in the last frame.
        var added = _payload.ReadFrom(frames, ref bytes, frame.Fin || limits.IsChunked, limits.MostHeldBytes);
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

    /// <summary>Takes what there is of a message that goes on; of a text, whole characters.</summary>
    /// <returns>False when that is nothing.</returns>
    public bool TryTakeChunk(out StreamEvent chunk)
    {
        var payload = _payload.Take(keep: _kind == MessageKind.Text ? Utf8Validator.CutLength(_payload.Written) : 0);
        chunk = StreamEvent.ForChunk(_kind, payload, isLast: false);
        return !payload.IsEmpty;
    }

    /// <summary>Lets go of the message.</summary>
    public void Drop()
    {
        _messageInflation.Drop();
        this = default;
    }

    /// <summary>Whether a message may go on that is held whole.</summary>
    private readonly Violation? CheckLimits(in FrameHeader frame, MessageLimits limits)
    {
        // Compared with what is left rather than added up: a claimed length close to 2^63 can't overflow.
        if (frame.PayloadLength > (_isCompressed ? MostCompressedBytes(limits) - _messageInflation.CompressedBytes : limits.MaxMessageBytes - _payload.Count))
        {
            return TooBig();
        }

        return _fragments == limits.MaxFragments
            ? new(CloseCode.PolicyViolation, "the message has more fragments than this endpoint takes")
            : null;
    }

    private Violation? Inflate(FrameParser frames, ref ReadOnlySpan<byte> bytes, in FrameHeader frame, MessageLimits limits, Inflater inflater)
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
            // Where a message is full, one byte more shows that it is too big.
            var room = Math.Clamp(limits.MostHeldBytes - _payload.Count, 1, StepBytes);
            var violation = _messageInflation.Read(frames, ref bytes, inflater, step.AsSpan(0, room), limits.MaxInflateRatio, out var count);
            if (count > 0 && _payload.Count == limits.MostHeldBytes)
            {
                return TooBig();
            }

            if (violation is not null || count == 0)
            {
                return violation;
            }

            var added = step.AsSpan(0, count);
            _payload.Append(added, limits.MostHeldBytes);
            Bytes = Math.Max(Bytes, _payload.Count);
            if (Check(added) is { } notUtf8)
            {
                return notUtf8;
            }
        }

        return null;
    }

    private Violation? Check(ReadOnlySpan<byte> added) => _kind == MessageKind.Text && !_utf8.TryAdvance(added) ? NotUtf8() : null;

    /// <summary>The largest compressed size. Data that does not compress grows: DEFLATE adds five bytes to each stored block.</summary>
    private static long MostCompressedBytes(MessageLimits limits) => limits.MaxMessageBytes + (limits.MaxMessageBytes / 8L) + 1024;

    private static Violation TooBig() => new(CloseCode.MessageTooBig, "the message is larger than this endpoint takes");

    private readonly Violation NotUtf8() =>
        _isCompressed ? NotInflatable() : new(CloseCode.InvalidPayload, "text must be UTF-8 (RFC 6455 section 8.1)");

    /// <summary>
    /// One sentence for both faults: a decompressor that meets an error keeps to itself what it made of the same chunk before it, so that
    /// the chunks would decide which of the two is found.
    /// </summary>
    private static Violation NotInflatable() =>
        new(CloseCode.InvalidPayload, "a compressed message must be whole DEFLATE data, and UTF-8 if it is text (RFC 7692 section 7.2.2)");
}
