using System.Diagnostics;
using Akka.Dispatch;
using WsActors.Dispatch;

namespace WsActors.Transport.Polling;

/// <summary>
/// The mailboxes that a thread fills while it handles one event of a socket. The thread runs them itself, in order, once its locks are
/// free: a message needs no second thread, and its sender's stack does not grow. The other sockets of the thread wait meanwhile, so <see
/// cref="MaxRuns"/> bounds the queue. One for each thread, used by that thread alone, except for <see cref="CheckLongRun"/>. The rules are
/// in docs/design/polling.md.
/// </summary>
internal sealed class RunQueue : IDisposable
{
    /// <summary>
    /// Mailboxes that run after one event; the thread pool runs the rest. An echo needs three: the connection's, the handler's, the
    /// connection's again. Actors that tell each other for ever must not keep the thread.
    /// </summary>
    public const int MaxRuns = 16;

    [ThreadStatic]
    private static RunQueue? CurrentOfThread;

    /// <summary>The mailboxes to run, in order; empty while closed.</summary>
    private readonly IRunnable?[] _runs = new IRunnable?[MaxRuns];

    /// <summary>The mailbox of a handler that runs behind the queue, once it is closed; null without one.</summary>
    private IRunnable? _handler;

    private bool _isOpen;

    /// <summary>Whether the open queue takes a handler: see <see cref="TryAddHandler"/>.</summary>
    private bool _takesHandler;

    private int _added;

    private int _started;

    /// <summary>The watchdog of the user code that runs now; null without any. Written after <see cref="_runningSince"/>.</summary>
    private IRunWatchdog? _watchdog;

    /// <summary>The start of the user code that ran last.</summary>
    private long _runningSince;

    private RunQueue()
    {
    }

    /// <summary>The queue of this thread, open or closed.</summary>
    public static RunQueue Current => CurrentOfThread ??= new RunQueue();

    /// <summary>Opens the queue of this thread. Its disposal runs the mailboxes that were added, and closes it.</summary>
    /// <param name="takesHandler">
    /// Whether the thread may run a handler at last, which may block: it is a thread of the pool, and its work ends with the disposal.
    /// </param>
    /// <returns>Null where it is open already: then the outer caller's disposal runs them.</returns>
    public static RunQueue? TryOpen(bool takesHandler = false)
    {
        var runQueue = Current;
        if (runQueue._isOpen)
        {
            return null;
        }

        (runQueue._isOpen, runQueue._takesHandler) = (true, takesHandler);
        return runQueue;
    }

    /// <summary>Adds a mailbox to the open queue of this thread.</summary>
    /// <param name="run">The mailbox.</param>
    /// <param name="waitsForUserCode">Whether it may wait for the end of the user code that runs now.</param>
    /// <returns>False where the queue is closed or full: then the mailbox runs elsewhere.</returns>
    public static bool TryAdd(IRunnable run, bool waitsForUserCode = true)
    {
        if (CurrentOfThread is not { _isOpen: true, _added: < MaxRuns } runQueue || (runQueue._watchdog is not null && !waitsForUserCode))
        {
            return false;
        }

        runQueue._runs[runQueue._added++] = run;
        return true;
    }

    /// <summary>
    /// Adds the mailbox of a handler that may block. It runs when the queue is closed, as if the thread had taken it from the pool: nothing
    /// waits for its end, and what it tells runs on the pool. That saves one of the two wake-ups of the pool for a message.
    /// </summary>
    /// <returns>False where the open queue takes none, has one already, or runs user code, which may wait for it.</returns>
    public static bool TryAddHandler(IRunnable run)
    {
        if (CurrentOfThread is not { _isOpen: true, _takesHandler: true, _handler: null, _watchdog: null } runQueue)
        {
            return false;
        }

        runQueue._handler = run;
        return true;
    }

    /// <summary>Reports user code that still runs to its watchdog: nothing else reports code that never ends. Any thread.</summary>
    public void CheckLongRun()
    {
        // In this order: user code ran after that moment, and the start is its own or a later one. So the reported time is never longer
        // than the run, even if this thread is held up in between.
        var now = Stopwatch.GetTimestamp();
        if (Volatile.Read(ref _watchdog) is { } watchdog)
        {
            watchdog.OnStillRunning(Stopwatch.GetElapsedTime(Volatile.Read(ref _runningSince), now));
        }
    }

    /// <summary>Runs the added mailboxes, and those that they add. If one throws, the thread pool runs those behind it.</summary>
    public void Dispose()
    {
        var context = ExecutionContext.Capture();
        IRunnable? handler = null;
        InlineRuns.AreHere = true;
        try
        {
            while (_started < _added)
            {
                Run(TakeNext());
                RestoreContext(context);
            }

            (handler, _handler) = (_handler, null);
        }
        finally
        {
            InlineRuns.AreHere = false;
            RestoreContext(context);
            MoveRestToThreadPool();
            (_started, _added, _isOpen) = (0, 0, false);
        }

        if (handler is not null)
        {
            handler.Run();
            RestoreContext(context);
        }
    }

    // As the pool does between two items: one mailbox does not see the thread's context that another left.
    private static void RestoreContext(ExecutionContext? context)
    {
        if (context is not null)
        {
            ExecutionContext.Restore(context);
        }
    }

    private IRunnable TakeNext()
    {
        ref var place = ref _runs[_started++];
        var next = place!; // not null: it was added, and not taken yet
        place = null;
        return next;
    }

    private void Run(IRunnable next)
    {
        if (CompactMessageQueue.From(next)?.Watchdog is { } watchdog)
        {
            RunUserCode(next, watchdog);
        }
        else
        {
            next.Run();
        }
    }

    /// <summary>
    /// Runs user code. No mailbox or handler that was added before it waits for its end; mailboxes that it adds itself do.
    /// </summary>
    private void RunUserCode(IRunnable next, IRunWatchdog watchdog)
    {
        MoveRestToThreadPool();
        var start = Stopwatch.GetTimestamp();
        Volatile.Write(ref _runningSince, start);
        Volatile.Write(ref _watchdog, watchdog);
        try
        {
            next.Run();
        }
        finally
        {
            Volatile.Write(ref _watchdog, null);
            watchdog.OnCompleted(Stopwatch.GetElapsedTime(start));
        }
    }

    /// <summary>Moves the mailboxes that have not started to the thread pool.</summary>
    private void MoveRestToThreadPool()
    {
        if (_handler is { } handler)
        {
            _handler = null;
            ThreadPool.UnsafeQueueUserWorkItem(handler, preferLocal: false);
        }

        while (_started < _added)
        {
            ThreadPool.UnsafeQueueUserWorkItem(TakeNext(), preferLocal: false);
        }
    }
}
