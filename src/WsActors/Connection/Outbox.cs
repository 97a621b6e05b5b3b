using System.Buffers;
using WsActors.Manager;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>
/// What waits to be sent: frames in order, as they were given. They become bytes when a write can start, as many as it takes. Owned by
/// its connection.
/// </summary>
internal sealed class Outbox(Role role, Buffers buffers, int maxBytes)
{
    /// <summary>What anything that waits takes in memory beside its payload: small things must count, too.</summary>
    private const int BytesOfAnyFrame = 128;

    private readonly LinkedList<Frame> _waiting = [];

    private readonly FrameFeed _feed = new(role, buffers);

    private readonly WriteBuffer _write = new(buffers);

    /// <summary>Bytes of <see cref="_waiting"/>, headers included.</summary>
    private long _waitingBytes;

    /// <summary>Messages that the socket has not taken to the last byte.</summary>
    private int _messages;

    /// <summary>Of these, those that end in the current write.</summary>
    private int _messagesInWrite;

    /// <summary>The last frame that ends in the current write.</summary>
    private long _lastInWrite;

    /// <summary>Queued bytes that the meter knows of.</summary>
    private long _reported;

    /// <summary>The head of a handshake: the first bytes of all.</summary>
    public IBufferWriter<byte> Head => _write;

    /// <summary>Compresses messages when their turn comes; null where that was not agreed on. From now on the outbox's own.</summary>
    public Compressor? Compressor { get; set; }

    /// <summary>Hears how much waits; null before the WebSocket is open.</summary>
    public Instruments.OfRoute? Meter { get; set; }

    /// <summary>Bytes that wait, those in flight included. What waits counts as if it were not compressed.</summary>
    public long QueuedBytes => _write.Count + _feed.BytesLeft + _waitingBytes;

    /// <summary>The same, with what each frame takes beside its bytes.</summary>
    public long HeldBytes => QueuedBytes + ((long)_waiting.Count * BytesOfAnyFrame);

    /// <summary>The number of the last frame that was queued.</summary>
    public long LastQueued { get; private set; }

    /// <summary>The number of the last frame that the socket has taken.</summary>
    public long LastTaken { get; private set; }

    public bool IsEmpty => QueuedBytes == 0;

    public bool IsWriting => _write.IsInFlight;

    /// <summary>Whether a close frame was appended: nothing may follow it (RFC 6455 §5.5.1).</summary>
    public bool HasClose { get; private set; }

    /// <summary>Appends a message, if it fits the budget, or all messages before it were taken.</summary>
    public bool TryAppend(Ws.Send message)
    {
        var size = FrameWriter.SizeOf(role, message.Payload.Length);
        if (_messages > 0 && QueuedBytes + size > maxBytes)
        {
            return false;
        }

        Append(message.Kind == MessageKind.Text ? Opcode.Text : Opcode.Binary, message.Payload, message.Compress);
        _messages++;
        return true;
    }

    /// <summary>Appends a ping or a pong, whatever waits.</summary>
    public void AppendControl(Opcode opcode, ReadOnlyMemory<byte> payload) => Append(opcode, payload);

    /// <summary>Appends a close frame.</summary>
    public void AppendClose(int? code, string reason)
    {
        HasClose = true;
        Append(Opcode.Close, FrameWriter.ClosePayload(code, reason));
    }

    /// <summary>Appends bytes that are no frame, behind a head.</summary>
    public void AppendBody(ReadOnlyMemory<byte> body)
    {
        if (!body.IsEmpty)
        {
            Append(null, body);
        }
    }

    /// <summary>Takes the next write, if there is one and none is in flight.</summary>
    public bool TryStartWrite(out ArraySegment<byte> bytes)
    {
        bytes = default;
        if (IsWriting || IsEmpty)
        {
            return false;
        }

        _write.Reserve((int)Math.Min(_feed.BytesLeft + _waitingBytes, _write.Room));
        while (TryBegin() && _feed.TryFinish(_write, out var done))
        {
            _lastInWrite = done.Number;
            _messagesInWrite += done.IsMessage ? 1 : 0;
        }

        bytes = _write.Start();
        Report();
        return true;
    }

    /// <summary>The socket took the write in flight.</summary>
    public void FinishWrite()
    {
        LastTaken = _lastInWrite;
        _write.Return();
        ForgetWrite();
    }

    /// <summary>
    /// Drops what waits behind the write in flight, but for the rest of a frame that has begun to leave: without it the peer
    /// could not tell where the next frame starts.
    /// </summary>
    public void DropWaiting()
    {
        foreach (var frame in _waiting)
        {
            _messages -= frame.IsMessage ? 1 : 0;
        }

        _waiting.Clear();
        _waitingBytes = 0;
        Report();
    }

    /// <summary>Leaves the write in flight to the socket, whose answer nobody will hear: the next may start.</summary>
    public void GiveUpWrite()
    {
        if (IsWriting)
        {
            _write.GiveUp();
            ForgetWrite();
        }
    }

    /// <summary>The socket is gone: drops everything. What it still had in hand is never used again.</summary>
    public void Abandon()
    {
        GiveUpWrite();
        _write.Return();
        _feed.Drop();
        DropWaiting();
        _messages = 0;
        Compressor?.Release();
    }

    private void Append(Opcode? opcode, ReadOnlyMemory<byte> payload, bool? compress = null)
    {
        var frame = new Frame(++LastQueued, opcode, payload, compress);
        _waiting.AddLast(frame);
        _waitingBytes += frame.Size(role);
        Report();
    }

    /// <summary>Whether a frame is open from which the current write takes bytes.</summary>
    private bool TryBegin()
    {
        if (_feed.IsOpen)
        {
            return _feed.HasStarted || Fits(_feed.BytesLeft);
        }

        if (_waiting.First is not { Value: var frame })
        {
            return false;
        }

        // How long a compressed one is shows when it is compressed. What does not fit either way goes first in the next write.
        if (frame.Opcode is not null && Compressor?.Wants(frame) is not true && !Fits(frame.Size(role)))
        {
            return false;
        }

        _feed.Begin(frame, Compressor);
        _waiting.RemoveFirst();
        _waitingBytes -= frame.Size(role);
        return _feed.HasStarted || Fits(_feed.BytesLeft);
    }

    /// <summary>Whether a frame may begin in the current write: one that a write can hold is not cut.</summary>
    private bool Fits(int size) => Math.Min(size, WriteBuffer.MaxBytes) <= _write.Room;

    private void ForgetWrite()
    {
        _messages -= _messagesInWrite;
        _messagesInWrite = 0;
        Report();
    }

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
