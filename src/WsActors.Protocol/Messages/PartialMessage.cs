using System.Buffers;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Frames;

namespace WsActors.Protocol.Messages;

/// <summary>
/// The message being put together from its fragments, and the rules that span them. Between messages it counts no fragments, owns no
/// memory and has no character open.
/// </summary>
internal struct PartialMessage
{
    /// <summary>
    /// How much is handed to the inflater at a time, counted from the start of the message whatever the chunks are: any chunking of the
    /// same bytes is then judged alike.
    /// </summary>
    private const int PieceBytes = 1024;

    /// <summary>How much is inflated before it is judged.</summary>
    private const int StepBytes = 16 * 1024;

    private MessageKind _kind;

    /// <summary>Frames of the message so far, the open one included. Zero: no message is open.</summary>
    private int _fragments;

    public readonly bool IsOpen => _fragments > 0;

    private bool _isCompressed;

    /// <summary>Payload bytes of a compressed message, as they are on the wire, as far as its frames have said.</summary>
    private long _compressedBytes;

    /// <summary>
    /// Payload bytes of the message as far as its frames have said, those included that have not come. Zero: no message is open.
    /// Of a compressed message, what it inflated to so far, or what its last frame has on the wire if that is more.
    /// </summary>
    public long Bytes { get; private set; }

    private PayloadBuffer _payload;
    private Utf8Validator _utf8;

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

        // Compared with what is left rather than added up: a claimed length close to 2^63 can't overflow.
        if (frame.PayloadLength > (_isCompressed ? MostCompressedBytes(limits) - _compressedBytes : limits.MaxMessageBytes - _payload.Count))
        {
            return TooBig();
        }

        if (_fragments == limits.MaxFragments)
        {
            return new(CloseCode.PolicyViolation, "the message has more fragments than this endpoint takes");
        }

        _fragments++;
        _compressedBytes += _isCompressed ? frame.PayloadLength : 0;
        Bytes = Math.Max(_payload.Count, frame.PayloadLength + (_isCompressed ? 0 : _payload.Count));
        return null;
    }

    /// <summary>Stores what came of the open frame's payload; text is checked as it comes (RFC 6455 §8.1).</summary>
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

        var added = _payload.ReadFrom(frames, ref bytes, frame.Fin, limits.MaxMessageBytes);
        return Check(added);
    }

    /// <summary>Ends the message after its last fragment.</summary>
    public StreamEvent Finish()
    {
        if (!_utf8.IsComplete)
        {
            return StreamEvent.ForViolation(NotUtf8());
        }

        _fragments = 0;
        _compressedBytes = 0;
        Bytes = 0;
        return StreamEvent.ForMessage(_kind, _payload.Take());
    }

    private Violation? Inflate(FrameParser frames, ref ReadOnlySpan<byte> bytes, in FrameHeader frame, MessageLimits limits, Inflater inflater)
    {
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        var step = ArrayPool<byte>.Shared.Rent(StepBytes);
        try
        {
            Violation? violation = null;
            while (violation is null && frames.PayloadLeft > 0 && !bytes.IsEmpty)
            {
                var came = _compressedBytes - frames.PayloadLeft;
                var room = PieceBytes - (int)(came % PieceBytes);
                inflater.Add(new(piece, 0, frames.ReadPayload(ref bytes, piece.AsSpan(0, room))));
                violation = Take(inflater, step, limits, Allowance(Math.Min(came + room, _compressedBytes), limits));
            }

            if (violation is null && frame.Fin && frames.PayloadLeft == 0)
            {
                inflater.EndMessage();
            }

            return violation;
        }
        catch (InvalidDataException)
        {
            return NotInflatable();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
            ArrayPool<byte>.Shared.Return(step);
        }
    }

    /// <summary>What so many bytes may inflate to: a few must not make the work of many.</summary>
    private static long Allowance(long compressedBytes, MessageLimits limits) =>
        PayloadBuffer.BelievedLength + (compressedBytes * limits.MaxInflateRatio);

    private Violation? Take(Inflater inflater, byte[] step, MessageLimits limits, long allowance)
    {
        while (true)
        {
            var left = (int)Math.Min(step.Length, Math.Min(limits.MaxMessageBytes, allowance) - _payload.Count);
            // Where nothing more may come, one byte is asked for, to see whether it would.
            var added = step.AsSpan(0, inflater.Read(step.AsSpan(0, Math.Max(left, 1))));
            if (added.IsEmpty)
            {
                return null;
            }

            if (left == 0)
            {
                return _payload.Count == limits.MaxMessageBytes
                    ? TooBig()
                    : new(CloseCode.MessageTooBig, "the message inflates to more than this endpoint takes for its length");
            }

            _payload.Append(added, limits.MaxMessageBytes);
            Bytes = Math.Max(Bytes, _payload.Count);
            if (Check(added) is { } violation)
            {
                return violation;
            }
        }
    }

    private Violation? Check(ReadOnlySpan<byte> added) => _kind == MessageKind.Text && !_utf8.TryAdvance(added) ? NotUtf8() : null;

    /// <summary>What does not shrink becomes a little longer: DEFLATE needs five bytes for each block that it stores as it is.</summary>
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
