namespace WsActors.Runtime;

/// <summary>
/// Limits a log line to one a minute, and counts the lines that were withheld. The first line is never withheld. Any thread.
/// </summary>
internal sealed class LogThrottle(Clock clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>The time from which on the next line may be written, in ticks.</summary>
    private long _next;

    private long _withheld;

    /// <summary>Whether the line may be written now.</summary>
    /// <param name="withheld">The number of lines withheld since the last one that was written.</param>
    /// <param name="isCounted">Whether this line counts as withheld if it may not be written.</param>
    public bool TryPass(out long withheld, bool isCounted = true)
    {
        var (now, next) = (clock.Elapsed.Ticks, Volatile.Read(ref _next));
        var isPassed = now >= next && Interlocked.CompareExchange(ref _next, now + Interval.Ticks, next) == next;
        withheld = isPassed ? Interlocked.Exchange(ref _withheld, 0) : 0;
        if (!isPassed && isCounted)
        {
            Interlocked.Increment(ref _withheld);
        }

        return isPassed;
    }
}
