using System.Buffers;
using Akka.Actor;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>
/// What waits to be sent: frames in order, as they were given. They become bytes when a write can start, as many as it takes. Owned by
/// its connection.
/// </summary>
internal sealed class SendQueue(Role role, BufferPool bufferPool, int maxBytes, AckNotifier acks, IActorRef connection)
{
    /// <summary>The memory of a queued frame beside its payload, in bytes: small frames must count, too.</summary>
    private const int BytesOfAnyFrame = 128;

    private readonly FrameScheduler _scheduler = new(role, acks, connection);

    private FrameEncoder _encoder = new(role, bufferPool);

    private readonly WriteBatch _batch = new(bufferPool);

    private WriteAcks _writeAcks = new(acks);

    /// <summary>The size of the largest message since the queue was without messages.</summary>
    private int _largest;

    /// <summary>Queued bytes that the meter knows of.</summary>
    private long _reported;

    /// <summary>The head of a handshake: the first bytes of all.</summary>
    public IBufferWriter<byte> Head => _batch;

    /// <summary>Compresses messages when their turn comes; null where that was not agreed on. From now on the outbox's own.</summary>
    public Compressor? Compressor { get; set; }

    /// <summary>Hears how much waits; null before the WebSocket is open.</summary>
    public WebSocketMetrics.RouteMetrics? Metrics { get; set; }

    /// <summary>
    /// Whether a session sends. The largest message that waits then takes no room: a message as large as the queue leaves room for the
    /// welcome before it and the acks behind it. The session's window bounds all other messages.
    /// </summary>
    public bool IsOfSession { get; set; }

    /// <summary>Bytes that wait, those in flight included. What waits counts as if it were not compressed.</summary>
    public long QueuedBytes => _batch.Count + _encoder.BytesLeft + _scheduler.Bytes;

    /// <summary>The same, with what each frame takes beside its bytes.</summary>
    public long HeldBytes => QueuedBytes + (_scheduler.Count * BytesOfAnyFrame);

    /// <summary>The number of the last frame that was queued.</summary>
    public long LastQueued { get; private set; }

    /// <summary>The number of the last frame that the socket has taken.</summary>
    public long LastTaken { get; private set; }

    /// <summary>Whether nothing is left to be sent, and no source is asked.</summary>
    public bool IsEmpty => QueuedBytes == 0 && !_scheduler.HasStream;

    public bool IsWriting => _batch.IsInFlight;

    /// <summary>Whether a close frame was appended: nothing may follow it (RFC 6455 §5.5.1).</summary>
    public bool HasClose { get; private set; }

    /// <summary>Whether a message fits the budget, or all messages before it were taken. See <see cref="IsOfSession"/>.</summary>
    public bool HasRoomFor(Ws.Send message) =>
        !HasMessages || (IsOfSession ? QueuedBytes - _largest < maxBytes : SizeOf(message) <= RoomLeft);

