namespace WsActors.Runtime;

/// <summary>
/// The time that deadlines are measured by: the time since the extension began, without the time that the process stood still (SIGSTOP, a
/// frozen container, a restored snapshot, no processor). The actors that look at deadlines report their ticks here. A tick that is late by
/// more than <see cref="Grace"/> ends a standstill: time goes on from the tick before it, and only after a grace in which what peers sent
/// meanwhile is read. So a standstill moves every deadline by its length, and none is judged by bytes that lie unread. Any thread.
/// </summary>
/// <param name="time">What it goes by.</param>
/// <param name="firstTick">The time until the first tick. Null where there are no ticks: time never stands.</param>
internal sealed class Clock(TimeProvider time, TimeSpan? firstTick = null)
{
    /// <summary>
    /// How late a tick may be, and how long time stands after one that was later. A standstill counts as so much: time passes even where
    /// every tick is late.
    /// </summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    private readonly long _start = time.GetTimestamp();

    private readonly Lock _gate = new();

    /// <summary>At first the beginning: the process may stand still before the first tick. Null without ticks.</summary>
    private volatile LastTick? _last =
        firstTick is { } interval ? new LastTick(TimeSpan.Zero, TimeSpan.Zero, interval, StandstillEnded: null) : null;

    /// <summary>The time for deadlines. Only a standstill moves it back, to the tick before it.</summary>
    public TimeSpan Now => TimeAt(Elapsed);

    /// <summary>The time since the extension began, standstills included: for durations. It never goes back.</summary>
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

    /// <summary>Notes that deadlines are about to be looked at.</summary>
    /// <param name="interval">The time until the next tick.</param>
    /// <returns>The time for them.</returns>
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
    /// <param name="Elapsed">When it came, standstills included.</param>
    /// <param name="Time">The time then.</param>
    /// <param name="Interval">The time until the next.</param>
    /// <param name="StandstillEnded">When a standstill ended whose grace was not over then; null for no such.</param>
    private sealed record LastTick(TimeSpan Elapsed, TimeSpan Time, TimeSpan Interval, TimeSpan? StandstillEnded)
    {
        public TimeSpan TimeAt(TimeSpan elapsed) =>
            IsLate(elapsed) || IsInGrace(elapsed) ? Time : Time + (elapsed - (StandstillEnded ?? Elapsed));

        public LastTick Next(TimeSpan elapsed, TimeSpan interval) => elapsed switch
        {
            _ when IsLate(elapsed) => new LastTick(elapsed, StandstillEnded is null ? Time : Time + Grace, interval, StandstillEnded: elapsed),
            _ when IsInGrace(elapsed) => this with { Elapsed = elapsed, Interval = interval },
            _ => new LastTick(elapsed, TimeAt(elapsed), interval, StandstillEnded: null),
        };

        private bool IsLate(TimeSpan elapsed) => elapsed - Elapsed > Interval + Grace;

        private bool IsInGrace(TimeSpan elapsed) => elapsed < StandstillEnded + Grace;
    }
}
