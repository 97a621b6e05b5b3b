using WsActors.Protocol.Compression;
using WsActors.Protocol.Frames;

namespace WsActors.Protocol.Messages;

/// <summary>
/// Parses the bytes that a peer sends after the handshake to facts. <see cref="TryRead"/> advances the bytes it is given; false means that
/// it needs more bytes. The caller may stop after any fact and continue later with the remaining bytes. The same bytes give the same facts,
/// however they are split. After a close or a violation all further bytes are discarded. Owned by one connection, used by one thread at a
/// time. Between messages it holds no payload.
/// </summary>
/// <param name="role">The end that reads.</param>
/// <param name="limits">The limits of one message.</param>
/// <param name="inflater">
/// The inflater for compressed messages, if permessage-deflate was agreed on. The parser owns and disposes it.
/// </param>
public sealed class StreamParser(Role role, MessageLimits limits, Inflater? inflater = null) : IDisposable
{
    private readonly FrameParser _frames = new(role, takesCompressed: inflater is not null);

    /// <summary>The frame whose payload is being read; undefined between frames.</summary>
    private FrameHeader _frame;

    private PartialMessage _message;

    /// <summary>The payload of the open control frame, which may come between the fragments of <see cref="_message"/>.</summary>
    private PayloadBuffer _control;

    /// <summary>Whether a close or a violation was reported, or the parser was disposed.</summary>
    private bool _hasEnded;

    /// <summary>Whether a frame is incomplete: its first byte was read, and its last was not.</summary>
    public bool IsMidFrame => !_hasEnded && _frames.IsMidFrame;

    /// <summary>
    /// Whether a message is incomplete: the header of its first frame was read, and its last byte was not. Control frames between its
    /// fragments do not change it.
    /// </summary>
    public bool IsMidMessage => _message.IsOpen;

    /// <summary>
    /// The payload bytes that the frames of the open message have announced so far; zero between messages. For a message that is reported
    /// in chunks, the bytes of one chunk at most.
    /// </summary>
    public long MessageBytes => _message.Bytes;

    /// <summary>
    /// Whether there may be a further fact without another byte: a chunk was reported before all received bytes were inflated.
    /// </summary>
    public bool HasMore => _message.HasMore;

    /// <summary>The number of complete frames read, control frames and fragments included.</summary>
    public long FramesRead { get; private set; }

    /// <summary>A second parser of the frames, at the place of the next byte; null after a close or a violation.</summary>
    public FrameParser? CopyFrameParser() => _hasEnded ? null : _frames.Copy();

    /// <summary>Reads up to the end of the next fact.</summary>
    /// <param name="bytes">Advanced past the bytes read; empty when the method returns false.</param>
    /// <param name="fact">The fact, when the method returns true.</param>
    /// <returns>False when the bytes hold no further fact.</returns>
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

    /// <summary>Ends reading: further bytes are discarded. Disposes the inflater.</summary>
    public void Dispose() => End(default);

    /// <summary>Reads up to the end of the open frame, or of the next frame. False without a violation: more bytes are needed.</summary>
    private bool TryReadFrame(ref ReadOnlySpan<byte> bytes, out Violation? violation)
    {
        violation = null;
        if (!IsInPayload)
        {
            if (!_frames.TryReadHeader(ref bytes, out _frame, out violation))
            {
                return false;
            }

            violation = _frame.IsControl ? null : _message.Start(_frame, limits);
        }

        violation ??= ReadPayload(ref bytes);
        return violation is null && !IsInPayload;
    }

    private bool IsInPayload => _frames.PayloadLeft > 0 || _message.HasMore;

    private Violation? ReadPayload(ref ReadOnlySpan<byte> bytes)
    {
        if (!_frame.IsControl)
        {
            return _message.Read(_frames, ref bytes, _frame, limits, inflater);
        }

        _control.ReadFrom(_frames, ref bytes, isLast: true, FrameHeader.MaxControlPayload);
        return null;
    }

    /// <summary>Turns a complete frame into a fact; false for a fragment with more to come.</summary>
    private bool TryFinishFrame(out StreamEvent fact)
    {
        fact = _frame switch
        {
            { Opcode: Opcode.Ping } => StreamEvent.ForPing(_control.Take()),
            { Opcode: Opcode.Pong } => StreamEvent.ForPong(_control.Take()),
            { Opcode: Opcode.Close } => ClosePayloadParser.Parse(_control.Take().Span),
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
