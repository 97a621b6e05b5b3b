namespace WsActors.Runtime;

/// <summary>
/// The time of deadlines: the time since the extension started, without standstills of the process (SIGSTOP, a frozen container, a restored
/// snapshot, no processor). Actors that check deadlines report their ticks here. A tick that is late by more than <see cref="Grace"/> ends
/// a standstill: time continues from the tick before it, after a grace in which received bytes are read. So a standstill moves every
/// deadline by its length, and no deadline is judged while bytes are unread. Any thread.
/// </summary>
/// <param name="time">The source of time.</param>
/// <param name="firstTick">The time until the first tick. Null without ticks: standstills are not noticed.</param>
internal sealed class Clock(TimeProvider time, TimeSpan? firstTick = null)
{
    /// <summary>
    /// The allowed delay of a tick, and the time for which the clock stops after a later one. It counts for each standstill: time passes
    /// even if every tick is late.
    /// </summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    private readonly long _start = time.GetTimestamp();

    private readonly Lock _gate = new();

    /// <summary>The last tick; before the first one the start, since the process may stand still before it. Null without ticks.</summary>
    private volatile LastTick? _last =
        firstTick is { } interval ? new LastTick(TimeSpan.Zero, TimeSpan.Zero, interval, StandstillEnded: null) : null;

    /// <summary>The time for deadlines. Only a standstill moves it back, to the tick before it.</summary>
    public TimeSpan Now => TimeAt(Elapsed);

    /// <summary>The time since the extension started, standstills included: for durations. It never goes back.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>The total standstill of the process.</summary>
    public TimeSpan TotalStandstill
    {
        get
        {
            var elapsed = Elapsed;
            return elapsed - TimeAt(elapsed);
        }
    }

    public DateTimeOffset Date => time.GetUtcNow();

    /// <summary>Reports a tick: deadlines are about to be checked.</summary>
    /// <param name="interval">The time until the next tick.</param>
    /// <returns>The time for these deadlines.</returns>
    public TimeSpan Tick(TimeSpan interval)
    {
        lock (_gate)
        {
            var elapsed = Elapsed;
            _last = _last?.Next(elapsed, interval) ?? new LastTick(elapsed, elapsed, interval, StandstillEnded: null);
            return TimeAt(elapsed);
        }
    }

    private TimeSpan TimeAt(TimeSpan elapsed) => _last?.TimeAt(elapsed) ?? elapsed;

    /// <summary>The last tick. Immutable.</summary>
    /// <param name="Elapsed">The time of the tick, standstills included.</param>
    /// <param name="Time">The deadlines' time at the tick.</param>
    /// <param name="Interval">The time until the next tick.</param>
    /// <param name="StandstillEnded">The end of a standstill whose grace was not over at the tick; null without one.</param>
    private sealed record LastTick(TimeSpan Elapsed, TimeSpan Time, TimeSpan Interval, TimeSpan? StandstillEnded)
    {
        public TimeSpan TimeAt(TimeSpan elapsed) =>
            IsLate(elapsed) || IsInGrace(elapsed) ? Time : Time + (elapsed - (StandstillEnded ?? Elapsed));

        public LastTick Next(TimeSpan elapsed, TimeSpan interval) => elapsed switch
        {
            _ when IsLate(elapsed) =>
                new LastTick(elapsed, StandstillEnded is null ? Time : Time + Grace, interval, StandstillEnded: elapsed),
            _ when IsInGrace(elapsed) => this with { Elapsed = elapsed, Interval = interval },
            _ => new LastTick(elapsed, TimeAt(elapsed), interval, StandstillEnded: null),
        };

        private bool IsLate(TimeSpan elapsed) => elapsed - Elapsed > Interval + Grace;

        private bool IsInGrace(TimeSpan elapsed) => elapsed < StandstillEnded + Grace;
    }
}
