using WsActors.Runtime;
using WsActors.Tests.Loopback;

namespace WsActors.Tests;

/// <summary>One line a minute is written, and the others are counted.</summary>
public sealed class LogThrottleTests
{
    private readonly ManualTime _time = new();

    private readonly LogThrottle _throttle;

    public LogThrottleTests() => _throttle = new LogThrottle(new Clock(_time));

    [Fact]
    public void First_line_is_written()
    {
        Assert.True(_throttle.TryPass(out var withheld));
        Assert.Equal(0, withheld);
    }

    [Fact]
    public void Line_within_a_minute_is_withheld()
    {
        _throttle.TryPass(out _);
        _time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        Assert.False(_throttle.TryPass(out _));
    }

    [Fact]
    public void Line_after_a_minute_is_written_with_the_number_of_withheld_lines()
    {
        _throttle.TryPass(out _);
        _throttle.TryPass(out _);
        _throttle.TryPass(out _);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(_throttle.TryPass(out var withheld));
        Assert.Equal(2, withheld);
    }

    [Fact]
    public void Withheld_lines_are_reported_once()
    {
        _throttle.TryPass(out _);
        _throttle.TryPass(out _);
        _time.Advance(TimeSpan.FromMinutes(1));
        _throttle.TryPass(out _);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(_throttle.TryPass(out var withheld));
        Assert.Equal(0, withheld);
    }

    [Fact]
    public void Withheld_line_is_not_counted_if_its_caller_says_so()
    {
        _throttle.TryPass(out _);
        _throttle.TryPass(out _, isCounted: false);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(_throttle.TryPass(out var withheld));
        Assert.Equal(0, withheld);
    }

    [Fact]
    public void Of_many_threads_one_writes_the_line()
    {
        var written = 0;
        Parallel.For(0, 1000, _ =>
        {
            if (_throttle.TryPass(out var withheld))
            {
                Interlocked.Increment(ref written);
            }
        });
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, written);
        Assert.True(_throttle.TryPass(out var withheld));
        Assert.Equal(999, withheld);
    }
}
