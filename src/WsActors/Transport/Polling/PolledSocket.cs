using System.Diagnostics;
using System.Net.Sockets;
using WsActors.Transport.Sockets;
using static WsActors.Transport.Polling.SocketReadiness;

namespace WsActors.Transport.Polling;

/// <summary>
/// The reads and writes of a socket that an event poller watches: a wait costs a connection no memory but its place in the table.
/// </summary>
internal sealed class PolledSocket : NonBlockingSocket, IPolled
{
    private readonly EventPollerGroup _pollerGroup;

    /// <summary>The bytes left to send; meaningless unless the writer waits.</summary>
    private ReadOnlyMemory<byte> _unsent;

    private readonly EventPoller _poller;

    private SocketReadiness _ready;

    /// <exception cref="SocketException">The system takes no more.</exception>
    public PolledSocket(SocketConnection connection, EventPollerGroup eventPollerGroup)
        : base(connection)
    {
        _pollerGroup = eventPollerGroup;
        Descriptor = (int)connection.Socket.Handle;
        _poller = eventPollerGroup.Add(this, once: false);
    }

    public int Descriptor { get; }

    public void OnEvents(uint events) => CallBack(_ready.Add(
        ((events & Epoll.In) != 0 ? State.Readable : 0)
        | ((events & Epoll.More) != 0 ? State.ReadableOn : 0)
        | ((events & Epoll.Out) != 0 ? State.Writable : 0)));

    public override bool IsReadable() => _ready.IsReadable();

    // Behind the events that its poller has not handled yet.
    public override void ReadLater()
    {
        _ready.AwaitReadable();
        _poller.ReportAgain(Descriptor);
    }

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
            var ended = _ready.Add(known | State.Readable);
            Debug.Assert(ended == 0, "Its reader does not wait, and a writer never waits beside known room.");
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

            // Before the wait begins: from then on another thread may go on with the rest.
            _unsent = bytes;
            if (failure is not null || !_ready.IsWritable())
            {
                return false;
            }
        }
    }

    /// <summary>
    /// Readiness outlives the socket: a reader or writer that comes later finds it closed instead of waiting. Callbacks run on the thread
    /// pool, as the caller has the connection's gate.
    /// </summary>
    public override void Close()
    {
        _pollerGroup.Remove(this);
        Connection.Socket.Dispose();
        var ended = _ready.Add(State.Readable | State.Writable);
        if (ended != 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static wait => wait.Socket.CallBack(wait.Ended),
                (Socket: this, Ended: ended),
                preferLocal: false);
        }
    }

    /// <summary>
    /// Makes the callbacks of waits that ended. It throws nothing: a connection that fails must not end a poller's thread. Any thread.
    /// </summary>
    private void CallBack(State ended)
    {
        try
        {
            if ((ended & State.WriteWaits) != 0)
            {
                ContinueSending();
            }

            if ((ended & State.ReadWaits) != 0)
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
