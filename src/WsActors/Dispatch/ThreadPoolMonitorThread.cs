using Akka.Event;

namespace WsActors.Dispatch;

/// <summary>
/// The ticks of a <see cref="ThreadPoolMonitor"/>, on a thread of their own: the timers of .NET and of Akka call back on the thread pool,
/// and wait there like all other work. The thread ends within one interval of its disposal.
/// </summary>
internal sealed class ThreadPoolMonitorThread : IDisposable
{
    /// <summary>The name of the thread.</summary>
    public const string Name = "ws-actors thread pool monitor";

    private readonly ManualResetEvent _stop = new(initialState: false);

    private readonly ThreadPoolMonitor _monitor;

    private readonly ILoggingAdapter _log;

    public ThreadPoolMonitorThread(ThreadPoolMonitor monitor, ILoggingAdapter log)
    {
        (_monitor, _log) = (monitor, log);
        new Thread(Run) { IsBackground = true, Name = Name }.UnsafeStart();
    }

    public void Dispose() => _stop.Set();

    private void Run()
    {
        using (_stop)
        {
            try
            {
                while (!_stop.WaitOne(ThreadPoolMonitor.Interval))
                {
                    _monitor.Tick();
                }
            }
            // An exception on a thread would end the process.
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                _log.Error(e, "The monitor of the thread pool failed, and adds no more threads");
                _stop.WaitOne();
            }
        }

        _monitor.TakeBackAll();
    }
}
