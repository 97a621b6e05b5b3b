using Akka.Actor;
using WsActors.Protocol;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>
/// The frames that wait, and their order: as queued, except that an open streamed message leaves completely before the next message. Only
/// control frames may leave between its fragments (RFC 6455 §5.4). Frames are encoded when a write has room for them. Part of a
/// <see cref="SendQueue"/>.
/// </summary>
internal sealed class FrameScheduler(Role role, AckNotifier acks, IActorRef connection, BufferPool bufferPool)
{
    /// <summary>The frame that is being encoded.</summary>
    private FrameEncoder _encoder = new(role, bufferPool);

    /// <summary>The open streamed message; null without one.</summary>
    private StreamedMessage? _stream;

    /// <summary>All frames except those of the open streamed message and the one that is being encoded.</summary>
    public FrameQueue Waiting { get; } = new(role);

    /// <summary>Bytes of all frames that are in no write yet, headers included.</summary>
    public long Bytes => _encoder.BytesLeft + Waiting.Bytes + (_stream?.Ahead.Bytes ?? 0);

    /// <summary>Frames of which nothing is encoded.</summary>
    public long Count => Waiting.Count + (long)(_stream?.Ahead.Count ?? 0);

    /// <inheritdoc cref="SendQueue.BytesLeftOfFrame"/>
    public int BytesLeftOfFrame => _encoder.HasStarted ? _encoder.BytesLeft : 0;

    /// <summary>Whether a frame added now would leave next.</summary>
    public bool IsEmpty => !_encoder.IsOpen && !HasStream && Waiting.Count == 0;

    /// <summary>Whether a streamed message is open.</summary>
    public bool HasStream => _stream is not null;

    /// <summary>Whether a message waits or is open.</summary>
    public bool HasMessages => HasStream || _encoder.HasMessage || Waiting.Messages > 0;

    /// <summary>The queue of the next frame.</summary>
    private FrameQueue Next => _stream?.Ahead ?? Waiting;

    public void Add(QueuedFrame queuedFrame) => Waiting.Add(queuedFrame);

    /// <summary>Adds a control frame; it may leave between the fragments of a streamed message.</summary>
    public void AddControl(QueuedFrame queuedFrame) => Next.Add(queuedFrame);

    /// <summary>Encodes frames, as many as the write has room for.</summary>
    /// <param name="batch">The write.</param>
    /// <param name="compressor">Compresses messages; null if compression was not negotiated.</param>
    public void Encode(WriteBatch batch, Compressor? compressor)
    {
        OpenStream();
        batch.Reserve((int)Math.Min(_encoder.BytesLeft + Next.Bytes, batch.Room));
        while (TryStart(batch, compressor) && _encoder.TryComplete(batch, out var done))
        {
            batch.Add(done);
            if (!done.Fin)
            {
                done.Stream!.RequestNextPart();
            }
        }
    }

    /// <summary>Adds a part or the end of a stream from its source.</summary>
    /// <returns>False when the source failed after a fragment has left: the connection must close.</returns>
    public bool TryTake(StreamedMessage.Produced produced)
    {
        var stream = produced.Stream;
        if (stream.IsComplete)
        {
            return true;
        }

        if (produced.Cause is null)
        {
            stream.Add(produced);
            return true;
        }

        AbortStream(stream, Ws.SendFailure.SourceFailed, Ws.SendFailure.Closing);
        return !stream.HasStarted;
    }

    /// <summary>
    /// Aborts all streamed messages: no source is asked any more. If a fragment of the open one has left, the messages queued after it
    /// cannot be sent. Streamed messages that have not started are dropped alone.
    /// </summary>
    public void AbortStreams()
    {
        AbortOpenStream(Ws.SendFailure.Closing);
        Drop(Waiting.RemoveStreams(), Ws.SendFailure.Closing);
    }

    /// <summary>
    /// Drops all frames, except the rest of one that has started to leave: without it the peer could not find the next frame.
    /// </summary>
    public void DropUnstarted(Ws.SendFailure reason)
    {
        if (!_encoder.HasStarted)
        {
            acks.NotifyFailed(_encoder.Drop(), reason);
        }

        AbortOpenStream(reason);
        if (_stream is not null)
        {
            Drop(_stream.Ahead.Clear(), reason);
            _stream = null;
        }

        Drop(Waiting.Clear(), reason);
    }

    /// <summary>Drops the frame that has started to leave: the socket has ended.</summary>
    public void DropStarted(Ws.SendFailure reason) => acks.NotifyFailed(_encoder.Drop(), reason);

    /// <summary>Whether a frame is open from which the write can take bytes.</summary>
    private bool TryStart(WriteBatch batch, Compressor? compressor)
    {
        if (!_encoder.IsOpen)
        {
            OpenStream();
            if (!Next.TryPeek(out var first) || !MayFit(first, batch, compressor))
            {
                return false;
            }

            _encoder.Start(first, compressor);
            Next.RemoveFirst();
            CloseStream();
            first.Stream?.MarkStarted();
        }

        return _encoder.HasStarted || Fits(_encoder.BytesLeft, batch);
    }

    // The size of a compressed frame is known only after compressing. If it does not fit then, it comes first in the next write.
    private bool MayFit(QueuedFrame frame, WriteBatch batch, Compressor? compressor) =>
        frame.Opcode is null || compressor?.Wants(frame.Message) is true || Fits(frame.Size(role), batch);

    /// <summary>Whether a frame may start in the write: a frame that fits one write is not split.</summary>
    private static bool Fits(int size, WriteBatch batch) => Math.Min(size, WriteBatch.MaxBytes) <= batch.Room;

    /// <summary>
    /// Opens the next streamed message, which starts its source. Control frames queued after it are moved before its fragments.
    /// </summary>
    private void OpenStream()
    {
        if (_stream is null && Waiting.TryPeek(out var queuedFrame) && queuedFrame.IsStream)
        {
            Waiting.RemoveFirst();
            _stream = new StreamedMessage(queuedFrame, role, connection);
            Waiting.RemoveControls().ForEach(control => _stream.Ahead.Add(control));
        }
    }

    /// <summary>Closes the streamed message once all its fragments have left.</summary>
    private void CloseStream()
    {
        if (_stream is { IsComplete: true, Ahead.Count: 0 })
        {
            _stream = null;
        }
    }

    private void AbortOpenStream(Ws.SendFailure reason)
    {
        if (_stream is { IsComplete: false } open)
        {
            AbortStream(open, reason, reason);
        }
    }

    /// <summary>Aborts a streamed message. If a fragment has left, no other message may follow.</summary>
    private void AbortStream(StreamedMessage stream, Ws.SendFailure reason, Ws.SendFailure waitingReason)
    {
        acks.NotifyFailed(stream.Abort(), reason);
        CloseStream();
        if (stream.HasStarted)
        {
            Drop(Waiting.Clear(), waitingReason);
        }
    }

    private void Drop(List<QueuedFrame> frames, Ws.SendFailure reason) =>
        frames.ForEach(queuedFrame => acks.NotifyFailed(queuedFrame, reason));
}
