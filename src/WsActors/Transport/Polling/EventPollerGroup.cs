using System.Net.Sockets;
using WsActors.Runtime;

namespace WsActors.Transport.Polling;

/// <summary>
/// The pollers of a system, and the table of their sockets by descriptor: the kernel assigns the lowest free one, so the table stays small.
/// Any thread. Pollers read the table without a lock, and may find the former or the next socket of a descriptor: an event is no more than
/// a reason to try.
/// </summary>
internal sealed class EventPollerGroup
{
    private readonly Lock _gate = new();

    /// <summary>One for each processor: connections run on them.</summary>
    private readonly EventPoller[] _pollers = new EventPoller[Environment.ProcessorCount];

    /// <summary>The open files that the pollers need: two each.</summary>
    public static int Descriptors => 2 * Environment.ProcessorCount;

    private IPolled?[] _byDescriptor = new IPolled?[64];

    /// <summary>The index of the poller that gets the next socket.</summary>
    private int _next;

    private bool _isStopped;

    /// <exception cref="SocketException">The system has no descriptors, or no threads, left.</exception>
    public EventPollerGroup(FailureLog failures)
    {
        Failures = failures;
        for (var i = 0; i < _pollers.Length; i++)
        {
            _pollers[i] = new EventPoller(this);
        }

        try
        {
            Array.ForEach(_pollers, static eventPoller => eventPoller.Start());
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            Stop();
            throw new SocketException((int)SocketError.NoBufferSpaceAvailable);
        }
    }

    public FailureLog Failures { get; }

    /// <summary>The socket that has a descriptor, or had it; null for none.</summary>
    public IPolled? this[int descriptor]
    {
        get
        {
            var all = Volatile.Read(ref _byDescriptor);
            return descriptor < all.Length ? Volatile.Read(ref all[descriptor]) : null;
        }
    }

    /// <summary>Reports the events of a socket to it, until it is removed.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="once">Whether one event is reported, and one more after each <see cref="EventPoller.Rearm"/>.</param>
    /// <returns>The poller that reports them.</returns>
    /// <exception cref="SocketException">The kernel takes no more, or the system has ended.</exception>
    public EventPoller Add(IPolled socket, bool once)
    {
        lock (_gate)
        {
            if (_isStopped)
            {
                throw new SocketException((int)SocketError.OperationAborted);
            }

            // First into the table: the state that a socket has when it is added is reported at once, and only once.
            SetEntry(socket.Descriptor, socket);
            var eventPoller = _pollers[_next];
            try
            {
                eventPoller.Add(socket.Descriptor, once);
            }
            catch (SocketException)
            {
                SetEntry(socket.Descriptor, null);
                throw;
            }

            _next = (_next + 1) % _pollers.Length;
            return eventPoller;
        }
    }

    /// <summary>Reports nothing more to a socket. Called before its descriptor is closed, and may become another's.</summary>
    public void Remove(IPolled socket)
    {
        lock (_gate)
        {
            if (_byDescriptor[socket.Descriptor] == socket)
            {
                SetEntry(socket.Descriptor, null);
            }
        }
    }

    /// <inheritdoc cref="RunQueue.CheckLongRun"/>
    public void CheckLongRun() => Array.ForEach(_pollers, static eventPoller => eventPoller.CheckLongRun());

    /// <summary>Ends the pollers' threads.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            if (!_isStopped)
            {
                _isStopped = true;
                Array.ForEach(_pollers, static eventPoller => eventPoller.Stop());
            }
        }
    }

    /// <summary>Under the lock.</summary>
    private void SetEntry(int descriptor, IPolled? socket)
    {
        if (descriptor >= _byDescriptor.Length)
        {
            var larger = new IPolled?[Math.Max(descriptor + 1, 2 * _byDescriptor.Length)];
            _byDescriptor.CopyTo(larger, 0);
            Volatile.Write(ref _byDescriptor, larger);
        }

        Volatile.Write(ref _byDescriptor[descriptor], socket);
    }
}
