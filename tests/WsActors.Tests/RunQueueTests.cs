using Akka.Dispatch;
using WsActors.Dispatch;

namespace WsActors.Tests;

/// <summary>What a thread does at once, and what it leaves to others.</summary>
public sealed class RunQueueTests
{
    private readonly List<string> _ran = [];

    [Fact]
    public void What_is_added_runs_in_order_at_the_end_and_so_does_what_that_adds()
    {
        using (var turn = RunQueue.TryOpen())
        {
            Assert.NotNull(turn);
            Assert.True(RunQueue.TryAdd(Run("one", static () => Assert.True(RunQueue.TryAdd(new Runnable(static () => { }))))));
            Assert.True(RunQueue.TryAdd(Run("two")));
            Assert.Empty(_ran);
        }

        Assert.Equal(["one", "two"], _ran);
        Assert.False(RunQueue.TryAdd(Run("too late")));
    }

    [Fact]
    public void A_turn_within_a_turn_leaves_its_runs_to_the_outer_one()
    {
        using (RunQueue.TryOpen())
        {
            var inner = RunQueue.TryOpen();
            Assert.Null(inner);
            Assert.True(RunQueue.TryAdd(Run("one")));
            using (inner)
            {
                Assert.True(RunQueue.TryAdd(Run("two")));
            }

            Assert.Empty(_ran);
        }

        Assert.Equal(["one", "two"], _ran);
    }

    [Fact]
    public void A_mailbox_that_adds_itself_for_ever_is_refused_in_the_end_and_the_next_run_starts_fresh()
    {
        for (var i = 0; i < 2; i++)
        {
            _ran.Clear();
            using (RunQueue.TryOpen())
            {
                Again();
            }

            Assert.Equal(RunQueue.MaxRuns, _ran.Count);
        }

        void Again()
        {
            if (RunQueue.TryAdd(Run("again")))
            {
                Assert.True(RunQueue.MaxRuns > _ran.Count);
            }
        }

        IRunnable Run(string name) => new Runnable(() =>
        {
            _ran.Add(name);
            Again();
        });
    }

    [Fact]
    public async Task If_one_fails_those_behind_it_run_elsewhere_and_the_thread_is_free_again()
    {
        var elsewhere = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var failure = Assert.Throws<InvalidOperationException>(() =>
        {
            using (RunQueue.TryOpen())
            {
                Assert.True(RunQueue.TryAdd(Run("fails", static () => throw new InvalidOperationException("as ordered"))));
                Assert.True(RunQueue.TryAdd(new Runnable(() => elsewhere.SetResult(Thread.CurrentThread.IsThreadPoolThread))));
            }
        });

        Assert.Equal("as ordered", failure.Message);
        Assert.False(RunQueue.TryAdd(Run("too late")));
        using (var next = RunQueue.TryOpen())
        {
            Assert.NotNull(next);
        }

        Assert.True(await elsewhere.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(["fails"], _ran);
    }

    [Fact]
    public void What_one_leaves_behind_in_the_context_of_the_thread_the_next_does_not_see()
    {
        var user = new AsyncLocal<string?>();
        var seen = "nothing ran";
        using (RunQueue.TryOpen())
        {
            Assert.True(RunQueue.TryAdd(Run("one", () => user.Value = "the first connection's")));
            Assert.True(RunQueue.TryAdd(Run("two", () => seen = user.Value)));
        }

        Assert.Null(seen);
        Assert.Null(user.Value);
    }

    [Fact]
    public async Task A_turn_is_one_threads_alone()
    {
        using var turn = RunQueue.TryOpen();
        Assert.NotNull(turn);
        Assert.False(await Task.Factory.StartNew(
            () => RunQueue.TryAdd(Run("elsewhere")), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(true));
    }

    private Runnable Run(string name, Action? then = null) => new(() =>
    {
        _ran.Add(name);
        then?.Invoke();
    });

    private sealed class Runnable(Action run) : IRunnable
    {
        public void Run() => run();

        public void Execute() => run();
    }
}
