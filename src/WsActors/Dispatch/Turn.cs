using System.Diagnostics;
using Akka.Dispatch;

namespace WsActors.Dispatch;

/// <summary>
/// What a thread that reads a socket does because of it, be it one that waits for sockets or one of the pool: the mailboxes that are filled
/// meanwhile, one after the other, once all locks are free. So a message needs no other thread, and its sender's stack does not grow. All other
/// sockets of the thread wait for the end of it, so it is short: actors that tell each other for ever go on elsewhere, and whoever takes
/// long runs elsewhere the next time. One a thread, and that thread's alone, but for what says otherwise.
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

    private volatile IRunnable? _running;

    private volatile bool _isLeft;

    private Turn()
    {
    }

    /// <summary>That of this thread.</summary>
    public static Turn Mine => OfThread ??= new Turn();

    /// <summary>Opens the one of this thread; it ends, and all is run, when it is disposed of.</summary>
    /// <returns>Null where it is open already, which then runs what is added.</returns>
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

    /// <summary>Has it run at the end of the turn that is open on this thread.</summary>
    /// <returns>False when none is, or when it has enough to do.</returns>
    public static bool TryAdd(IRunnable run)
    {
        if (OfThread is not { _isOpen: true, _isLeft: false, _added: < MostRuns } turn)
        {
            return false;
        }

        ref var place = ref turn._runs[turn._added++];
        Interlocked.Exchange(ref place, run);

        // Where it is left at this very moment, whoever finds the run has it.
        return !turn._isLeft || Interlocked.Exchange(ref place, null) is null;
    }

    /// <summary>Its thread is held up by what it runs: what waits behind that goes to the pool. Any thread.</summary>
    public void GiveAway()
    {
        CompactQueue.Of(_running)?.Pace.HoldsUp();
        GiveAway(0, MostRuns);
    }

    /// <summary>And so does whatever its thread is to run from now on: that ends with what holds it up. Any thread.</summary>
    public void Leave()
    {
        _isLeft = true;
        GiveAway();
    }

    /// <summary>Runs what was added, and what is added thereby. If one fails, the thread pool has those behind it.</summary>
    public void Dispose()
    {
        var context = ExecutionContext.Capture();
        try
        {
            var began = Stopwatch.GetTimestamp();
            while (_begun < _added)
            {
                if (Interlocked.Exchange(ref _runs[_begun++], null) is { } next)
                {
                    began = Run(next, began);
                    GoBackTo(context);
                }
            }
        }
        finally
        {
            GoBackTo(context);
            GiveAway(_begun, _added);
            _running = null;
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

    // What has not begun is the thread pool's.
    private void GiveAway(int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            if (Interlocked.Exchange(ref _runs[i], null) is { } run)
            {
                ThreadPool.UnsafeQueueUserWorkItem(run, preferLocal: false);
            }
        }
    }

    /// <returns>When it ended.</returns>
    private long Run(IRunnable next, long now)
    {
        _running = next;
        next.Run();
        var end = Stopwatch.GetTimestamp();
        CompactQueue.Of(next)?.Pace.Ran(end - now);
        return end;
    }
}
