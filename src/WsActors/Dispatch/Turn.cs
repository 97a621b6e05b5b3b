using Akka.Dispatch;

namespace WsActors.Dispatch;

/// <summary>
/// What a thread that reads a socket does because of it, be it one that waits for sockets or one of the pool: the mailboxes that are filled
/// meanwhile, one after the other, once all locks are free. So a message needs no other thread, and its sender's stack does not grow. All other
/// sockets of the thread wait for the end of it, so it is short: actors that tell each other for ever go on elsewhere. One a thread, and that
/// thread's alone.
/// </summary>
internal sealed class Turn : IDisposable
{
    /// <summary>Mailboxes that are run in one turn. An echo takes three: the connection's, the handler's, the connection's again.</summary>
    public const int MostRuns = 16;

    [ThreadStatic]
    private static Turn? OfThread;

    /// <summary>What is to be run, in order; empty between turns.</summary>
    private readonly IRunnable?[] _runs = new IRunnable?[MostRuns];

    private bool _isOpen;

    private int _added;

    private int _begun;

    private Turn()
    {
    }

    /// <summary>Opens one on this thread; it ends, and all is run, when it is disposed of.</summary>
    /// <returns>Null where one is open already, which then runs what is added.</returns>
    public static Turn? Begin()
    {
        var turn = OfThread ??= new Turn();
        if (turn._isOpen)
        {
            return null;
        }

        turn._isOpen = true;
        return turn;
    }

    /// <summary>Has it run at the end of the turn that is open on this thread.</summary>
    /// <returns>False when none is, or when it has enough to do.</returns>
    public static bool TryAdd(IRunnable run)
    {
        if (OfThread is not { _isOpen: true } turn || turn._added == MostRuns)
        {
            return false;
        }

        turn._runs[turn._added++] = run;
        return true;
    }

    /// <summary>Runs what was added, and what is added thereby. If one fails, the thread pool has those behind it.</summary>
    public void Dispose()
    {
        var context = ExecutionContext.Capture();
        try
        {
            while (_begun < _added)
            {
                TakeNext().Run();
                GoBackTo(context);
            }
        }
        finally
        {
            GoBackTo(context);
            while (_begun < _added)
            {
                ThreadPool.UnsafeQueueUserWorkItem(TakeNext(), preferLocal: false);
            }

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
        var next = _runs[_begun]!; // not null: it was added and has not begun
        _runs[_begun++] = null;
        return next;
    }
}
