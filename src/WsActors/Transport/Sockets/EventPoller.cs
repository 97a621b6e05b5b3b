using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using WsActors.Dispatch;

namespace WsActors.Transport.Sockets;

/// <summary>A thread that waits for sockets, and deals with their events one after the other. It ends with <see cref="Stop"/> alone.</summary>
/// <param name="pollerGroup">The table of sockets by descriptor.</param>
[SuppressMessage("Design", "CA1001", Justification = "Its thread disposes of what it owns when it ends.")]
internal sealed class EventPoller(EventPollerGroup pollerGroup)
{
    /// <summary>The thread's name, of which Linux keeps fifteen letters.</summary>
    public const string Name = "ws-actors sockets";

    private readonly Epoll _epoll = new();

    private volatile bool _isStopped;

    /// <summary>The turn of its thread; null before that runs.</summary>
    private volatile RunQueue? _runQueue;

    public void Start() => new Thread(Run) { IsBackground = true, Name = Name }.UnsafeStart();

    /// <summary>Tells what happens to a descriptor, until that is closed.</summary>
    /// <inheritdoc cref="EventPollerGroup.Add" path="/param"/>
    /// <exception cref="SocketException">The system takes no more.</exception>
    public void Add(int descriptor, bool once)
    {
        if (once)
        {
            _epoll.AddOneShot(descriptor);
        }
        else
        {
            _epoll.Add(descriptor);
        }
    }

    /// <inheritdoc cref="Epoll.Rearm"/>
    public void Rearm(int descriptor) => _epoll.Rearm(descriptor);

    /// <inheritdoc cref="RunQueue.CheckLongRun"/>
    public void CheckLongRun() => _runQueue?.CheckLongRun();

    /// <summary>Ends the thread. Nothing is added any more.</summary>
    public void Stop()
    {
        // In this order: the thread may be awake, and disposes of the epoll descriptor once it sees that it is over.
        _epoll.Wake();
        _isStopped = true;
    }

    private void Run()
    {
        _runQueue = RunQueue.Current;
        while (!_isStopped)
        {
            var count = _epoll.Wait();
            for (var i = 0; i < count; i++)
            {
                var (descriptor, events) = _epoll[i];
                pollerGroup[descriptor]?.OnEvents(events);
            }
        }

        _epoll.Dispose();
    }
}
