using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace WsActors.Transport.Polling;

/// <summary>
/// A thread that waits for events of sockets, and handles them one after the other. It ends with <see cref="Stop"/> alone.
/// </summary>
/// <param name="pollerGroup">The table of sockets by descriptor.</param>
[SuppressMessage("Design", "CA1001", Justification = "Its thread disposes of what it owns when it ends.")]
internal sealed class EventPoller(EventPollerGroup pollerGroup)
{
    /// <summary>The thread's name, of which Linux keeps fifteen letters.</summary>
    public const string Name = "ws-actors sockets";

    private readonly Epoll _epoll = new();

    private bool _isStopped;

    /// <summary>The run queue of its thread; null before the thread runs.</summary>
    private RunQueue? _runQueue;

    public void Start() => new Thread(Run) { IsBackground = true, Name = Name }.UnsafeStart();

    /// <summary>Reports the events of a descriptor until it is closed. Any thread.</summary>
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

    /// <inheritdoc cref="Epoll.ReportAgain"/>
    public void ReportAgain(int descriptor) => _epoll.ReportAgain(descriptor);

    /// <inheritdoc cref="RunQueue.CheckLongRun"/>
    public void CheckLongRun() => Volatile.Read(ref _runQueue)?.CheckLongRun();

    /// <summary>Ends the thread. Nothing is added from then on. Any thread, once.</summary>
    public void Stop()
    {
        // In this order: the thread may be awake, and disposes of the epoll descriptor once it sees the flag.
        _epoll.Wake();
        Volatile.Write(ref _isStopped, true);
    }

    private void Run()
    {
        Volatile.Write(ref _runQueue, RunQueue.Current);
        while (!Volatile.Read(ref _isStopped))
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
