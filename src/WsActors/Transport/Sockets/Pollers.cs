using System.Net.Sockets;
using Akka.Event;

namespace WsActors.Transport.Sockets;

/// <summary>
/// The pollers of a system, and whose the descriptors are. The kernel gives out the lowest that is free, so that a table is enough. Any thread;
/// pollers look things up without a lock, and may find who had a descriptor last: to him, and to who has it now, what happened to the other is
/// no more than a reason to look.
/// </summary>
internal sealed class Pollers
{
    private readonly Lock _gate = new();

    /// <summary>One a processor: connections run on them.</summary>
    private readonly Poller[] _pollers = new Poller[Environment.ProcessorCount];

    private IPolled?[] _byDescriptor = new IPolled?[64];

    /// <summary>Whose turn it is to take a socket.</summary>
    private int _next;

    private bool _isOver;

    /// <exception cref="SocketException">The system has no descriptors, or no threads, left.</exception>
    public Pollers(ILoggingAdapter log)
    {
        Log = log;
        for (var i = 0; i < _pollers.Length; i++)
        {
            _pollers[i] = new Poller(this);
        }

        try
        {
            Array.ForEach(_pollers, static poller => poller.Start());
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            End();
            throw new SocketException((int)SocketError.NoBufferSpaceAvailable);
        }
    }

    public ILoggingAdapter Log { get; }

    /// <summary>Whose a descriptor is, or was; null for nobody's.</summary>
    public IPolled? this[int descriptor]
    {
        get
        {
            var all = Volatile.Read(ref _byDescriptor);
            return descriptor < all.Length ? Volatile.Read(ref all[descriptor]) : null;
        }
    }

    /// <summary>From now on a socket is told what happens to it.</summary>
    /// <param name="socket">Until it is removed.</param>
    /// <param name="once">Whether it is told once alone, and after that each time it asks for it by <see cref="Poller.Again"/>.</param>
    /// <returns>Who tells it.</returns>
    /// <exception cref="SocketException">The system takes no more, or is at its end.</exception>
    public Poller Add(IPolled socket, bool once)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                throw new SocketException((int)SocketError.OperationAborted);
            }

            // Known before it is added: what it is now is told once, and at once.
            MakeRoom(socket.Descriptor);
            _byDescriptor[socket.Descriptor] = socket;
            var poller = _pollers[_next];
            try
            {
                poller.Add(socket.Descriptor, once);
            }
            catch (SocketException)
            {
                _byDescriptor[socket.Descriptor] = null;
                throw;
            }

            _next = (_next + 1) % _pollers.Length;
            return poller;
        }
    }

    /// <summary>Not any more: told before the descriptor is closed, and may be another's.</summary>
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

    /// <inheritdoc cref="WsActors.Dispatch.Turn.Look"/>
    public void Look() => Array.ForEach(_pollers, static poller => poller.Look());

    /// <summary>Ends their threads.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                _isOver = true;
                Array.ForEach(_pollers, static poller => poller.End());
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
