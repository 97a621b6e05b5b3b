using System.Buffers;
using Akka.Actor;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>
/// Frames that wait to be sent, in order. They are encoded when a write can start, as many as it has room for. Owned by its connection.
/// </summary>
internal sealed class SendQueue(Role role, BufferPool bufferPool, int maxBytes, AckNotifier acks, IActorRef connection)
{
    /// <summary>The memory of a queued frame without its payload, in bytes: it bounds the number of small frames.</summary>
    private const int FrameOverheadBytes = 128;

    private readonly WriteBatch _batch = new(bufferPool, acks);

    /// <summary>The frames that wait; null until one had to.</summary>
    private FrameScheduler? _waiting;

    /// <summary>The size of the largest message since the queue was without messages.</summary>
    private int _largest;

    /// <summary>Queued bytes as last reported to the meter.</summary>
    private long _reported;

    /// <summary>The writer of the handshake's head, which precedes all frames.</summary>
    public IBufferWriter<byte> Head => _batch;

    /// <summary>Compresses messages when they are encoded; null if compression was not negotiated. The queue owns it.</summary>
    public Compressor? Compressor { get; set; }

    /// <summary>
    /// Whether the connection belongs to a session. The largest waiting message then does not count: a message as large as the queue must
    /// leave room for the welcome before it and the acks after it. The session's window bounds all other messages.
    /// </summary>
    public bool IsOfSession { get; set; }

    /// <summary>Queued bytes, those in flight included. Frames that are not encoded yet count uncompressed.</summary>
    public long QueuedBytes => _batch.Count + (_waiting?.Bytes ?? 0);

    /// <summary>The same, with the memory of each frame beside its bytes.</summary>
    public long HeldBytes => QueuedBytes + ((_waiting?.Count ?? 0) * FrameOverheadBytes);

    /// <summary>The number of the last frame that was queued.</summary>
    public long LastQueued { get; private set; }

    /// <summary>The number of the last frame that the socket has taken.</summary>
    public long LastTaken { get; private set; }

    /// <summary>Whether nothing waits to be sent, and no streamed message is open.</summary>
    public bool IsEmpty => QueuedBytes == 0 && _waiting is not { HasStream: true };

    public bool IsWriting => _batch.IsInFlight;

    /// <summary>The bytes left to encode of a frame that has started to leave; zero between frames.</summary>
    public int BytesLeftOfFrame => _waiting?.BytesLeftOfFrame ?? 0;

    /// <summary>Whether a close frame was appended: nothing may follow it (RFC 6455 §5.5.1).</summary>
    public bool HasClose { get; private set; }

    /// <summary>Whether a message fits the byte budget, or no other message waits. See <see cref="IsOfSession"/>.</summary>
    public bool HasRoomFor(Ws.Send message) =>
        !HasMessages || (IsOfSession ? QueuedBytes - _largest < maxBytes : SizeOf(message) <= RoomLeft);

    /// <summary>Queues a message if there is room for it. If not, its <see cref="Ws.OverflowPolicy"/> decides.</summary>
    public EnqueueResult Enqueue(Ws.Send message, IActorRef sender)
    {
        var policy = message.Overflow;
        if (HasRoomFor(message))
        {
            _largest = HasMessages ? Math.Max(_largest, SizeOf(message)) : SizeOf(message);
            Append(message, sender);
        }
        else if (policy.Key is null || !TryConflate(policy.Key, SizeOf(message), message, sender))
        {
            acks.NotifyRefused(message, sender, policy.IsDrop ? Ws.SendFailure.Dropped : Ws.SendFailure.QueueFull);
            return policy.IsDrop ? EnqueueResult.Dropped : EnqueueResult.Overflow;
        }

        return EnqueueResult.Queued;
    }

    /// <summary>Appends a ping or a pong, regardless of the budget.</summary>
    public void AppendControl(Opcode opcode, ReadOnlyMemory<byte> payload)
    {
        Waiting.AddControl(new QueuedFrame(++LastQueued, opcode, payload));
        Report();
    }

    /// <summary>Appends a close frame behind all queued frames, and aborts streamed messages.</summary>
    public void AppendClose(int? code, string reason)
    {
        AbortStreams();
        HasClose = true;
        Append(new QueuedFrame(++LastQueued, Opcode.Close, FrameWriter.ClosePayload(code, reason)));
    }

    /// <summary>Appends bytes that are no frame, behind a head.</summary>
    public void AppendBody(ReadOnlyMemory<byte> body)
    {
        if (!body.IsEmpty)
        {
            Append(new QueuedFrame(++LastQueued, opcode: null, body));
        }
    }

    /// <inheritdoc cref="FrameScheduler.TryTake"/>
    public bool TryTake(StreamedMessage.Produced produced)
    {
        var canContinue = Waiting.TryTake(produced);
        Report();
        return canContinue;
    }

    /// <inheritdoc cref="FrameScheduler.AbortStreams"/>
    public void AbortStreams()
    {
        _waiting?.AbortStreams();
        Report();
    }

