using System.Buffers;
using System.Runtime.InteropServices;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>
/// One write: its bytes, filled and then in flight, and the messages that end in it, whose senders are told when it completes or fails. The
/// head of a handshake is written here directly, since it comes first. Owned by its connection; an empty batch holds no buffer. Referring
/// to large payloads instead of copying them was measured: it would spare the 64 KiB that a slow peer holds, but saved no time and
/// allocated 300 B more per message.
/// </summary>
internal sealed class WriteBatch(BufferPool bufferPool, AckNotifier acks) : IBufferWriter<byte>
{
    /// <summary>
    /// Most bytes of one write: small enough that a slow peer shows progress, large enough that a fast one does not wait. Only the head of
    /// a handshake may be longer.
    /// </summary>
    public const int MaxBytes = 64 * 1024;

    private const int MinRentedBytes = 4 * 1024;

    private byte[]? _bytes;

    /// <summary>The messages whose senders asked for an acknowledgement; null until one did.</summary>
    private List<QueuedFrame>? _ackRequested;

    /// <summary>The number of messages that end in this write.</summary>
    private int _messages;

    /// <summary>Bytes filled.</summary>
    public int Count { get; private set; }

    public bool HasMessages => _messages > 0;

    /// <summary>The number of the last frame that ends in this write, or in an earlier one.</summary>
    public long LastFrame { get; private set; }

    /// <summary>Whether the socket has the buffer.</summary>
    public bool IsInFlight { get; private set; }

    /// <summary>The number of bytes that this write can still take.</summary>
    public int Room => Math.Max(0, MaxBytes - Count);

    /// <summary>Whether that many more bytes need no larger buffer.</summary>
    public bool FitsWithoutGrowing(int bytes) => Count + bytes <= Math.Max(MinRentedBytes, _bytes?.Length ?? 0);

    /// <summary>Adds a message whose sender did not ask for an acknowledgement.</summary>
    /// <param name="number">Its number, higher than all before.</param>
    public void AddMessage(long number)
    {
        LastFrame = number;
        _messages++;
        acks.Timer?.OnEncoded(number);
    }

    /// <summary>Adds a frame that ends in the write.</summary>
    public void Add(QueuedFrame queuedFrame)
    {
        // Fragments carry the number of their stream, and control frames with later ones pass between them.
        LastFrame = Math.Max(LastFrame, queuedFrame.Number);
        if (queuedFrame.Message is null)
        {
            return;
        }

        _messages++;
        acks.Timer?.OnEncoded(queuedFrame.Number);
        if (queuedFrame.Message.Ack is not null)
        {
            (_ackRequested ??= []).Add(queuedFrame);
        }
    }

    /// <summary>Starts the write: the bytes do not change until its end.</summary>
    public ArraySegment<byte> Start()
    {
        IsInFlight = true;
        return new ArraySegment<byte>(_bytes!, 0, Count);
    }

    /// <summary>The socket took the write.</summary>
    public void Complete()
    {
        ReturnBuffer();
        foreach (var message in CollectionsMarshal.AsSpan(_ackRequested))
        {
            acks.NotifySent(message);
        }

        acks.Timer?.OnWriteTaken();
        ClearMessages();
    }

    /// <summary>The write will not start.</summary>
    public void Drop(Ws.SendFailure reason)
    {
        ReturnBuffer();
        var requested = CollectionsMarshal.AsSpan(_ackRequested);
        foreach (var message in requested)
        {
            acks.NotifyFailed(message, reason);
        }

        acks.CountDropped(_messages - requested.Length, reason);
        ClearMessages();
    }

    /// <summary>
    /// The socket ended with the write in flight, or its completion will not be received: the socket may still read the buffer.
    /// </summary>
    public void Release()
    {
        if (TakeBuffer() is { } bytes)
        {
            bufferPool.Release(bytes);
        }

        foreach (var message in CollectionsMarshal.AsSpan(_ackRequested))
        {
            acks.NotifyInFlightFailed(message);
        }

        ClearMessages();
    }

    /// <summary>Makes room for that many more bytes at once: growing step by step would copy.</summary>
    public void Reserve(int bytes)
    {
        if (bytes == 0)
        {
            return;
        }

        var needed = Count + bytes;
        if (_bytes is null)
        {
            _bytes = bufferPool.Rent(Math.Max(needed, MinRentedBytes));
        }
        else if (needed > _bytes.Length)
        {
            var grown = bufferPool.Rent(Math.Max(needed, 2 * _bytes.Length));
            _bytes.AsSpan(0, Count).CopyTo(grown);
            bufferPool.Return(_bytes);
            _bytes = grown;
        }
    }

    public void Advance(int count) => Count += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return _bytes.AsMemory(Count);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    private void ReturnBuffer()
    {
        if (TakeBuffer() is { } bytes)
        {
            bufferPool.Return(bytes);
        }
    }

    private byte[]? TakeBuffer()
    {
        var bytes = _bytes;
        (_bytes, Count, IsInFlight) = (null, 0, false);
        return bytes;
    }

    private void ClearMessages()
    {
        _messages = 0;
        _ackRequested?.Clear();
        acks.Timer?.OnWriteEnded();
    }
}
