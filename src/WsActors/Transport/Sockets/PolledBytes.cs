using System.Net.Sockets;
using static WsActors.Transport.Sockets.Readiness;

namespace WsActors.Transport.Sockets;

/// <summary>Waits by a poller, which costs a connection no memory but its place in the table.</summary>
internal sealed class PolledBytes : SocketBytes, IPolled, IThreadPoolWorkItem
{
    private readonly Pollers _pollers;

    /// <summary>What is left to send; meaningless unless that waits.</summary>
    private ReadOnlyMemory<byte> _unsent;

    private Readiness _ready;

    /// <exception cref="SocketException">The system takes no more.</exception>
    public PolledBytes(SocketConnection connection, Pollers pollers)
        : base(connection)
    {
        _pollers = pollers;
        Descriptor = (int)connection.Socket.Handle;
        pollers.Add(this, once: false);
    }

    public int Descriptor { get; }

    public void Happened(uint events)
    {
        var isDue = _ready.Add(
            ((events & Epoll.In) != 0 ? State.Readable : 0)
            | ((events & Epoll.More) != 0 ? State.ReadableOn : 0)
            | ((events & Epoll.Out) != 0 ? State.Writable : 0));
        if (isDue)
        {
            Execute();
        }
    }

    /// <summary>Makes the calls that are due, and throws nothing: no thread may end by a connection that fails. Any thread.</summary>
    public void Execute()
    {
        try
        {
            var due = _ready.TakeDue();
            if ((due & State.WriteWaits) != 0)
            {
                GoOnSending();
            }

            if ((due & State.ReadWaits) != 0)
            {
                Connection.Readable();
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _pollers.Failures.Write("What came by a socket", "could not be dealt with, and it is reset", e);
            Connection.Crash();
        }
    }

    public override bool IsReadable() => _ready.IsReadable();

    public override int TryReceive(Span<byte> room, out string? failure)
    {
        failure = null;
        var known = _ready.BeginReading();
        var count = Libc.Receive(Connection.Socket.SafeHandle, room);
        if (count < 0)
        {
            failure = Libc.Failure();
        }
        else if (count == room.Length || count == 0 || (known & State.ReadableOn) != 0)
        {
            _ready.Add(known | State.Readable);
        }

        return count;
    }

    public override bool TrySend(ReadOnlyMemory<byte> bytes, bool isLast, out string? failure)
    {
        failure = null;
        while (true)
        {
            var count = Libc.Send(Connection.Socket.SafeHandle, bytes.Span, isLast);
            if (count == bytes.Length)
            {
                return true;
            }

            if (count >= 0)
            {
                bytes = bytes[count..];
                continue;
            }

            failure = Libc.Failure();
            _unsent = bytes;
            if (failure is not null || !_ready.IsWritable())
            {
                return false;
            }
        }
    }

    public override void Close()
    {
        _pollers.Remove(this);
        Connection.Socket.Dispose();
        if (_ready.Add(State.Readable | State.Writable))
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void GoOnSending()
    {
        string? failure;
        try
        {
            if (!TrySend(_unsent, isLast: false, out failure) && failure is null)
            {
                return;
            }
        }
        catch (ObjectDisposedException e)
        {
            failure = e.Message;
        }

        Connection.Sent(failure);
    }
}