    /// <summary>Encodes the next write, if frames wait and no write is in flight.</summary>
    public bool TryStartWrite(out ArraySegment<byte> bytes)
    {
        bytes = default;
        if (IsWriting)
        {
            return false;
        }

        _waiting?.Encode(_batch, Compressor);
        if (_batch.Count == 0)
        {
            return false;
        }

        bytes = _batch.Start();
        Report();
        return true;
    }

    /// <summary>The socket took the write in flight.</summary>
    public void CompleteWrite()
    {
        LastTaken = _batch.LastFrame;
        _batch.Complete();
        Report();
    }

    /// <summary>
    /// Drops everything behind the write in flight, except the rest of a frame that has started to leave: without it the peer could not
    /// find the next frame.
    /// </summary>
    public void DropWaiting(Ws.SendFailure reason)
    {
        if (HasDirectWrites)
        {
            _batch.Drop(reason);
        }

        DropUnwritten(reason);
    }

    /// <summary>The same, but bytes that are encoded already still leave.</summary>
    public void DropUnwritten(Ws.SendFailure reason)
    {
        _waiting?.DropUnstarted(reason);
        Report();
    }

    /// <summary>
    /// Leaves the buffer of the write in flight to the socket, whose completion will not be received: the next write may start.
    /// </summary>
    public void ReleaseWrite()
    {
        if (IsWriting)
        {
            _batch.Release();
            Report();
        }
    }

    /// <summary>The socket has ended: drops everything. The buffer of a write in flight is never reused.</summary>
    public void FailAll()
    {
        ReleaseWrite();
        _waiting?.DropStarted(Ws.SendFailure.Closed);
        _batch.Drop(Ws.SendFailure.Closed);
        DropWaiting(Ws.SendFailure.Closed);
        Compressor?.Release();
    }

    /// <summary>Whether any message waits, or is in flight.</summary>
    private bool HasMessages => _batch.HasMessages || _waiting is { HasMessages: true };

    /// <summary>Whether the write that has not started contains only messages.</summary>
    private bool HasDirectWrites => !IsWriting && _batch.HasMessages;

    private FrameScheduler Waiting => _waiting ??= new FrameScheduler(role, acks, connection, bufferPool);

    private long RoomLeft => maxBytes - QueuedBytes;

    private int SizeOf(Ws.Send message) => FrameWriter.SizeOf(role, message.Payload.Length);

    private void Append(Ws.Send message, IActorRef sender)
    {
        acks.OnQueued(++LastQueued, message);
        if (TryWriteDirectly(message))
        {
            Report();
        }
        else
        {
            Append(QueuedFrame.FromSend(LastQueued, message, sender));
        }
    }

    /// <summary>
    /// Encodes a small message at once, without a queue entry, if no frame waits, its sender asked for no acknowledgement, and no later
    /// message may replace it.
    /// </summary>
    private bool TryWriteDirectly(Ws.Send message)
    {
        var isNext = _waiting is null or { IsEmpty: true } && (QueuedBytes == 0 || HasDirectWrites);
        var isDirect = isNext
            && message is { Ack: null, Parts: null, Overflow.Key: null }
            && _batch.FitsWithoutGrowing(SizeOf(message))
            && Compressor?.Wants(message) is not true;
        if (isDirect)
        {
            // The payload is accessed before the header is written: if its memory was disposed of, this throws here.
            var payload = message.Payload.Span;
            FrameWriter.Write(_batch, role, message.Opcode, payload);
            _batch.AddMessage(LastQueued);
        }

        return isDirect;
    }

    private void Append(QueuedFrame queuedFrame)
    {
        Waiting.Add(queuedFrame);
        Report();
    }

    /// <summary>
    /// Replaces the latest message of the key. If that does not make enough room, the superseded messages of all keys are dropped, after
    /// which the message may also fit at the end. The latest message of each key always stays.
    /// </summary>
    private bool TryConflate(string key, int size, Ws.Send message, IActorRef sender)
    {
        var waiting = Waiting.Waiting;
        var needed = size - RoomLeft - waiting.SizeOfLatest(key);
        if (needed > waiting.SupersededBytes)
        {
            return false;
        }

        if (needed > 0)
        {
            waiting.RemoveSuperseded().ForEach(queuedFrame => acks.NotifyFailed(queuedFrame, Ws.SendFailure.Replaced));
        }

        if (waiting.TryReplace(QueuedFrame.FromSend(0, message, sender), out var replaced))
        {
            acks.NotifyFailed(replaced, Ws.SendFailure.Replaced);
            acks.OnQueued(replaced.Number, message);
            Report();
        }
        else
        {
            Append(message, sender);
        }

        return true;
    }

    private void Report()
    {
        if (acks.Metrics is { } metrics)
        {
            var queued = QueuedBytes;
            metrics.Queued(queued - _reported);
            _reported = queued;
        }
    }
}
