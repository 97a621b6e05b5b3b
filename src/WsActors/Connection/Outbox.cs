using System.Buffers;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>
/// What waits to be sent, as bytes in rented buffers: frames that follow each other share one, and one at a time is with the socket.
/// Owned by its connection. Empty, it owns no buffer.
/// </summary>
internal sealed class Outbox(Buffers buffers, int maxBytes) : IBufferWriter<byte>
{
    /// <summary>Most bytes of one write: small enough that a slow peer shows progress, large enough that a fast one does not wait.</summary>
    private const int MaxWriteBytes = 64 * 1024;

    private const int FirstBufferBytes = 4 * 1024;

    private const int MaxCloseFrameBytes = 2 + 125;

    private readonly Queue<Chunk> _full = [];

    /// <summary>The buffer being filled; its array is null between buffers.</summary>
    private Chunk _open;

    /// <summary>The buffer that the socket has; its array is null when none is in flight.</summary>
    private Chunk _inFlight;

    /// <summary>Of all bytes ever queued, where the last message ended: an answer or a control frame behind it holds no message up.</summary>
    private long _messagesEnd;

    /// <summary>Bytes that wait, those in flight included.</summary>
    public int QueuedBytes { get; private set; }

    /// <summary>All bytes that were ever queued.</summary>
    public long TotalQueued { get; private set; }

    /// <summary>All bytes that the socket has ever taken, or that were dropped.</summary>
    public long TotalTaken => TotalQueued - QueuedBytes;

    public bool IsEmpty => QueuedBytes == 0;

    public bool IsWriting => _inFlight.Array is not null;

    /// <summary>Whether something waits behind the write in flight.</summary>
    public bool IsWaiting => QueuedBytes > _inFlight.Count;

    /// <summary>Whether a message of this size may be queued: it fits the budget, or all messages before it were taken.</summary>
    public bool HasRoomFor(int payloadBytes) =>
        TotalTaken >= _messagesEnd || (long)QueuedBytes + FrameWriter.SizeOf(Role.Server, payloadBytes) <= maxBytes;

    /// <summary>Appends one frame.</summary>
    /// <param name="opcode">What it is.</param>
    /// <param name="payload">What it carries.</param>
    /// <param name="rsv1">Whether that is compressed.</param>
    public void Append(Opcode opcode, ReadOnlySpan<byte> payload, bool rsv1 = false)
    {
        MakeRoom(Math.Min(FrameWriter.SizeOf(Role.Server, payload.Length), MaxWriteBytes), isFrameStart: true);
        FrameWriter.Write(this, Role.Server, opcode, payload, rsv1: rsv1);
        if (!opcode.IsControl)
        {
            _messagesEnd = TotalQueued;
        }
    }

    /// <summary>Whether a close frame was appended: nothing may follow it (RFC 6455 §5.5.1).</summary>
    public bool HasClose { get; private set; }

    /// <summary>Appends a close frame.</summary>
    public void AppendClose(int? code, string reason)
    {
        HasClose = true;
        MakeRoom(MaxCloseFrameBytes, isFrameStart: true);
        FrameWriter.WriteClose(this, Role.Server, code, reason);
    }

    /// <summary>Takes the next write, if there is one and none is in flight.</summary>
    public bool TryStartWrite(out ArraySegment<byte> bytes)
    {
        bytes = default;
        if (IsWriting || IsEmpty)
        {
            return false;
        }

        if (!_full.TryDequeue(out _inFlight))
        {
            (_inFlight, _open) = (_open, default);
        }

        bytes = new ArraySegment<byte>(_inFlight.Array!, 0, _inFlight.Count);
        return true;
    }

    /// <summary>The socket took the write in flight.</summary>
    /// <returns>Its size in bytes.</returns>
    public int FinishWrite()
    {
        var count = _inFlight.Count;
        QueuedBytes -= count;
        buffers.Return(_inFlight.Array!);
        _inFlight = default;
        return count;
    }

    /// <summary>
    /// Drops what waits behind the write in flight, but for the rest of a frame that has begun to leave: without it the peer
    /// could not tell where the next frame starts.
    /// </summary>
    public void DropWaiting()
    {
        var rest = new List<Chunk>();
        while (_full.TryPeek(out var chunk) && !chunk.IsFrameStart)
        {
            rest.Add(_full.Dequeue());
        }

        if (_full.Count > 0 || _open.IsFrameStart)
        {
            Drop(_open);
            _open = default;
        }

        while (_full.TryDequeue(out var chunk))
        {
            Drop(chunk);
        }

        rest.ForEach(_full.Enqueue);
    }

    /// <summary>Leaves the write in flight to the socket, whose answer nobody will hear: the next may start.</summary>
    public void GiveUpWrite()
    {
        if (IsWriting)
        {
            QueuedBytes -= _inFlight.Count;
            buffers.GiveUp(_inFlight.Array!);
            _inFlight = default;
        }
    }

    /// <summary>The socket is gone: drops everything. What it still had in hand is never used again.</summary>
    public void Abandon()
    {
        while (_full.TryDequeue(out var chunk))
        {
            Drop(chunk);
        }

        Drop(_open);
        _open = default;
        GiveUpWrite();
    }

    void IBufferWriter<byte>.Advance(int count)
    {
        _open.Count += count;
        QueuedBytes += count;
        TotalQueued += count;
    }

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint)
    {
        MakeRoom(Math.Max(1, sizeHint), isFrameStart: false);
        return _open.Array.AsMemory(_open.Count, Math.Min(_open.Array!.Length, MaxWriteBytes) - _open.Count);
    }

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => ((IBufferWriter<byte>)this).GetMemory(sizeHint).Span;

    /// <summary>Makes the open buffer hold so many more bytes: by growing it, or by a new one when it is as large as a write may be.</summary>
    private void MakeRoom(int bytes, bool isFrameStart)
    {
        var needed = _open.Count + bytes;
        if (_open.Array is { } array && needed <= Math.Min(array.Length, MaxWriteBytes))
        {
            return;
        }

        if (_open.Array is null || needed > MaxWriteBytes)
        {
            if (_open.Count > 0)
            {
                _full.Enqueue(_open);
            }

            _open = new Chunk { Array = buffers.Rent(Math.Max(bytes, FirstBufferBytes)), IsFrameStart = isFrameStart };
            return;
        }

        var grown = buffers.Rent(Math.Min(Math.Max(needed, 2 * _open.Array.Length), MaxWriteBytes));
        _open.Array.AsSpan(0, _open.Count).CopyTo(grown);
        buffers.Return(_open.Array);
        _open.Array = grown;
    }

    private void Drop(Chunk chunk)
    {
        if (chunk.Array is not null)
        {
            QueuedBytes -= chunk.Count;
            buffers.Return(chunk.Array);
        }
    }

    private struct Chunk
    {
        public byte[]? Array;

        /// <summary>Bytes filled.</summary>
        public int Count;

        /// <summary>Whether a frame starts with it; if not, it goes on with the frame before.</summary>
        public bool IsFrameStart;
    }
}
