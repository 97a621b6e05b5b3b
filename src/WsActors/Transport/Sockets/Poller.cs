using System.Diagnostics.CodeAnalysis;
using Akka.Event;

namespace WsActors.Transport.Sockets;

/// <summary>
/// A thread that waits for sockets. It deals with what comes itself, where somebody wants that, or leaves it to the thread pool. It ends when it is
/// told to, and by nothing else.
/// </summary>
/// <param name="sockets">Whose the descriptors are.</param>
/// <param name="isInline">Whether it deals with what comes itself.</param>
/// <param name="log">For what must not happen.</param>
[SuppressMessage("Design", "CA1001", Justification = "Its thread disposes of what it owns when it ends.")]
internal sealed class Poller(Pollers sockets, bool isInline, ILoggingAdapter log)
{
    /// <summary>Linux shows fifteen letters of it.</summary>
    public const string Name = "ws-actors sockets";

    private readonly Epoll _epoll = new();

    private volatile bool _isOver;

    public void Start() => new Thread(Run) { IsBackground = true, Name = Name }.UnsafeStart();

    /// <inheritdoc cref="Epoll.Add"/>
    public void Add(int descriptor) => _epoll.Add(descriptor);

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
                    GoOn(socket);
                }
            }
        }

        _epoll.Dispose();
    }

    private void GoOn(PolledBytes socket)
    {
        if (!isInline)
        {
            ThreadPool.UnsafeQueueUserWorkItem(socket, preferLocal: false);
            return;
        }

        try
        {
            socket.Execute();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            log.Error(e, "The end of a socket could not be told");
        }
    }
}
