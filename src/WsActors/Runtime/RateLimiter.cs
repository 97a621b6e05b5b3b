namespace WsActors.Runtime;

/// <summary>
/// A token bucket with a burst of one second, counted in time. At 100 a second each costs 10 ms of a credit that time refills. A refused
/// one costs nothing, so a flood leaves no debt. Owned by the connection or endpoint that it limits; holds no timer.
/// </summary>
/// <param name="perSecond">The rate; null for no limit.</param>
/// <param name="now">The time of the start, with a full bucket.</param>
internal struct RateLimiter(int? perSecond, TimeSpan now)
{
    /// <summary>The size of a bucket.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(1);

    /// <summary>Zero: unlimited.</summary>
    private readonly int _perSecond = perSecond ?? 0;

    /// <summary>Whether we pause reading.</summary>
    private bool _isPaused;

    /// <summary>The tokens, as the time that refills them. More than <see cref="Burst"/> only after a pause.</summary>
    private TimeSpan _credit = Burst;

    /// <summary>The time up to which the credit is computed.</summary>
    private TimeSpan _at = now;

    /// <summary>Whether that many may pass now; they are charged if so.</summary>
    public bool TrySpend(int count, TimeSpan now)
    {
        if (_perSecond == 0)
        {
            return true;
        }

        Advance(now);
        var cost = TimeSpan.FromTicks(count * TimeSpan.TicksPerSecond / _perSecond);
        var isEnough = cost <= _credit;
        _credit -= isEnough ? cost : TimeSpan.Zero;
        return isEnough;
    }

    /// <summary>
    /// Reading pauses. Everything that the peer sends meanwhile arrives at once afterwards, so the credit grows past the burst during the
    /// pause.
    /// </summary>
    public void Pause(TimeSpan now)
    {
        if (!_isPaused)
        {
            Advance(now);
            _isPaused = true;
        }
    }

    /// <summary>Extends the bucket by a standstill: the bytes of that time arrive all at once and are allowed.</summary>
    public void AddCredit(TimeSpan time, TimeSpan now)
    {
        Advance(now);
        _credit += time;
    }

    /// <summary>
    /// Reading resumes. Credit beyond the burst is for the bytes that waited meanwhile, and expires as fast as it was earned.
    /// </summary>
    public void Resume(TimeSpan now)
    {
        if (_isPaused)
        {
            Advance(now);
            _isPaused = false;
        }
    }

    private void Advance(TimeSpan now)
    {
        var passed = now - _at;
        _at = now;
        if (_isPaused)
        {
            _credit += passed;
        }
        else if (_credit > Burst)
        {
            _credit = TimeSpan.FromTicks(Math.Max((_credit - passed).Ticks, Burst.Ticks));
        }
        else
        {
            _credit = TimeSpan.FromTicks(Math.Min((_credit + passed).Ticks, Burst.Ticks));
        }
    }
}
