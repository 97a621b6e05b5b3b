using WsActors.Protocol.Compression;
using WsActors.Protocol.Frames;

namespace WsActors.Protocol.Messages;

/// <summary>
/// Frames → messages: everything that a peer sends after the handshake, as facts. <see cref="TryRead"/> advances the bytes it is given;
/// false means that it needs more, and nothing is lost. The caller may stop after any fact and come back with the rest. Any chunking of
/// the same bytes gives the same facts. After a close or a violation it discards whatever it is given: it never resumes. Owned by one
/// connection, used by one thread at a time; between messages it holds no payload.
/// </summary>
/// <param name="role">Which end reads.</param>
/// <param name="limits">What one message may cost.</param>
/// <param name="inflater">Inflates compressed messages, if permessage-deflate was agreed on; from now on the parser's own.</param>
public sealed class StreamParser(Role role, MessageLimits limits, Inflater? inflater = null) : IDisposable
{
    private readonly FrameParser _frames = new(role, takesCompressed: inflater is not null);

    /// <summary>The frame whose payload is being read; without meaning between frames.</summary>
    private FrameHeader _frame;

    private PartialMessage _message;

    /// <summary>The payload of the open control frame, which may come between the fragments of <see cref="_message"/>.</summary>
    private PayloadBuffer _control;

    /// <summary>Whether a close or a violation was told.</summary>
    private bool _hasEnded;

    /// <summary>Whether at least one byte of a frame came, and not yet its last: the peer owes the rest.</summary>
    public bool IsMidFrame => !_hasEnded && _frames.IsMidFrame;

    /// <summary>Whether at least the first frame's header of a message came, and not yet its last byte, whatever comes between.</summary>
    public bool IsMidMessage => _message.IsOpen;

    /// <summary>
    /// Payload bytes of the message that is coming, as far as its frames have said; zero between messages. Of a message that is told in
    /// chunks, those of one chunk at most.
    /// </summary>
    public long MessageBytes => _message.Bytes;

    /// <summary>Whether there may be a further fact without another byte: a chunk of what came was told, and the rest was not inflated yet.</summary>
    public bool HasMore => _message.HasMore;

    /// <summary>Frames that came whole, control frames and fragments included.</summary>
    public long FramesRead { get; private set; }

    /// <summary>Reads up to the end of the next fact.</summary>
    /// <param name="bytes">Advanced past what was read; emptied when the answer is false.</param>
    /// <param name="fact">The fact, when the answer is true.</param>
    /// <returns>False when there is no further fact in the bytes.</returns>
    public bool TryRead(ref ReadOnlySpan<byte> bytes, out StreamEvent fact)
    {
        fact = default;
        while (!_hasEnded)
        {
            if (TryReadFrame(ref bytes, out var violation))
            {
                FramesRead++;
                if (TryFinishFrame(out fact))
                {
                    return true;
                }
            }
            else if (violation is null)
            {
                return _message.IsChunkFull(limits) && _message.TryTakeChunk(out fact);
            }
            else
            {
                fact = End(StreamEvent.ForViolation(violation));
                return true;
            }
        }

        bytes = [];
        return false;
    }

    /// <summary>Ends reading: what is given from now on is discarded. Gives the memory of compression back, if there is any.</summary>
    public void Dispose() => End(default);

    /// <summary>Reads up to the end of the open frame, or of the next one. False without a violation: more bytes are needed.</summary>
    private bool TryReadFrame(ref ReadOnlySpan<byte> bytes, out Violation? violation)
    {
        violation = null;
        if (!IsInPayload)
        {
            if (!_frames.TryReadHeader(ref bytes, out _frame, out violation))
            {
                return false;
            }

            violation = _frame.Opcode.IsControl ? null : _message.Start(_frame, limits);
        }

        violation ??= ReadPayload(ref bytes);
        return violation is null && !IsInPayload;
    }

    private bool IsInPayload => _frames.PayloadLeft > 0 || _message.HasMore;

    private Violation? ReadPayload(ref ReadOnlySpan<byte> bytes)
    {
        if (!_frame.Opcode.IsControl)
        {
            return _message.Read(_frames, ref bytes, _frame, limits, inflater);
        }

        _control.ReadFrom(_frames, ref bytes, isLast: true, FrameHeaderFormat.MaxControlPayload);
        return null;
    }

    /// <summary>Turns a complete frame into a fact; false for a fragment with more to come.</summary>
    private bool TryFinishFrame(out StreamEvent fact)
    {
        fact = _frame switch
        {
            { Opcode: Opcode.Ping } => StreamEvent.ForPing(_control.Take()),
            { Opcode: Opcode.Pong } => StreamEvent.ForPong(_control.Take()),
            { Opcode: Opcode.Close } => ClosePayload.Read(_control.Take().Span),
            { Fin: true } => _message.Finish(limits.IsChunked),
            _ => default,
        };
        if (fact.Kind is StreamEventKind.Close or StreamEventKind.Violation)
        {
            End(fact);
        }

        return _frame.Fin || (limits.IsChunked && _message.TryTakeChunk(out fact));
    }

    private StreamEvent End(StreamEvent last)
    {
        _hasEnded = true;
        inflater?.Dispose();
        _message.Drop();
        _control = default;
        return last;
    }
}
