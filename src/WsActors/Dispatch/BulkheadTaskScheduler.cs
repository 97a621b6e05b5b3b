namespace WsActors.Dispatch;

/// <summary>
/// The threads of a <see cref="Bulkhead"/>: made when there is work for them, gone when there was none for a while. What awaits leaves its
/// thread to others, and comes back to one of these. Any thread.
/// <para>
/// Work begins in its order. One thread at a time is on its way to take some, and calls the next before it begins: so short work is dealt
/// with by few threads, and work that blocks gets another thread in well under a millisecond. Where all of them are held up, the thread
/// pool lends one for each task: code that waits for its own continuations must not wait for ever.
/// </para>
/// </summary>
/// <param name="name">Of the threads.</param>
/// <param name="max">Most threads.</param>
/// <param name="rest">How long a thread waits for work before it goes.</param>
internal sealed class BulkheadTaskScheduler(string name, int max, TimeSpan rest) : TaskScheduler
{
    /// <summary>Whose the current thread is.</summary>
    [ThreadStatic]
    private static BulkheadTaskScheduler? OfThisThread;

    /// <summary>A monitor: idle threads wait for its pulse.</summary>
    private readonly object _gate = new();

    private readonly Queue<Task> _tasks = [];

    private int _threads;

    /// <summary>Threads that wait for work.</summary>
    private int _idle;

    /// <summary>Whether one was called that has not arrived yet. While it is not, there is no work that nobody has taken.</summary>
    private bool _isOneComing;

    public override int MaximumConcurrencyLevel => max;

    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            _tasks.Enqueue(task);
            CallNext();
        }
    }

    // Where code waits for a task that has not begun, and blocks a thread of ours for it, that thread may as well run it.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        ReferenceEquals(OfThisThread, this) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate)
        {
            return [.. _tasks];
        }
    }

    /// <summary>Calls one thread, if there is work for it and none is on its way. Within the lock.</summary>
    private void CallNext()
    {
        if (_isOneComing || _tasks.Count == 0)
        {
            return;
        }

        _isOneComing = true;
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
            return false; // The system has no thread for us.
        }
    }

    private void Run()
    {
        OfThisThread = this;
        for (var isNew = true; Take(isNew) is { } task; isNew = false)
        {
            TryExecuteTask(task);
        }
    }

    /// <summary>The loop of a lent thread.</summary>
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

    /// <returns>Null when the thread is to go.</returns>
    private Task? Take(bool isNew)
    {
        lock (_gate)
        {
            // One that has just ended its last work is not the one that was called; one that waited may be, even if it waited too long.
            var isArriving = isNew;
            while (true)
            {
                if (TakeFirst(isArriving) is { } task)
                {
                    return task;
                }

                _idle++;
                var isCalled = Monitor.Wait(_gate, rest);
                _idle--;
                isArriving = true;
                if (!isCalled && _tasks.Count == 0)
                {
                    _isOneComing = false;
                    _threads--;
                    return null;
                }
            }
        }
    }

    /// <summary>Takes work, and calls the next thread if there is more. Within the lock.</summary>
    /// <param name="isArriving">Whether the thread may be the one that was called.</param>
    private Task? TakeFirst(bool isArriving)
    {
        if (isArriving)
        {
            _isOneComing = false;
        }

        if (_tasks.TryDequeue(out var task))
        {
            CallNext();
        }

        return task;
    }
}
