using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace WsActors.Transport.Sockets;

/// <summary>
/// Waits by the runtime, on systems without our pollers: for bytes by a zero-byte read, for room by a write of the rest. Callbacks run on
/// the thread pool.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "It disposes of what it owns when the socket is closed.")]
internal sealed class AsyncSocket : NonBlockingSocket
{
    private readonly Receiving _receiving;

    /// <summary>The write that waits for room; null until the kernel had no room.</summary>
    private Sending? _sending;

    private bool _isReadable;

    public AsyncSocket(SocketConnection connection)
        : base(connection)
    {
        connection.Socket.Blocking = false;
        _receiving = new Receiving(this);
    }

    public override bool IsReadable()
    {
        if (!_isReadable && Connection.Socket.ReceiveAsync(_receiving))
        {
            return false;
        }

        return _isReadable = true;
    }

    public override void ReadLater() =>
        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.OnReadable(), Connection, preferLocal: false);

    public override int TryReceive(Span<byte> room, out string? failure)
    {
        // A reset is reported only once: to the zero-byte read.
        var error = _receiving.SocketError;
        var count = error == SocketError.Success ? Connection.Socket.Receive(room, SocketFlags.None, out error) : -1;
        _isReadable = error == SocketError.Success && count == room.Length;
        failure = error is SocketError.Success or SocketError.WouldBlock ? null : SentenceOf(error);
        return error == SocketError.Success ? count : -1;
    }

    public override bool TrySend(ReadOnlyMemory<byte> bytes, bool isLast, out string? failure)
    {
        failure = null;
        var sent = Connection.Socket.Send(bytes.Span, SocketFlags.None, out var error);
        if (error == SocketError.Success && sent == bytes.Length)
        {
            return true;
        }

        if (error is SocketError.Success or SocketError.WouldBlock)
        {
            _sending ??= new Sending(this);
            _sending.SetBuffer(MemoryMarshal.AsMemory(bytes[(error == SocketError.Success ? sent : 0)..]));
            if (Connection.Socket.SendAsync(_sending))
            {
                return false;
            }

            error = _sending.SocketError;
        }

        failure = error == SocketError.Success ? null : SentenceOf(error);
        return failure is null;
    }

    public override void Close()
    {
        Connection.Socket.Dispose();
        _receiving.Dispose();
        _sending?.Dispose();
    }

    private static string SentenceOf(SocketError error) => new SocketException((int)error).Message;

    private sealed class Receiving(AsyncSocket bytes) : SocketAsyncEventArgs(true)
    {
        protected override void OnCompleted(SocketAsyncEventArgs e)
        {
            bytes._isReadable = true;
            bytes.Connection.OnReadable();
        }
    }

    private sealed class Sending(AsyncSocket bytes) : SocketAsyncEventArgs(true)
    {
        protected override void OnCompleted(SocketAsyncEventArgs e) =>
            bytes.Connection.OnSent(SocketError == SocketError.Success ? null : SentenceOf(SocketError));
    }
}
