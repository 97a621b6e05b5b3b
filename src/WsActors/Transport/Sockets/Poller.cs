using System.Diagnostics.CodeAnalysis;

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
