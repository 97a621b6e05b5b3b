using System.Diagnostics;

namespace WsActors.Dispatch;

/// <summary>
/// How long a mailbox's runs take. Whose take long has to leave the turns of threads that wait for sockets, for a second: then it may try again. One that
/// was slow proves nothing, for its thread may have been stopped in it; one for which others had to wait leaves at once all the same. Any thread, without a lock: that one more or less is counted does no harm.
/// </summary>
internal struct Pace
{
    /// <summary>So many in a row are no accident.</summary>
    private const int MostSlowRuns = 3;

    private const int RestMilliseconds = 1000;

    /// <summary>A run up to that is quick, in ticks of <see cref="Stopwatch"/>: 1 ms.</summary>
    private static readonly long Quick = Stopwatch.Frequency / 1000;

    private int _slowRuns;

    /// <summary>When the last of them ended, by <see cref="Environment.TickCount"/>.</summary>
    private int _lastSlow;

    /// <summary>Whether its next run may hold up whoever waits for the same thread.</summary>
    public readonly bool IsSlow => _slowRuns >= MostSlowRuns && (uint)(Environment.TickCount - _lastSlow) < RestMilliseconds;

    /// <summary>It ran.</summary>
    /// <param name="ticks">How long, in ticks of <see cref="Stopwatch"/>.</param>
    public void Ran(long ticks)
    {
        _slowRuns = ticks <= Quick ? 0 : Math.Min(_slowRuns + 1, MostSlowRuns);
        if (_slowRuns > 0)
        {
            _lastSlow = Environment.TickCount;
        }
    }

    /// <summary>It runs, and others wait.</summary>
    public void HoldsUp() => (_slowRuns, _lastSlow) = (MostSlowRuns, Environment.TickCount);
}
