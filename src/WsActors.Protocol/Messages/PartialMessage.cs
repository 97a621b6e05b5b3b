using WsActors.Protocol.Frames;

namespace WsActors.Protocol.Messages;

/// <summary>
/// The message being put together from its fragments, and the rules that span them. Between messages it counts no fragments, owns no
/// memory and has no character open.
/// </summary>
internal struct PartialMessage
{
    private MessageKind _kind;

    /// <summary>Frames of the message so far, the open one included. Zero: no message is open.</summary>
    private int _fragments;

    /// <summary>Payload bytes of the message as far as its frames have said, those included that have not come. Zero: no message is open.</summary>
    public long Bytes { get; private set; }

    private PayloadBuffer _payload;
    private Utf8Validator _utf8;

    /// <summary>Takes the header of a data frame: everything that it decides is decided before a byte of payload is stored.</summary>
    public Violation? Start(in FrameHeader frame, MessageLimits limits)
    {
        var isContinuation = frame.Opcode == Opcode.Continuation;
        if (isContinuation != (_fragments > 0))
        {
            return isContinuation
                ? new(CloseCode.ProtocolError, "a continuation frame must have a message to continue (RFC 6455 section 5.4)")
                : new(CloseCode.ProtocolError, "a message must end before the next one starts (RFC 6455 section 5.4)");
        }

        // Compared with what is left rather than added up: a claimed length close to 2^63 can't overflow.
        if (frame.PayloadLength > limits.MaxMessageBytes - _payload.Count)
        {
            return new(CloseCode.MessageTooBig, "the message is larger than this endpoint takes");
        }

        if (_fragments == limits.MaxFragments)
        {
            return new(CloseCode.PolicyViolation, "the message has more fragments than this endpoint takes");
        }

        if (!isContinuation)
        {
            _kind = frame.Opcode == Opcode.Text ? MessageKind.Text : MessageKind.Binary;
        }

        _fragments++;
        Bytes = _payload.Count + frame.PayloadLength;
        return null;
    }

    /// <summary>Stores what came of the open frame's payload; text is checked as it comes (RFC 6455 §8.1).</summary>
    public Violation? Read(FrameParser frames, ref ReadOnlySpan<byte> bytes, in FrameHeader frame, MessageLimits limits)
    {
        var added = _payload.ReadFrom(frames, ref bytes, frame.Fin, limits.MaxMessageBytes);
        return _kind == MessageKind.Text && !_utf8.TryAdvance(added) ? NotUtf8() : null;
    }

    /// <summary>Ends the message after its last fragment.</summary>
    public StreamEvent Finish()
    {
        if (!_utf8.IsComplete)
        {
            return StreamEvent.ForViolation(NotUtf8());
        }

        _fragments = 0;
        Bytes = 0;
        return StreamEvent.ForMessage(_kind, _payload.Take());
    }

    private static Violation NotUtf8() => new(CloseCode.InvalidPayload, "text must be UTF-8 (RFC 6455 section 8.1)");
}
