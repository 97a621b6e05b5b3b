using WsActors.Runtime;

namespace WsActors.Dispatch;

/// <summary>
/// .NET's thread pool. It starts a thread at once while it has less than its minimum number of threads, so that number is what changes.
/// One for each process; any thread.
/// </summary>
internal sealed class RuntimeThreadPool : IThreadPool
{
    private readonly Lock _gate = new();

    /// <summary>The threads added by all monitors of the process.</summary>
    private int _added;

    /// <summary>
    /// The minimum as last set here. Another value was set by other code: it replaces the base, and no addition is left in it.
    /// </summary>
    private int _lastSet;

    private RuntimeThreadPool()
    {
    }

    public static RuntimeThreadPool Instance { get; } = new();

    public long PendingWorkItems => ThreadPool.PendingWorkItemCount;

    public bool IsUsedUp
    {
        get
        {
            ThreadPool.GetMaxThreads(out var max, out _);
            ThreadPool.GetAvailableThreads(out var available, out _);
            ThreadPool.GetMinThreads(out var min, out _);
            return max - available >= min;
        }
    }

    public bool HasRunnableThreads => ProcessThreads.IsRunnable(Environment.ProcessorCount);

    public TimeSpan ProcessorTime => Environment.CpuUsage.TotalTime;

    public void Queue(IThreadPoolWorkItem item) => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);

    public bool TryAddThread() => TryChange(1);

    public void RemoveThread() => TryChange(-1);

    private bool TryChange(int by)
    {
        lock (_gate)
        {
            ThreadPool.GetMinThreads(out var threads, out var completionPortThreads);
            _added = threads == _lastSet ? _added : 0;
            if (_added + by < 0 || !ThreadPool.SetMinThreads(threads + by, completionPortThreads))
            {
                return false;
            }

            _added += by;
            _lastSet = threads + by;
            return true;
        }
    }
}
