using System.Buffers;
using Akka.Actor;
using WsActors.Manager;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>
/// What waits to be sent: frames in order, as they were given. They become bytes when a write can start, as many as it takes. Owned by
/// its connection.
/// </summary>
internal sealed class Outbox(Role role, BufferPool buffers, int maxBytes, Receipts receipts, IActorRef connection)
{
    /// <summary>What anything that waits takes in memory beside its payload: small things must count, too.</summary>
    private const int BytesOfAnyFrame = 128;

    private readonly Lineup _waiting = new(role, receipts, connection);

    private FrameFeed _feed = new(role, buffers);

    private readonly WriteBuffer _write = new(buffers);

    private EndsInWrite _ends = new(receipts);

    /// <summary>Queued bytes that the meter knows of.</summary>
    private long _reported;

    /// <summary>The head of a handshake: the first bytes of all.</summary>
    public IBufferWriter<byte> Head => _write;

    /// <summary>Compresses messages when their turn comes; null where that was not agreed on. From now on the outbox's own.</summary>
    public Compressor? Compressor { get; set; }

    /// <summary>Hears how much waits; null before the WebSocket is open.</summary>
    public Instruments.OfRoute? Meter { get; set; }

    /// <summary>Bytes that wait, those in flight included. What waits counts as if it were not compressed.</summary>
    public long QueuedBytes => _write.Count + _feed.BytesLeft + _waiting.Bytes;

    /// <summary>The same, with what each frame takes beside its bytes.</summary>
    public long HeldBytes => QueuedBytes + (_waiting.Count * BytesOfAnyFrame);

    /// <summary>The number of the last frame that was queued.</summary>
    public long LastQueued { get; private set; }

    /// <summary>The number of the last frame that the socket has taken.</summary>
    public long LastTaken { get; private set; }

    /// <summary>Whether nothing is left to be sent, and no source is asked.</summary>
    public bool IsEmpty => QueuedBytes == 0 && !_waiting.HasStream;

    public bool IsWriting => _write.IsInFlight;

    /// <summary>Whether a close frame was appended: nothing may follow it (RFC 6455 §5.5.1).</summary>
    public bool HasClose { get; private set; }

    /// <summary>Whether a message fits the budget, or all messages before it were taken.</summary>
    public bool HasRoomFor(Ws.Send message) => !HasMessages || SizeOf(message) <= RoomLeft;

    /// <summary>
    /// Takes a message, if it fits the budget, or all messages before it were taken. If not, what becomes of it is up to its
    /// <see cref="Ws.WhenFull"/>.
    /// </summary>
    public Offered Offer(Ws.Send message, IActorRef sender)
    {
        var policy = message.WhenFull;
        if (HasRoomFor(message))
        {
            Append(message, sender);
        }
        else if (policy.Key is null || !TryConflate(policy.Key, SizeOf(message), message, sender))
        {
            receipts.Failed(message, sender, policy.IsDrop ? Ws.SendFailure.Dropped : Ws.SendFailure.QueueFull);
            return policy.IsDrop ? Offered.Dropped : Offered.Full;
        }

        return Offered.Taken;
    }

    /// <summary>Appends a ping or a pong, whatever waits.</summary>
    public void AppendControl(Opcode opcode, ReadOnlyMemory<byte> payload)
    {
        _waiting.AddControl(new Frame(++LastQueued, opcode, payload));
        Report();
    }

    /// <summary>Appends a close frame. It waits for what is queued, but for no source.</summary>
    public void AppendClose(int? code, string reason)
    {
        EndStreams();
        HasClose = true;
        Append(new Frame(++LastQueued, Opcode.Close, FrameWriter.ClosePayload(code, reason)));
    }

    /// <summary>Appends bytes that are no frame, behind a head.</summary>
    public void AppendBody(ReadOnlyMemory<byte> body)
    {
        if (!body.IsEmpty)
        {
            Append(new Frame(++LastQueued, opcode: null, body));
        }
    }

    /// <inheritdoc cref="Lineup.TryTake"/>
    public bool TryTake(StreamFeed.Produced produced)
    {
        var canGoOn = _waiting.TryTake(produced);
        Report();
        return canGoOn;
    }

    /// <inheritdoc cref="Lineup.EndStreams"/>
    public void EndStreams()
    {
        _waiting.EndStreams();
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

        _write.Reserve((int)Math.Min(_feed.BytesLeft + _waiting.BytesNext, _write.Room));
        while (TryBegin() && _feed.TryFinish(_write, out var done))
        {
            _ends.Add(done);
            if (!done.Fin)
            {
                done.Stream!.AskNext();
            }
        }

        if (_write.Count == 0)
        {
            return false;
        }

        bytes = _write.Start();
        Report();
        return true;
    }

    /// <summary>The socket took the write in flight.</summary>
    public void FinishWrite()
    {
        LastTaken = _ends.Last;
        _write.Return();
        _ends.Take();
        Report();
    }

