namespace WsActors.Dispatch;

/// <summary>The parts of .NET's thread pool that <see cref="ThreadPoolMonitor"/> uses.</summary>
internal interface IThreadPool
{
    /// <summary>Work items that have not started.</summary>
    long PendingWorkItems { get; }

    /// <summary>Whether work items run on as many threads as start without a delay: a further item may wait for a thread.</summary>
    bool IsUsedUp { get; }

    /// <summary>
    /// Whether as many threads of the process can run as there are processors: work waits for a processor, not for a thread.
    /// </summary>
    bool HasRunnableThreads { get; }

    /// <summary>The processor time of the whole process so far, all threads together.</summary>
    TimeSpan ProcessorTime { get; }

    /// <summary>Queues a work item behind all others.</summary>
    void Queue(IThreadPoolWorkItem item);

    /// <summary>Raises the number of threads that start without a delay by one.</summary>
    /// <returns>False where the pool takes no more.</returns>
    bool TryAddThread();

    /// <summary>Lowers that number by one. Threads that run are not stopped.</summary>
    void RemoveThread();
}
