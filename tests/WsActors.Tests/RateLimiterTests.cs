using WsActors.Runtime;

namespace WsActors.Tests;

/// <summary>A token bucket: one second's worth at once, and then so many a second.</summary>
public sealed class RateLimiterTests
{
    private static readonly TimeSpan Opened = Seconds(1000);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    public void As_many_as_pass_in_a_second_pass_at_once_and_not_one_more(int perSecond)
    {
        var limit = new RateLimiter(perSecond, Opened);

        for (var i = 0; i < perSecond; i++)
        {
            Assert.True(limit.TrySpend(1, Opened));
        }

        Assert.False(limit.TrySpend(1, Opened));
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void Many_at_once_are_judged_as_one(int count, bool passes)
    {
        var limit = new RateLimiter(100, Opened);

        Assert.Equal(passes, limit.TrySpend(count, Opened));
    }

    [Fact]
    public void Without_a_limit_everything_passes()
    {
        var limit = new RateLimiter(null, Opened);

        Assert.True(limit.TrySpend(int.MaxValue, Opened));
        Assert.True(limit.TrySpend(int.MaxValue, Opened));
    }

    [Fact]
    public void The_largest_read_at_the_largest_rate_overflows_nothing()
    {
        var limit = new RateLimiter(int.MaxValue, Opened);

        Assert.True(limit.TrySpend(int.MaxValue, Opened));
        Assert.False(limit.TrySpend(int.MaxValue, Opened));
    }

    [Fact]
    public void One_comes_back_when_its_time_has_passed_and_not_before()
    {
        var limit = Spent(perSecond: 4);

        Assert.False(limit.TrySpend(1, Opened + Seconds(0.2499999)));
        Assert.True(limit.TrySpend(1, Opened + Seconds(0.25)));
        Assert.False(limit.TrySpend(1, Opened + Seconds(0.25)));
    }

    [Fact]
    public void A_sender_at_the_rate_passes_for_ever()
    {
        var limit = Spent(perSecond: 3);

        for (var i = 1; i <= 10_000; i++)
        {
            Assert.True(limit.TrySpend(1, Opened + (i * Seconds(1.0 / 3))), $"the {i}th");
        }
    }

    [Fact]
    public void A_long_silence_saves_up_no_more_than_one_second()
    {
        var limit = Spent(perSecond: 10);
        var later = Opened + Seconds(3600);

        Assert.False(limit.TrySpend(11, later));
        Assert.True(limit.TrySpend(10, later));
        Assert.False(limit.TrySpend(1, later));
    }

    [Fact]
    public void What_is_refused_costs_nothing()
    {
        var limit = Spent(perSecond: 1);
        for (var i = 0; i < 1000; i++)
        {
            Assert.False(limit.TrySpend(1, Opened));
        }

        Assert.True(limit.TrySpend(1, Opened + Seconds(1)));
    }

    [Fact]
    public void A_pause_of_ours_allows_for_all_that_may_have_come_meanwhile()
    {
        var limit = Spent(perSecond: 10);
        limit.Pause(Opened);
        var end = Opened + Seconds(30);
        limit.Resume(end);

        Assert.True(limit.TrySpend(300, end));
        Assert.False(limit.TrySpend(1, end));
    }

    [Fact]
    public void The_read_that_comes_during_a_pause_is_charged_against_what_the_pause_earned_once()
    {
        var limit = Spent(perSecond: 10);
        limit.Pause(Opened);

        Assert.True(limit.TrySpend(100, Opened + Seconds(10)));
        limit.Pause(Opened + Seconds(10));
        limit.Resume(Opened + Seconds(30));

        Assert.True(limit.TrySpend(200, Opened + Seconds(30)));
        Assert.False(limit.TrySpend(1, Opened + Seconds(30)));
    }

    [Fact]
    public void What_a_pause_earned_and_nobody_used_is_lost_as_fast_as_it_came()
    {
        var limit = Spent(perSecond: 10);
        limit.Pause(Opened);
        limit.Resume(Opened + Seconds(30));

        Assert.False(limit.TrySpend(101, Opened + Seconds(50)));
        Assert.True(limit.TrySpend(100, Opened + Seconds(50)));

        limit = Spent(perSecond: 10);
        limit.Pause(Opened);
        limit.Resume(Opened + Seconds(30));
        Assert.False(limit.TrySpend(11, Opened + Seconds(60)));
        Assert.True(limit.TrySpend(10, Opened + Seconds(60)));
    }

    [Fact]
    public void Many_short_pauses_let_no_more_through_than_time_has_passed()
    {
        var limit = Spent(perSecond: 100);
        var passed = 0;
        var now = Opened;
        for (var step = 0; step < 1000; step++)
        {
            limit.Pause(now);
            passed += limit.TrySpend(1, now + Seconds(0.005)) ? 1 : 0;
            limit.Resume(now += Seconds(0.01));
            passed += limit.TrySpend(1, now) ? 1 : 0;
        }

        Assert.Equal(1000, passed);
    }

    private static RateLimiter Spent(int perSecond)
    {
        var limit = new RateLimiter(perSecond, Opened);
        Assert.True(limit.TrySpend(perSecond, Opened));
        return limit;
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