    /// <summary>
    /// Takes a message, if there is room for it. If not, what becomes of it is up to its <see cref="Ws.OverflowPolicy"/>.
    /// </summary>
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
            acks.NotifyFailed(message, sender, policy.IsDrop ? Ws.SendFailure.Dropped : Ws.SendFailure.QueueFull);
            return policy.IsDrop ? EnqueueResult.Dropped : EnqueueResult.Overflow;
        }

        return EnqueueResult.Queued;
    }

    /// <summary>Appends a ping or a pong, whatever waits.</summary>
    public void AppendControl(Opcode opcode, ReadOnlyMemory<byte> payload)
    {
        _scheduler.AddControl(new QueuedFrame(++LastQueued, opcode, payload));
        Report();
    }

    /// <summary>Appends a close frame. It waits for what is queued, but for no source.</summary>
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
        var canGoOn = _scheduler.TryTake(produced);
        Report();
        return canGoOn;
    }

    /// <inheritdoc cref="FrameScheduler.AbortStreams"/>
    public void AbortStreams()
    {
        _scheduler.AbortStreams();
        Report();
    }

    /// <summary>Takes the next write, if there is one and none is in flight.</summary>
    public bool TryStartWrite(out ArraySegment<byte> bytes)
    {
        bytes = default;
        if (IsWriting)
        {
            return false;
        }

        _batch.Reserve((int)Math.Min(_encoder.BytesLeft + _scheduler.BytesNext, _batch.Room));
        while (TryStartFrame() && _encoder.TryComplete(_batch, out var done))
        {
            _writeAcks.Add(done);
            if (!done.Fin)
            {
                done.Stream!.RequestNextPart();
            }
        }

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
        LastTaken = _writeAcks.Last;
        _batch.Return();
        _writeAcks.Acknowledge();
        Report();
    }

    /// <summary>
    /// Drops what waits behind the write in flight, but for the rest of a frame that has begun to leave: without it the peer
    /// could not tell where the next frame starts.
    /// </summary>
    public void DropWaiting(Ws.SendFailure reason)
    {
        if (HasDirectWrites)
        {
            _batch.Return();
            _writeAcks.Drop(reason);
        }

        DropUnwritten(reason);
    }

    /// <summary>The same, but that what has become bytes still leaves.</summary>
    public void DropUnwritten(Ws.SendFailure reason)
    {
        if (!_encoder.HasStarted)
        {
            acks.NotifyFailed(_encoder.Drop(), reason);
        }

        _scheduler.Clear(reason);
        Report();
    }

    /// <summary>Leaves the write in flight to the socket, whose answer nobody will hear: the next may start.</summary>
    public void ReleaseWrite()
    {
        if (IsWriting)
        {
            _batch.Release();
            _writeAcks.FailInFlight();
            Report();
        }
    }

    /// <summary>The socket is gone: drops everything. What it still had in hand is never used again.</summary>
    public void FailAll()
    {
        ReleaseWrite();
        acks.NotifyFailed(_encoder.Drop(), Ws.SendFailure.Closed);
        _writeAcks.Drop(Ws.SendFailure.Closed);
        _batch.Return();
        DropWaiting(Ws.SendFailure.Closed);
        Compressor?.Release();
    }

    /// <summary>Whether there are messages that the socket has not taken to the last byte.</summary>
    private bool HasMessages => _writeAcks.HasMessages || _encoder.HasMessage || _scheduler.HasMessages;

    /// <summary>Whether the write that has not started holds messages, and nothing else.</summary>
    private bool HasDirectWrites => !IsWriting && _writeAcks.HasMessages;

    private long RoomLeft => maxBytes - QueuedBytes;

    private int SizeOf(Ws.Send message) => FrameWriter.SizeOf(role, message.Payload.Length);

    private void Append(Ws.Send message, IActorRef sender)
    {
        LastQueued++;
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
    /// A small message becomes bytes at once, and no entry of a queue, where nothing waits, nobody is told of its end, and no later one may replace it.
    /// </summary>
    private bool TryWriteDirectly(Ws.Send message)
    {
        var isNext = _scheduler.IsEmpty && (QueuedBytes == 0 || HasDirectWrites);
        var canBe = isNext && message is { Ack: null, Parts: null, Overflow.Key: null } && _batch.FitsWithoutGrowing(SizeOf(message)) && Compressor?.Wants(message) is not true;
        if (canBe)
        {
            // Read before a header is written: a message whose memory is gone fails here.
            var payload = message.Payload.Span;
            FrameWriter.Write(_batch, role, message.Opcode, payload);
            _writeAcks.Add(LastQueued);
        }

        return canBe;
    }

    private void Append(QueuedFrame queuedFrame)
    {
        _scheduler.Add(queuedFrame);
        Report();
    }

    /// <summary>
    /// Takes a message in place of the latest of its key. If that does not make enough room, all messages go that wait before a later one
    /// of their key, whatever their key; then it may fit at the end, too. So the latest of each key stays.
    /// </summary>
    private bool TryConflate(string key, int size, Ws.Send message, IActorRef sender)
    {
        var waiting = _scheduler.Waiting;
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
            Report();
        }
        else
        {
            Append(message, sender);
        }

        return true;
    }

    /// <summary>Whether a frame is open from which the current write takes bytes.</summary>
    private bool TryStartFrame()
    {
        if (_encoder.IsOpen)
        {
            return _encoder.HasStarted || Fits(_encoder.BytesLeft);
        }

        if (!_scheduler.TryPeek(out var queuedFrame))
        {
            return false;
        }

        // How long a compressed one is shows when it is compressed. What does not fit either way goes first in the next write.
        if (queuedFrame.Opcode is not null && Compressor?.Wants(queuedFrame.Message) is not true && !Fits(queuedFrame.Size(role)))
        {
            return false;
        }

        _encoder.Start(queuedFrame, Compressor);
        _scheduler.RemoveFirst();
        queuedFrame.Stream?.MarkStarted();
        return _encoder.HasStarted || Fits(_encoder.BytesLeft);
    }

    /// <summary>Whether a frame may begin in the current write: one that a write can hold is not cut.</summary>
    private bool Fits(int size) => Math.Min(size, WriteBatch.MaxBytes) <= _batch.Room;

    private void Report()
    {
        if (Metrics is not null)
        {
            var queued = QueuedBytes;
            Metrics.Queued(queued - _reported);
            _reported = queued;
        }
    }
}
