using System.Net.Sockets;
using Akka.Actor;
using Akka.IO;
using WsActors.Runtime;
using WsActors.Transport.Polling;

namespace WsActors.Transport.Sockets;

/// <summary>
/// The open sockets of a system, as an intrusive linked list, and the pollers that wait for them. One per system; any thread.
/// </summary>
internal sealed class SocketRegistry(IActorRefProvider provider, BufferPool bufferPool, FailureLog failures)
{
    /// <summary>The <c>AppContext</c> switch by which tests use the runtime's waits on Linux, too.</summary>
    public const string WithoutPollers = "WsActors.Transport.Sockets.WithoutPollers";

    private readonly Lock _gate = new();

    private readonly bool _hasPollers = OperatingSystem.IsLinux() && !(AppContext.TryGetSwitch(WithoutPollers, out var without) && without);

    /// <summary>The pollers; null before the first socket, and on systems without epoll.</summary>
    private EventPollerGroup? _pollerGroup;

    private bool _isStopped;

    private SocketConnection? _first;

    public IActorRefProvider Provider => provider;

    public BufferPool BufferPool => bufferPool;

    /// <summary>The first descriptor that no accepted socket may have.</summary>
    public nint DescriptorsEnd { get; init; } = nint.MaxValue;

    /// <summary>The number of open sockets.</summary>
    public int Count { get; private set; }

    /// <summary>The reads and writes of a socket, by the pollers where the system has them.</summary>
    /// <exception cref="SocketException">The kernel takes no more, or the system has ended.</exception>
    public NonBlockingSocket CreateSocket(SocketConnection connection) =>
        _hasPollers ? new PolledSocket(connection, StartPollers()) : new AsyncSocket(connection);

    /// <summary>The acceptor of a listener, by the pollers where the system has them.</summary>
    /// <inheritdoc cref="Acceptor" path="/param"/>
    public Acceptor CreateAcceptor(Socket listening, IActorRef handler, IActorRef listener) => _hasPollers
        ? new PolledAcceptor(listening, this, handler, listener)
        : new AsyncAcceptor(listening, this, handler, listener);

    public void Add(SocketConnection connection)
    {
        lock (_gate)
        {
            connection.Next = _first;
            _first?.Previous = connection;
            _first = connection;
            Count++;
        }
    }

    public void Remove(SocketConnection connection)
    {
        lock (_gate)
        {
            if (connection.Previous is null)
            {
                _first = connection.Next;
            }
            else
            {
                connection.Previous.Next = connection.Next;
            }

            connection.Next?.Previous = connection.Previous;
            (connection.Previous, connection.Next) = (null, null);
            Count--;
        }
    }

    /// <summary>Resets the sockets that a listener accepted.</summary>
    public void AbortAllOf(ActorPath listener) =>
        All().FindAll(connection => connection.Owner.Equals(listener)).ForEach(static connection => connection.Tell(Tcp.Abort.Instance));

    /// <inheritdoc cref="EventPollerGroup.CheckLongRun"/>
    public void CheckLongRun() => Volatile.Read(ref _pollerGroup)?.CheckLongRun();

    /// <summary>Ends the pollers: the system terminates.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            _pollerGroup?.Stop();
        }
    }

    /// <summary>The pollers of the system, started for the first socket.</summary>
    /// <exception cref="SocketException">The kernel takes no more, or the system has ended.</exception>
    public EventPollerGroup StartPollers()
    {
        lock (_gate)
        {
            return _pollerGroup ??= _isStopped
                ? throw new SocketException((int)SocketError.OperationAborted)
                : new EventPollerGroup(failures);
        }
    }

    private List<SocketConnection> All()
    {
        lock (_gate)
        {
            var all = new List<SocketConnection>(Count);
            for (var connection = _first; connection is not null; connection = connection.Next)
            {
                all.Add(connection);
            }

            return all;
        }
    }
}
