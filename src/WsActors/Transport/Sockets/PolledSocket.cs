using System.Net.Sockets;
using static WsActors.Transport.Sockets.SocketReadiness;

namespace WsActors.Transport.Sockets;

/// <summary>Waits by a poller, which costs a connection no memory but its place in the table.</summary>
internal sealed class PolledSocket : NonBlockingSocket, IPolled, IThreadPoolWorkItem
{
    private readonly EventPollerGroup _pollerGroup;

    /// <summary>The bytes left to send; meaningless unless a send waits.</summary>
    private ReadOnlyMemory<byte> _unsent;

    private SocketReadiness _ready;

    /// <exception cref="SocketException">The system takes no more.</exception>
    public PolledSocket(SocketConnection connection, EventPollerGroup eventPollerGroup)
        : base(connection)
    {
        _pollerGroup = eventPollerGroup;
        Descriptor = (int)connection.Socket.Handle;
        eventPollerGroup.Add(this, once: false);
    }

    public int Descriptor { get; }

    public void OnEvents(uint events)
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
                ContinueSending();
            }

            if ((due & State.ReadWaits) != 0)
            {
                Connection.OnReadable();
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _pollerGroup.Failures.Write("What came by a socket", "could not be dealt with, and it is reset", e);
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
        _pollerGroup.Remove(this);
        Connection.Socket.Dispose();
        if (_ready.Add(State.Readable | State.Writable))
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void ContinueSending()
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

        Connection.OnSent(failure);
    }
}
