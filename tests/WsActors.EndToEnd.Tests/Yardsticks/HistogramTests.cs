using WsActors.Benchmarks.Load;

namespace WsActors.EndToEnd.Tests.Yardsticks;

/// <summary>The load's histogram: percentiles to within one part in 128.</summary>
public sealed class HistogramTests
{
    private readonly Histogram _times = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(1_000_000_007)]
    [InlineData(long.MaxValue)]
    public void A_time_is_recorded_with_an_error_below_one_part_in_128(long time)
    {
        _times.Record(time);
        Assert.InRange(_times.Percentile(0.5), time, Math.Max(time, (long)Math.Min(long.MaxValue, time * (129.0m / 128))));
    }

    [Fact]
    public void A_percentile_is_the_time_that_its_share_does_not_exceed()
    {
        for (var time = 1; time <= 100; time++)
        {
            _times.Record(time);
        }

        Assert.Equal(100, _times.Count);
        Assert.Equal([1L, 50, 51, 99, 100], new[] { 0, 0.5, 0.501, 0.99, 1 }.Select(_times.Percentile));
    }

    [Fact]
    public void An_empty_histogram_and_negative_times_are_zero()
    {
        Assert.Equal(0, _times.Percentile(0.99));
        _times.Record(-5);
        Assert.Equal((0, 1), (_times.Percentile(0.99), _times.Count));
        _times.Record(1000);
        _times.Clear();
        Assert.Equal((0, 0), (_times.Percentile(0.99), _times.Count));
    }
}
