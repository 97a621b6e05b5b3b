namespace WsActors.Dispatch;

/// <summary>
/// .NET's thread pool. It starts a thread at once while it has less than its minimum number of threads, so that number is what changes.
/// One for each process; any thread.
/// </summary>
internal sealed class RuntimeThreadPool : IThreadPool
{
    private readonly Lock _gate = new();

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

    public TimeSpan ProcessorTime => Environment.CpuUsage.TotalTime;

    public void Queue(IThreadPoolWorkItem item) => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);

    public bool TryAddThread() => TryChange(1);

    public void RemoveThread() => TryChange(-1);

    private bool TryChange(int by)
    {
        lock (_gate)
        {
            ThreadPool.GetMinThreads(out var threads, out var completionPortThreads);
            return threads + by > 0 && ThreadPool.SetMinThreads(threads + by, completionPortThreads);
        }
    }
}
