using WsActors.Client;
using WsActors.Runtime;

namespace WsActors.Tests.Client;

/// <summary>The delays of a client: full jitter below a bound that doubles.</summary>
public sealed class BackoffTests
{
    [Fact]
    public void The_bound_doubles_from_the_minimum_to_the_maximum()
    {
        var backoff = Of(draw: 0.999_999_999);

        Assert.Equal(
            [0.5, 1, 2, 4, 8, 16, 30, 30],
            Enumerable.Range(0, 8).Select(_ => Math.Round(backoff.Next().TotalSeconds, 3)));
    }

    [Fact]
    public void The_delay_may_be_zero() => Assert.Equal(TimeSpan.Zero, Of(draw: 0).Next());

    [Fact]
    public void After_a_thousand_attempts_the_bound_is_the_maximum()
    {
        var backoff = Of(draw: 0.5);
        for (var i = 0; i < 2000; i++)
        {
            Assert.InRange(backoff.Next(), TimeSpan.Zero, TimeSpan.FromSeconds(15));
        }

        Assert.Equal(TimeSpan.FromSeconds(15), backoff.Next());
    }

    [Theory]
    [InlineData(0.1, 0.25)]
    [InlineData(1, 1)]
    [InlineData(30, 30)]
    [InlineData(31, 30)]
    [InlineData(2_000_000_000, 30)]
    public void The_servers_delay_is_the_minimum_up_to_the_maximum(double asked, double delay) =>
        Assert.Equal(TimeSpan.FromSeconds(delay), Of(draw: 0.5).Next(TimeSpan.FromSeconds(asked)));

    [Theory]
    [InlineData(9.999, 2)]
    [InlineData(10, 0)]
    public void A_long_connection_resets_the_delay(double open, int attempts)
    {
        var backoff = Of(draw: 0.5);
        backoff.Next();
        backoff.Next();

        backoff.WasOpen(TimeSpan.FromSeconds(open));

        Assert.Equal(attempts, backoff.Attempts);
    }

    private static Backoff Of(double draw) => new(
        new ReconnectOptions(),
        new Jitter(new Fixed(draw)));

    private sealed class Fixed(double draw) : Random
    {
        public override double NextDouble() => draw;
    }
}
