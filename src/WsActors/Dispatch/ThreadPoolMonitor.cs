using Akka.Event;
using WsActors.Runtime;

namespace WsActors.Dispatch;

/// <summary>
/// Adds threads to the thread pool while its work waits, its threads are used up and the processors are not: then handlers block its
/// threads. .NET alone notices that only when no work item starts at all, and may leave two threads for the work of three for many seconds.
/// Each tick measures the wait of one work item. A tick costs nothing while the pool has no work. One for each system, on one thread.
/// </summary>
/// <param name="pool">The thread pool.</param>
/// <param name="maxAdded">The maximum number of threads added.</param>
/// <param name="processors">The processors of the process.</param>
/// <param name="clock">The clock of waits.</param>
/// <param name="log">The log of the warning.</param>
internal sealed class ThreadPoolMonitor(IThreadPool pool, int maxAdded, int processors, Clock clock, ILoggingAdapter log)
    : IThreadPoolWorkItem
{
    /// <summary>The time between two ticks, and the longest wait that is not too long.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>The time without a long wait after which one added thread is taken back.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromSeconds(30);

    /// <summary>The share of the processors in use from which on more threads would not help.</summary>
    private const double BusyShare = 0.9;

    private readonly LogThrottle _throttle = new(clock);

    private TimeSpan _lastTick = clock.Elapsed;

    private TimeSpan _queuedAt;

    private TimeSpan _processorTimeThen;

    /// <summary>Whether the measured work item waits. Cleared by a thread of the pool.</summary>
    private volatile bool _isWaiting;

    private TimeSpan _lastLongWait;

    private volatile int _added;

    /// <summary>The threads added, and not taken back.</summary>
    public int Added => _added;

    /// <summary>Called at the interval.</summary>
    public void Tick()
    {
        var now = clock.Elapsed;
        var isLate = now - _lastTick > 2 * Interval;
        _lastTick = now;
        if (!_isWaiting)
        {
            TakeBack(now);
            Measure(now);
        }
        else if (isLate)
        {
            // The process stood still, or the machine had no processor for it: the wait says nothing about the pool.
            (_queuedAt, _processorTimeThen) = (now, pool.ProcessorTime);
        }
        else if (now - _queuedAt >= Interval)
        {
            AddThread(now);
        }
    }

    /// <summary>Takes back all added threads. After the last tick.</summary>
    public void TakeBackAll()
    {
        for (; _added > 0; _added--)
        {
            pool.RemoveThread();
        }
    }

    /// <summary>The measured work item has started. A thread of the pool.</summary>
    void IThreadPoolWorkItem.Execute() => _isWaiting = false;

    private void Measure(TimeSpan now)
    {
        if (pool.PendingWorkItems > 0)
        {
            (_queuedAt, _processorTimeThen, _isWaiting) = (now, pool.ProcessorTime, true);
            pool.Queue(this);
        }
    }

    private void AddThread(TimeSpan now)
    {
        var waited = now - _queuedAt;
        var share = (pool.ProcessorTime - _processorTimeThen) / (processors * waited);
        if (share >= BusyShare || !pool.IsUsedUp || pool.HasRunnableThreads)
        {
            return;
        }

        _lastLongWait = now;
        var isRefused = _added < maxAdded && !pool.TryAddThread();
        if (_added < maxAdded && !isRefused)
        {
            _added++;
        }

        if (_throttle.TryPass(out _))
        {
            log.Warning(
                "Work of the thread pool waited {Milliseconds:F0} ms for a thread while the process used {Share:P0} of its processors: "
                + "handlers or other code block threads of the pool. Await instead of blocking, or give handlers that block a dispatcher "
                + "of their own. Threads added so far: {Added} of ws-actors.thread-pool.max-added-threads = {Max}{Refused}",
                waited.TotalMilliseconds,
                share,
                _added,
                maxAdded,
                isRefused ? "; the pool takes no more: ThreadPoolMinThreads or DOTNET_ThreadPool_ForceMinWorkerThreads fixes them" : "");
        }
    }

    private void TakeBack(TimeSpan now)
    {
        if (_added > 0 && now - _lastLongWait >= Calm)
        {
            _lastLongWait = now;
            _added--;
            pool.RemoveThread();
        }
    }
}
