using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace WsActors.Transport.Sockets;

/// <summary>
/// A thread that waits for sockets. It deals with what comes itself, where somebody wants that, or leaves it to the thread pool. It ends when it is
/// told to, and by nothing else.
/// </summary>
/// <param name="sockets">Whose the descriptors are.</param>
/// <param name="isInline">Whether it deals with what comes itself.</param>
[SuppressMessage("Design", "CA1001", Justification = "Its thread disposes of what it owns when it ends.")]
internal sealed class Poller(Pollers sockets, bool isInline)
{
    /// <summary>Linux shows fifteen letters of it.</summary>
    public const string Name = "ws-actors sockets";

    private readonly Epoll _epoll = new();

    private readonly Handover _handover = new();

    private volatile bool _isOver;

    public void Start() => new Thread(Run) { IsBackground = true, Name = Name }.UnsafeStart();

    /// <summary>From now on tells what happens to a descriptor, until that is closed.</summary>
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

    /// <summary>Nothing is added any more.</summary>
    public void End()
    {
        _isOver = true;
        _epoll.Wake();
    }

    private void Run()
    {
        while (!_isOver)
        {
            var count = _epoll.Wait();
            for (var i = 0; i < count; i++)
            {
                var (descriptor, events) = _epoll[i];
                if (sockets[descriptor] is { } socket && socket.Happened(events))
                {
                    if (isInline)
                    {
                        socket.Execute();
                    }
                    else
                    {
                        _handover.Add(socket);
                    }
                }
            }

            _handover.Flush();
        }

        _epoll.Dispose();
    }
}
