using System.Diagnostics;
using Akka.Dispatch;

namespace WsActors.Dispatch;

/// <summary>
/// The mailboxes that a thread fills while it deals with one event of a socket. It runs them itself, in order, once its locks are free: a message
/// needs no second thread, and its sender's stack does not grow. The other sockets of the thread wait for the end of a turn, so it is bounded by
/// <see cref="MostRuns"/>. One a thread, used by that thread alone, except for <see cref="Look"/>.
/// </summary>
internal sealed class Turn : IDisposable
{
    /// <summary>
    /// Mailboxes that run in one turn; the thread pool has the rest. An echo takes three: the connection's, the handler's, the connection's again. Actors
    /// that tell each other for ever must not keep the thread.
    /// </summary>
    public const int MostRuns = 16;

    [ThreadStatic]
    private static Turn? OfThread;

    /// <summary>The mailboxes to run, in order; empty between turns.</summary>
    private readonly IRunnable?[] _runs = new IRunnable?[MostRuns];

    private bool _isOpen;

    private int _added;

    private int _begun;

    /// <summary>The watch of the user code that runs now; null while none does. Written after <see cref="_watchedSince"/>.</summary>
    private IRunWatch? _watch;

    private long _watchedSince;

    private Turn()
    {
    }

    /// <summary>The turn of this thread, open or not.</summary>
    public static Turn Mine => OfThread ??= new Turn();

    /// <summary>Opens the turn of this thread. When it is disposed of, it runs what was added, and ends.</summary>
    /// <returns>Null where it is open already: then the outer turn runs what is added.</returns>
    public static Turn? Begin()
    {
        var turn = Mine;
        if (turn._isOpen)
        {
            return null;
        }

        turn._isOpen = true;
        return turn;
    }

    /// <summary>Adds a mailbox to the turn that is open on this thread.</summary>
    /// <param name="run">The mailbox.</param>
    /// <param name="waitsForUserCode">Whether it may wait until user code ends that runs now.</param>
    /// <returns>False when no turn is open, or when it is full: then the mailbox runs elsewhere.</returns>
    public static bool TryAdd(IRunnable run, bool waitsForUserCode = true)
    {
        if (OfThread is not { _isOpen: true, _added: < MostRuns } turn || (turn._watch is not null && !waitsForUserCode))
        {
            return false;
        }

        turn._runs[turn._added++] = run;
        return true;
    }

    /// <summary>Tells the watch of user code that runs now how long that has taken: code that never ends is told of by nothing else. Any thread.</summary>
    public void Look()
    {
        if (Volatile.Read(ref _watch) is { } watch)
        {
            watch.StillRuns(Stopwatch.GetElapsedTime(Volatile.Read(ref _watchedSince)));
        }
    }

    /// <summary>Runs what was added, and what is added thereby. If one fails, the thread pool has those behind it.</summary>
    public void Dispose()
    {
        var context = ExecutionContext.Capture();
        try
        {
            while (_begun < _added)
            {
                Run(TakeNext());
                GoBackTo(context);
            }
        }
        finally
        {
            GoBackTo(context);
            GiveAwayRest();
            (_begun, _added, _isOpen) = (0, 0, false);
        }
    }

    // As the pool does between two items of work: what one leaves behind in the thread's context, the next does not see.
    private static void GoBackTo(ExecutionContext? context)
    {
        if (context is not null)
        {
            ExecutionContext.Restore(context);
        }
    }

    private IRunnable TakeNext()
    {
        ref var place = ref _runs[_begun++];
        var next = place!; // not null: it was added, and not taken yet
        place = null;
        return next;
    }

    private void Run(IRunnable next)
    {
        if (CompactQueue.Of(next)?.Watch is { } watch)
        {
            RunWatched(next, watch);
        }
        else
        {
            next.Run();
        }
    }

    /// <summary>Runs user code. Nothing that was added before waits for its end; what it adds itself does.</summary>
    private void RunWatched(IRunnable next, IRunWatch watch)
    {
        GiveAwayRest();
        var began = Stopwatch.GetTimestamp();
        Volatile.Write(ref _watchedSince, began);
        Volatile.Write(ref _watch, watch);
        try
        {
            next.Run();
        }
        finally
        {
            Volatile.Write(ref _watch, null);
            watch.Ran(Stopwatch.GetElapsedTime(began));
        }
    }

    /// <summary>What has not begun is the thread pool's.</summary>
    private void GiveAwayRest()
    {
        while (_begun < _added)
        {
            ThreadPool.UnsafeQueueUserWorkItem(TakeNext(), preferLocal: false);
        }
    }
}
