namespace WsActors.Runtime;

/// <summary>
/// So many a second, with a burst of one second's worth: a token bucket, counted in time. Where 100 a second may pass, each costs
/// 10 ms of a credit that comes back as time passes. Whatever is refused costs nothing, so that a flood leaves no debt behind.
/// Owned by the connection or endpoint that it limits; holds no timer.
/// </summary>
/// <param name="perSecond">How many; null for as many as come.</param>
/// <param name="now">The time: the bucket is full.</param>
internal struct RateLimiter(int? perSecond, TimeSpan now)
{
    /// <summary>The size of a bucket.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(1);

    /// <summary>Zero: unlimited.</summary>
    private readonly int _perSecond = perSecond ?? 0;

    /// <summary>Whether reading is paused by us.</summary>
    private bool _isPaused;

    /// <summary>The tokens, as the time that refills them. More than <see cref="Burst"/> only after a pause.</summary>
    private TimeSpan _credit = Burst;

    /// <summary>The time up to which the credit is reckoned.</summary>
    private TimeSpan _at = now;

    /// <summary>Whether so many may pass now; they are charged if so.</summary>
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
    /// We stop reading: what the peer sends now comes all at once when we read again, and may, so its credit grows past the burst
    /// for as long.
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
    /// We read again: what a pause earned beyond the burst is for what waited meanwhile, and is lost as fast as it was earned.
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
