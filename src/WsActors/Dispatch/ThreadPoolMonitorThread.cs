namespace WsActors.Dispatch;

/// <summary>
/// The ticks of a <see cref="ThreadPoolMonitor"/>, on a thread of their own: the timers of .NET and of Akka call back on the thread pool, and
/// wait there like all other work. The thread ends within one interval of its disposal.
/// </summary>
internal sealed class ThreadPoolMonitorThread : IDisposable
{
    /// <summary>The name of the thread.</summary>
    public const string Name = "ws-actors thread pool monitor";

    private readonly ManualResetEvent _stop = new(initialState: false);

    private readonly ThreadPoolMonitor _monitor;

    public ThreadPoolMonitorThread(ThreadPoolMonitor monitor)
    {
        _monitor = monitor;
        new Thread(Run) { IsBackground = true, Name = Name }.UnsafeStart();
    }

    public void Dispose() => _stop.Set();

    private void Run()
    {
        using (_stop)
        {
            while (!_stop.WaitOne(ThreadPoolMonitor.Interval))
            {
                _monitor.Tick();
            }
        }

        _monitor.TakeBackAll();
    }
}
