using System.Buffers;

namespace WsActors.Transport;

/// <summary>
/// The pool of byte buffers. Rented buffers are counted, so that a test can show that none leaks. One per system; any thread.
/// </summary>
internal sealed class BufferPool
{
    private int _rented;

    /// <summary>Buffers that are neither returned nor released.</summary>
    public int Rented => Volatile.Read(ref _rented);

    public byte[] Rent(int minBytes)
    {
        Interlocked.Increment(ref _rented);
        return ArrayPool<byte>.Shared.Rent(minBytes);
    }

    public void Return(byte[] buffer)
    {
        Interlocked.Decrement(ref _rented);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Leaves a buffer to the garbage collector: a socket may still read it, so it must not be reused.</summary>
    public void Release(byte[] _) => Interlocked.Decrement(ref _rented);
}