    /// <summary>
    /// Drops what waits behind the write in flight, but for the rest of a frame that has begun to leave: without it the peer
    /// could not tell where the next frame starts.
    /// </summary>
    public void DropWaiting(Ws.SendFailure reason)
    {
        if (HasWrittenAtOnce)
        {
            _write.Return();
            _ends.Drop(reason);
        }

        DropUnwritten(reason);
    }

    /// <summary>The same, but that what has become bytes still leaves.</summary>
    public void DropUnwritten(Ws.SendFailure reason)
    {
        if (!_feed.HasStarted)
        {
            receipts.Failed(_feed.Drop(), reason);
        }

        _waiting.Clear(reason);
        Report();
    }

    /// <summary>Leaves the write in flight to the socket, whose answer nobody will hear: the next may start.</summary>
    public void GiveUpWrite()
    {
        if (IsWriting)
        {
            _write.GiveUp();
            _ends.Lose();
            Report();
        }
    }

    /// <summary>The socket is gone: drops everything. What it still had in hand is never used again.</summary>
    public void Abandon()
    {
        GiveUpWrite();
        receipts.Failed(_feed.Drop(), Ws.SendFailure.Closed);
        _ends.Drop(Ws.SendFailure.Closed);
        _write.Return();
        DropWaiting(Ws.SendFailure.Closed);
        Compressor?.Release();
    }

    /// <summary>Whether there are messages that the socket has not taken to the last byte.</summary>
    private bool HasMessages => _ends.HasMessages || _feed.HasMessage || _waiting.HasMessages;

    /// <summary>Whether the write that has not started holds messages, and nothing else.</summary>
    private bool HasWrittenAtOnce => !IsWriting && _ends.HasMessages;

    private long RoomLeft => maxBytes - QueuedBytes;

    private int SizeOf(Ws.Send message) => FrameWriter.SizeOf(role, message.Payload.Length);

    private void Append(Ws.Send message, IActorRef sender)
    {
        LastQueued++;
        if (TryWriteAtOnce(message))
        {
            Report();
        }
        else
        {
            Append(Frame.Of(LastQueued, message, sender));
        }
    }

    /// <summary>
    /// A small message becomes bytes at once, and no entry of a queue, where nothing waits, nobody is told of its end, and no later one may replace it.
    /// </summary>
    private bool TryWriteAtOnce(Ws.Send message)
    {
        var isNext = _waiting.IsEmpty && (QueuedBytes == 0 || HasWrittenAtOnce);
        var canBe = isNext && message is { Ack: null, Parts: null, WhenFull.Key: null } && _write.TakesAtOnce(SizeOf(message)) && Compressor?.Wants(message) is not true;
        if (canBe)
        {
            // Looked at before a header is written: whoever sends memory that is gone fails here.
            var payload = message.Payload.Span;
            FrameWriter.Write(_write, role, message.Opcode, payload);
            _ends.Add(LastQueued);
        }

        return canBe;
    }

    private void Append(Frame frame)
    {
        _waiting.Add(frame);
        Report();
    }

    /// <summary>
    /// Takes a message in place of the latest of its key. If that does not make enough room, all messages go that wait before a later one
    /// of their key, whatever their key; then it may fit at the end, too. So the latest of each key stays.
    /// </summary>
    private bool TryConflate(string key, int size, Ws.Send message, IActorRef sender)
    {
        var waiting = _waiting.Waiting;
        var needed = size - RoomLeft - waiting.SizeOfLatest(key);
        if (needed > waiting.SupersededBytes)
        {
            return false;
        }

        if (needed > 0)
        {
            waiting.RemoveSuperseded().ForEach(frame => receipts.Failed(frame, Ws.SendFailure.Replaced));
        }

        if (waiting.TryReplace(Frame.Of(0, message, sender), out var replaced))
        {
            receipts.Failed(replaced, Ws.SendFailure.Replaced);
            Report();
        }
        else
        {
            Append(message, sender);
        }

        return true;
    }

    /// <summary>Whether a frame is open from which the current write takes bytes.</summary>
    private bool TryBegin()
    {
        if (_feed.IsOpen)
        {
            return _feed.HasStarted || Fits(_feed.BytesLeft);
        }

        if (!_waiting.TryPeek(out var frame))
        {
            return false;
        }

        // How long a compressed one is shows when it is compressed. What does not fit either way goes first in the next write.
        if (frame.Opcode is not null && Compressor?.Wants(frame.Message) is not true && !Fits(frame.Size(role)))
        {
            return false;
        }

        _feed.Begin(frame, Compressor);
        _waiting.RemoveFirst();
        frame.Stream?.Begin();
        return _feed.HasStarted || Fits(_feed.BytesLeft);
    }

    /// <summary>Whether a frame may begin in the current write: one that a write can hold is not cut.</summary>
    private bool Fits(int size) => Math.Min(size, WriteBuffer.MaxBytes) <= _write.Room;

    private void Report()
    {
        if (Meter is not null)
        {
            var queued = QueuedBytes;
            Meter.Queued(queued - _reported);
            _reported = queued;
        }
    }
}
