using Akka.Actor;
using Akka.IO;

namespace WsActors.Transport.Sockets;

/// <summary>The sockets of a system that are open: a list through themselves, so that it costs two references each. Any thread.</summary>
internal sealed class OpenSockets(IActorRefProvider provider, Buffers buffers, bool isInline)
{
    private readonly Lock _gate = new();

    private SocketConnection? _first;

    public IActorRefProvider Provider => provider;

    public Buffers Buffers => buffers;

    /// <summary>Whether anybody deals with what comes by a socket on the thread that waits for it.</summary>
    public bool IsInline => isInline;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

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

    public void Forget(SocketConnection connection)
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

    /// <summary>Resets those that a listener accepted.</summary>
    public void AbortAllOf(ActorPath listener) =>
        All().FindAll(connection => connection.Path.Parent.Equals(listener)).ForEach(static connection => connection.Tell(Tcp.Abort.Instance));

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
