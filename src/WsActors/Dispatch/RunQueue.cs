using System.Diagnostics;
using Akka.Dispatch;

namespace WsActors.Dispatch;

/// <summary>
/// The mailboxes that a thread fills while it deals with one event of a socket. It runs them itself, in order, once its locks are free: a message
/// needs no second thread, and its sender's stack does not grow. The other sockets of the thread wait for the end of a turn, so it is bounded by
/// <see cref="MaxRuns"/>. One a thread, used by that thread alone, except for <see cref="CheckLongRun"/>.
/// </summary>
internal sealed class RunQueue : IDisposable
{
    /// <summary>
    /// Mailboxes that run in one turn; the thread pool has the rest. An echo takes three: the connection's, the handler's, the connection's again. Actors
    /// that tell each other for ever must not keep the thread.
    /// </summary>
    public const int MaxRuns = 16;

    [ThreadStatic]
    private static RunQueue? CurrentOfThread;

    /// <summary>The mailboxes to run, in order; empty between turns.</summary>
    private readonly IRunnable?[] _runs = new IRunnable?[MaxRuns];

    private bool _isOpen;

    private int _added;

    private int _started;

    /// <summary>The watch of the user code that runs now; null while none does. Written after <see cref="_runningSince"/>.</summary>
    private IRunWatchdog? _watchdog;

    private long _runningSince;

    private RunQueue()
    {
    }

    /// <summary>The turn of this thread, open or not.</summary>
    public static RunQueue Current => CurrentOfThread ??= new RunQueue();

    /// <summary>Opens the turn of this thread. When it is disposed of, it runs what was added, and ends.</summary>
    /// <returns>Null where it is open already: then the outer turn runs what is added.</returns>
    public static RunQueue? TryOpen()
    {
        var runQueue = Current;
        if (runQueue._isOpen)
        {
            return null;
        }

        runQueue._isOpen = true;
        return runQueue;
    }

    /// <summary>Adds a mailbox to the turn that is open on this thread.</summary>
    /// <param name="run">The mailbox.</param>
    /// <param name="waitsForUserCode">Whether it may wait until user code ends that runs now.</param>
    /// <returns>False when no turn is open, or when it is full: then the mailbox runs elsewhere.</returns>
    public static bool TryAdd(IRunnable run, bool waitsForUserCode = true)
    {
        if (CurrentOfThread is not { _isOpen: true, _added: < MaxRuns } runQueue || (runQueue._watchdog is not null && !waitsForUserCode))
        {
            return false;
        }

        runQueue._runs[runQueue._added++] = run;
        return true;
    }

    /// <summary>Tells the watch of user code that runs now how long that has taken: code that never ends is told of by nothing else. Any thread.</summary>
    public void CheckLongRun()
    {
        if (Volatile.Read(ref _watchdog) is { } watch)
        {
            watch.OnStillRunning(Stopwatch.GetElapsedTime(Volatile.Read(ref _runningSince)));
        }
    }

    /// <summary>Runs what was added, and what is added thereby. If one fails, the thread pool has those behind it.</summary>
    public void Dispose()
    {
        var context = ExecutionContext.Capture();
        try
        {
            while (_started < _added)
            {
                Run(TakeNext());
                RestoreContext(context);
            }
        }
        finally
        {
            RestoreContext(context);
            MoveRestToThreadPool();
            (_started, _added, _isOpen) = (0, 0, false);
        }
    }

    // As the pool does between two items of work: what one leaves behind in the thread's context, the next does not see.
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
        if (CompactMessageQueue.From(next)?.Watchdog is { } watch)
        {
            RunUserCode(next, watch);
        }
        else
        {
            next.Run();
        }
    }

    /// <summary>Runs user code. Nothing that was added before waits for its end; what it adds itself does.</summary>
    private void RunUserCode(IRunnable next, IRunWatchdog watch)
    {
        MoveRestToThreadPool();
        var began = Stopwatch.GetTimestamp();
        Volatile.Write(ref _runningSince, began);
        Volatile.Write(ref _watchdog, watch);
        try
        {
            next.Run();
        }
        finally
        {
            Volatile.Write(ref _watchdog, null);
            watch.OnCompleted(Stopwatch.GetElapsedTime(began));
        }
    }

    /// <summary>Moves the mailboxes that have not started to the thread pool.</summary>
    private void MoveRestToThreadPool()
    {
        while (_started < _added)
        {
            ThreadPool.UnsafeQueueUserWorkItem(TakeNext(), preferLocal: false);
        }
    }
}
