using System.Diagnostics;
using WsActors.Dispatch;

namespace WsActors.Tests;

/// <summary>Whose runs may hold up others.</summary>
public sealed class PaceTests
{
    private static readonly long Quick = Stopwatch.Frequency / 1000;

    private Pace _pace;

    [Fact]
    public void Whoever_never_ran_is_taken_for_quick() => Assert.False(_pace.IsSlow);

    [Fact]
    public void Three_slow_runs_in_a_row_are_no_accident()
    {
        Run(Quick + 1, Quick + 1);
        Assert.False(_pace.IsSlow);

        Run(Quick, Quick + 1, Quick + 1);
        Assert.False(_pace.IsSlow);

        Run(Quick + 1);
        Assert.True(_pace.IsSlow);
    }

    [Fact]
    public void Whoever_holds_others_up_is_slow_at_once()
    {
        _pace.HoldsUp();

        Assert.True(_pace.IsSlow);
    }

    [Fact]
    public void After_a_second_elsewhere_it_may_try_again_and_one_slow_run_sends_it_away_again()
    {
        _pace.HoldsUp();
        Assert.True(SpinWait.SpinUntil(() => !_pace.IsSlow, TimeSpan.FromSeconds(30)));

        Run(Quick + 1);
        Assert.True(_pace.IsSlow);
    }

    [Fact]
    public void A_quick_run_makes_up_for_slow_ones()
    {
        _pace.HoldsUp();
        Run(Quick);

        Assert.False(_pace.IsSlow);
    }

    private void Run(params long[] ticks)
    {
        foreach (var one in ticks)
        {
            _pace.Ran(one);
        }
    }
}
