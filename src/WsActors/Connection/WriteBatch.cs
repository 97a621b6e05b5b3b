using System.Buffers;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>
/// The buffer of one write: filled, then in flight. The head of a handshake is written here directly, since it comes first. Owned by its
/// connection; an empty batch holds no buffer. Referring to large payloads instead of copying them was measured: it would spare the 64 KiB
/// that a slow peer holds, but saved no time and allocated 300 B more per message.
/// </summary>
internal sealed class WriteBatch(BufferPool bufferPool) : IBufferWriter<byte>
{
    /// <summary>
    /// Most bytes of one write: small enough that a slow peer shows progress, large enough that a fast one does not wait. Only the head of
    /// a handshake may be longer.
    /// </summary>
    public const int MaxBytes = 64 * 1024;

    private const int MinRentedBytes = 4 * 1024;

    private byte[]? _bytes;

    /// <summary>Bytes filled.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the socket has the buffer.</summary>
    public bool IsInFlight { get; private set; }

    /// <summary>The number of bytes that this write can still take.</summary>
    public int Room => Math.Max(0, MaxBytes - Count);

    /// <summary>Whether that many more bytes need no larger buffer.</summary>
    public bool FitsWithoutGrowing(int bytes) => Count + bytes <= Math.Max(MinRentedBytes, _bytes?.Length ?? 0);

    /// <summary>Starts the write: the bytes do not change until <see cref="Return"/> or <see cref="Release"/>.</summary>
    public ArraySegment<byte> Start()
    {
        IsInFlight = true;
        return new ArraySegment<byte>(_bytes!, 0, Count);
    }

    /// <summary>Returns the buffer to the pool.</summary>
    public void Return()
    {
        if (Empty() is { } bytes)
        {
            bufferPool.Return(bytes);
        }
    }

    /// <summary>Releases the buffer: the socket may still read it.</summary>
    public void Release()
    {
        if (Empty() is { } bytes)
        {
            bufferPool.Release(bytes);
        }
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

    private byte[]? Empty()
    {
        var bytes = _bytes;
        (_bytes, Count, IsInFlight) = (null, 0, false);
        return bytes;
    }
}
