using WsActors.Runtime;
using WsActors.Tests.Loopback;

namespace WsActors.Tests;

/// <summary>The clock of deadlines stands still while the process is frozen, continues after a grace, and passes with late ticks.</summary>
public sealed class ClockTests
{
    private static readonly TimeSpan Tick = Seconds(0.5);

    private readonly ManualTime _time = new();

    private readonly Clock _clock;

    public ClockTests() => _clock = new Clock(_time);

    [Fact]
    public void Time_passes_between_ticks()
    {
        _clock.Tick(Tick);

        Pass(0.3);
        Assert.Equal(Seconds(0.3), _clock.Now);
        Pass(0.2);
        Assert.Equal(Seconds(0.5), _clock.Tick(Tick));
        Assert.Equal(TimeSpan.Zero, _clock.TotalStandstill);
    }

    [Fact]
    public void Without_ticks_time_passes()
    {
        Pass(1000);

        Assert.Equal(Seconds(1000), _clock.Now);
    }

    [Fact]
    public void A_standstill_before_the_first_tick_is_discounted_like_a_later_one()
    {
        var clock = new Clock(_time, Tick);
        Pass(0.4);
        Assert.Equal(Seconds(0.4), clock.Now);

        Pass(12.6);
        Assert.Equal(TimeSpan.Zero, clock.Now);
        Assert.Equal(TimeSpan.Zero, clock.Tick(Tick));
        Assert.Equal(Seconds(13), clock.TotalStandstill);
        Pass(0.5);
        Assert.Equal(Seconds(0.5), clock.Tick(Tick));
    }

    [Fact]
    public void A_first_tick_in_time_discounts_nothing()
    {
        var clock = new Clock(_time, Tick);
        Pass(1);

        Assert.Equal(Seconds(1), clock.Tick(Tick));
        Assert.Equal(TimeSpan.Zero, clock.TotalStandstill);
    }

    [Fact]
    public void A_tick_that_is_half_a_second_late_counts_as_one_in_time()
    {
        _clock.Tick(Tick);
        Pass(1);

        Assert.Equal(Seconds(1), _clock.Tick(Tick));
    }

    [Fact]
    public void After_a_later_tick_time_continues_half_a_second_after_the_previous_tick()
    {
        _clock.Tick(Tick);
        Pass(0.4);
        Assert.Equal(Seconds(0.4), _clock.Now);

        Pass(3.6);
        Assert.Equal(TimeSpan.Zero, _clock.Now);
        Assert.Equal(TimeSpan.Zero, _clock.Tick(Tick));
        Assert.Equal(Seconds(4), _clock.Elapsed);
        Assert.Equal(Seconds(4), _clock.TotalStandstill);
        Pass(0.49);
        Assert.Equal(TimeSpan.Zero, _clock.Now);
        Pass(0.01);
        Assert.Equal(Seconds(0.5), _clock.Now);
        Assert.Equal(Seconds(0.5), _clock.Tick(Tick));
        Pass(0.5);
        Assert.Equal(Seconds(1), _clock.Tick(Tick));
    }

    [Fact]
    public void Missed_ticks_that_arrive_together_do_not_end_the_grace()
    {
        _clock.Tick(Tick);
        Pass(4);

        for (var missed = 0; missed < 8; missed++)
        {
            Assert.Equal(TimeSpan.Zero, _clock.Tick(Tick));
        }

        Pass(0.3);
        Assert.Equal(TimeSpan.Zero, _clock.Tick(Tick));
        Pass(0.3);
        Assert.Equal(Seconds(0.6), _clock.Tick(Tick));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(2, 0.5)]
    public void Time_passes_in_spite_of_repeated_standstills(double late, double next)
    {
        _clock.Tick(Tick);
        for (var i = 0; i < 20; i++)
        {
            Pass(late);
            _clock.Tick(Tick);
            Pass(next);
            _clock.Tick(Tick);
        }

        Assert.InRange(_clock.Now, Seconds(9), _clock.Elapsed);
    }

    [Fact]
    public void Ticks_far_shorter_than_the_grace_end_it_in_time()
    {
        var tick = Seconds(0.02);
        _clock.Tick(tick);
        Pass(4);
        for (var i = 0; i <= 100; i++)
        {
            _clock.Tick(tick);
            Pass(0.02);
        }

        Assert.Equal(Seconds(2.02), _clock.Now);
    }

    private void Pass(double seconds) => _time.Advance(Seconds(seconds));

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
