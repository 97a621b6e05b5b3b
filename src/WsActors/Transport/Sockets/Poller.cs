using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using WsActors.Dispatch;

namespace WsActors.Transport.Sockets;

/// <summary>A thread that waits for sockets, and deals with their events one after the other. It ends with <see cref="End"/> alone.</summary>
/// <param name="sockets">The table of sockets by descriptor.</param>
[SuppressMessage("Design", "CA1001", Justification = "Its thread disposes of what it owns when it ends.")]
internal sealed class Poller(Pollers sockets)
{
    /// <summary>The thread's name, of which Linux keeps fifteen letters.</summary>
    public const string Name = "ws-actors sockets";

    private readonly Epoll _epoll = new();

    private volatile bool _isOver;

    /// <summary>The turn of its thread; null before that runs.</summary>
    private volatile Turn? _turn;

    public void Start() => new Thread(Run) { IsBackground = true, Name = Name }.UnsafeStart();

    /// <summary>Tells what happens to a descriptor, until that is closed.</summary>
    /// <inheritdoc cref="Pollers.Add" path="/param"/>
    /// <exception cref="SocketException">The system takes no more.</exception>
    public void Add(int descriptor, bool once)
    {
        if (once)
        {
            _epoll.AddOnce(descriptor);
        }
        else
        {
            _epoll.Add(descriptor);
        }
    }

    /// <inheritdoc cref="Epoll.Again"/>
    public void Again(int descriptor) => _epoll.Again(descriptor);

    /// <inheritdoc cref="Turn.Look"/>
    public void Look() => _turn?.Look();

    /// <summary>Ends the thread. Nothing is added any more.</summary>
    public void End()
    {
        // In this order: the thread may be awake, and disposes of the epoll descriptor once it sees that it is over.
        _epoll.Wake();
        _isOver = true;
    }

    private void Run()
    {
        _turn = Turn.Mine;
        while (!_isOver)
        {
            var count = _epoll.Wait();
            for (var i = 0; i < count; i++)
            {
                var (descriptor, events) = _epoll[i];
                sockets[descriptor]?.Happened(events);
            }
        }

        _epoll.Dispose();
    }
}
