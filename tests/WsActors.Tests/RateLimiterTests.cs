using WsActors.Runtime;

namespace WsActors.Tests;

/// <summary>A token bucket: one second's amount at once, and then the rate.</summary>
public sealed class RateLimiterTests
{
    private static readonly TimeSpan Opened = Seconds(1000);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    public void A_burst_of_one_seconds_rate_passes_and_the_next_does_not(int perSecond)
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
    public void Many_items_at_once_count_together(int count, bool passes)
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
    public void One_token_is_restored_after_its_time_and_not_before()
    {
        var limit = Spent(perSecond: 4);

        Assert.False(limit.TrySpend(1, Opened + Seconds(0.2499999)));
        Assert.True(limit.TrySpend(1, Opened + Seconds(0.25)));
        Assert.False(limit.TrySpend(1, Opened + Seconds(0.25)));
    }

    [Fact]
    public void A_sender_at_the_rate_always_passes()
    {
        var limit = Spent(perSecond: 3);

        for (var i = 1; i <= 10_000; i++)
        {
            Assert.True(limit.TrySpend(1, Opened + (i * Seconds(1.0 / 3))), $"the {i}th");
        }
    }

    [Fact]
    public void A_long_silence_saves_at_most_one_second()
    {
        var limit = Spent(perSecond: 10);
        var later = Opened + Seconds(3600);

        Assert.False(limit.TrySpend(11, later));
        Assert.True(limit.TrySpend(10, later));
        Assert.False(limit.TrySpend(1, later));
    }

    [Fact]
    public void A_refused_item_takes_no_tokens()
    {
        var limit = Spent(perSecond: 1);
        for (var i = 0; i < 1000; i++)
        {
            Assert.False(limit.TrySpend(1, Opened));
        }

        Assert.True(limit.TrySpend(1, Opened + Seconds(1)));
    }

    [Fact]
    public void A_read_pause_allows_for_the_bytes_received_meanwhile()
    {
        var limit = Spent(perSecond: 10);
        limit.Pause(Opened);
        var end = Opened + Seconds(30);
        limit.Resume(end);

        Assert.True(limit.TrySpend(300, end));
        Assert.False(limit.TrySpend(1, end));
    }

    [Fact]
    public void A_read_during_a_pause_is_charged_once_against_its_allowance()
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
    public void An_unused_pause_allowance_expires_at_the_same_rate()
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
