namespace WsActors.Dispatch;

/// <summary>
/// The threads of a <see cref="Bulkhead"/>: started when there is work, stopped when there was none for a while. Code that awaits leaves
/// its thread to other work, and continues on one of these threads. Any thread.
/// <para>
/// Tasks start in order. One thread at a time is woken to take a task, and wakes the next before it starts the task: so short tasks need
/// few threads, and behind a task that blocks the next starts in well under a millisecond. If all threads are blocked, each task gets a
/// thread of the thread pool: code that waits for its own continuations must not wait for ever.
/// </para>
/// </summary>
/// <param name="name">The name of the threads.</param>
/// <param name="max">The maximum number of threads.</param>
/// <param name="idleTimeout">The time that a thread waits for work before it stops.</param>
internal sealed class BulkheadTaskScheduler(string name, int max, TimeSpan idleTimeout) : TaskScheduler
{
    /// <summary>The scheduler of the current thread; null on other threads.</summary>
    [ThreadStatic]
    private static BulkheadTaskScheduler? ThreadScheduler;

    /// <summary>A monitor: idle threads wait for its pulse.</summary>
    private readonly object _gate = new();

    private readonly Queue<Task> _tasks = [];

    private int _threads;

    /// <summary>Threads that wait for work.</summary>
    private int _idle;

    /// <summary>Whether a thread was woken and has not arrived yet. If not, all queued tasks are taken.</summary>
    private bool _isThreadComing;

    public override int MaximumConcurrencyLevel => max;

    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            _tasks.Enqueue(task);
            WakeNext();
        }
    }

    // If code on one of our threads blocks on a task that has not started, the thread may as well run that task.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        ReferenceEquals(ThreadScheduler, this) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate)
        {
            return [.. _tasks];
        }
    }

    /// <summary>Wakes one thread if there is work and none is coming. Within the lock.</summary>
    private void WakeNext()
    {
        if (_isThreadComing || _tasks.Count == 0)
        {
            return;
        }

        _isThreadComing = true;
        if (_idle > 0)
        {
            Monitor.Pulse(_gate);
        }
        else if (_threads >= max || !TryStart())
        {
            ThreadPool.UnsafeQueueUserWorkItem(static threads => threads.RunOne(), this, preferLocal: false);
        }
    }

    private bool TryStart()
    {
        try
        {
            new Thread(Run) { IsBackground = true, Name = name }.UnsafeStart();
            _threads++;
            return true;
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            return false; // The system cannot start another thread.
        }
    }

    private void Run()
    {
        ThreadScheduler = this;
        for (var isNew = true; Take(isNew) is { } task; isNew = false)
        {
            TryExecuteTask(task);
        }
    }

    /// <summary>Runs one task on a thread of the thread pool.</summary>
    private void RunOne()
    {
        Task? task;
        lock (_gate)
        {
            task = TakeFirst(isArriving: true);
        }

        if (task is not null)
        {
            TryExecuteTask(task);
        }
    }

    /// <returns>Null when the thread has to stop.</returns>
    private Task? Take(bool isNew)
    {
        lock (_gate)
        {
            // A thread that has just completed a task is not the woken one. A thread that waited may be, even if its wait timed out.
            var isArriving = isNew;
            while (true)
            {
                if (TakeFirst(isArriving) is { } task)
                {
                    return task;
                }

                _idle++;
                var isWoken = Monitor.Wait(_gate, idleTimeout);
                _idle--;
                isArriving = true;
                if (!isWoken && _tasks.Count == 0)
                {
                    _isThreadComing = false;
                    _threads--;
                    return null;
                }
            }
        }
    }

    /// <summary>Takes a task, and wakes the next thread if there are more. Within the lock.</summary>
    /// <param name="isArriving">Whether the thread may be the woken one.</param>
    private Task? TakeFirst(bool isArriving)
    {
        if (isArriving)
        {
            _isThreadComing = false;
        }

        if (_tasks.TryDequeue(out var task))
        {
            WakeNext();
        }

        return task;
    }
}
