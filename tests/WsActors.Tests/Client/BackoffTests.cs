using WsActors.Client;
using WsActors.Manager;
using WsActors.Runtime;

namespace WsActors.Tests.Client;

/// <summary>How long a client waits: full jitter below a bound that doubles.</summary>
public sealed class BackoffTests
{
    [Fact]
    public void The_bound_doubles_from_the_least_to_the_most()
    {
        var backoff = Of(draw: 0.999_999_999);

        Assert.Equal(
            [0.5, 1, 2, 4, 8, 16, 30, 30],
            Enumerable.Range(0, 8).Select(_ => Math.Round(backoff.Next().TotalSeconds, 3)));
    }

    [Fact]
    public void The_delay_may_be_nothing_at_all() => Assert.Equal(TimeSpan.Zero, Of(draw: 0).Next());

    [Fact]
    public void After_a_thousand_attempts_it_is_still_the_most()
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
    public void What_the_server_asks_for_is_the_least_within_the_most(double asked, double delay) =>
        Assert.Equal(TimeSpan.FromSeconds(delay), Of(draw: 0.5).Next(TimeSpan.FromSeconds(asked)));

    [Theory]
    [InlineData(9.999, 2)]
    [InlineData(10, 0)]
    public void A_connection_that_lasted_ends_the_doubling(double open, int attempts)
    {
        var backoff = Of(draw: 0.5);
        backoff.Next();
        backoff.Next();

        backoff.WasOpen(TimeSpan.FromSeconds(open));

        Assert.Equal(attempts, backoff.Attempts);
    }

    private static Backoff Of(double draw) => new(
        ClientOptions.From(WebSocketExtension.DefaultConfig, ManagerSettings.From(WebSocketExtension.DefaultConfig).Endpoint),
        new Jitter(new Fixed(draw)));

    private sealed class Fixed(double draw) : Random
    {
        public override double NextDouble() => draw;
    }
}
