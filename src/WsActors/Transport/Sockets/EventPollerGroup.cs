using System.Net.Sockets;
using WsActors.Runtime;

namespace WsActors.Transport.Sockets;

/// <summary>
/// The pollers of a system, and the table of their sockets by descriptor: the kernel gives out the lowest free one, so the table stays small. Any thread.
/// Pollers read the table without a lock, and may find the former or the next socket of a descriptor; an event means no more to it than a reason to look.
/// </summary>
internal sealed class EventPollerGroup
{
    private readonly Lock _gate = new();

    /// <summary>One a processor: connections run on them.</summary>
    private readonly EventPoller[] _pollers = new EventPoller[Environment.ProcessorCount];

    /// <summary>Open files that they need: two each.</summary>
    public static int Descriptors => 2 * Environment.ProcessorCount;

    private IPolled?[] _byDescriptor = new IPolled?[64];

    /// <summary>The index of the poller that takes the next socket.</summary>
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

    /// <summary>Tells a socket what happens to it, until it is removed.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="once">Whether it is told once, and once more after each <see cref="EventPoller.Rearm"/>.</param>
    /// <returns>The poller that tells it.</returns>
    /// <exception cref="SocketException">The kernel takes no more, or the system has ended.</exception>
    public EventPoller Add(IPolled socket, bool once)
    {
        lock (_gate)
        {
            if (_isStopped)
            {
                throw new SocketException((int)SocketError.OperationAborted);
            }

            // In the table first: the state that a socket has when it is added is told once, at once.
            MakeRoom(socket.Descriptor);
            _byDescriptor[socket.Descriptor] = socket;
            var eventPoller = _pollers[_next];
            try
            {
                eventPoller.Add(socket.Descriptor, once);
            }
            catch (SocketException)
            {
                _byDescriptor[socket.Descriptor] = null;
                throw;
            }

            _next = (_next + 1) % _pollers.Length;
            return eventPoller;
        }
    }

    /// <summary>Tells a socket nothing more. Called before its descriptor is closed, and may become another's.</summary>
    public void Remove(IPolled socket)
    {
        lock (_gate)
        {
            if (_byDescriptor[socket.Descriptor] == socket)
            {
                _byDescriptor[socket.Descriptor] = null;
            }
        }
    }

    /// <inheritdoc cref="WsActors.Dispatch.RunQueue.CheckLongRun"/>
    public void CheckLongRun() => Array.ForEach(_pollers, static eventPoller => eventPoller.CheckLongRun());

    /// <summary>Ends their threads.</summary>
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

    private void MakeRoom(int descriptor)
    {
        if (descriptor >= _byDescriptor.Length)
        {
            var larger = new IPolled?[Math.Max(descriptor + 1, 2 * _byDescriptor.Length)];
            _byDescriptor.CopyTo(larger, 0);
            Volatile.Write(ref _byDescriptor, larger);
        }
    }
}
