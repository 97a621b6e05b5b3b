using Akka.Dispatch;
using WsActors.Transport.Polling;

namespace WsActors.Tests;

/// <summary>The runs of a thread's queue, and those that it passes to the pool.</summary>
public sealed class RunQueueTests
{
    private readonly List<string> _ran = [];

    [Fact]
    public void Added_runs_and_the_runs_that_they_add_execute_in_order()
    {
        using (var queue = RunQueue.TryOpen())
        {
            Assert.NotNull(queue);
            Assert.True(RunQueue.TryAdd(Run("one", static () => Assert.True(RunQueue.TryAdd(new Runnable(static () => { }))))));
            Assert.True(RunQueue.TryAdd(Run("two")));
            Assert.Empty(_ran);
        }

        Assert.Equal(["one", "two"], _ran);
        Assert.False(RunQueue.TryAdd(Run("too late")));
    }

    [Fact]
    public void A_nested_run_queue_leaves_its_runs_to_the_outer_one()
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
    public void A_mailbox_that_adds_itself_repeatedly_is_refused_and_the_next_queue_starts_empty()
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
    public async Task After_a_failed_run_the_rest_execute_on_the_pool_and_the_thread_is_free()
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
    public async Task After_a_failed_run_a_waiting_handler_executes_on_the_pool()
    {
        var elsewhere = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.Throws<InvalidOperationException>(() =>
        {
            using (RunQueue.TryOpen(takesHandler: true))
            {
                Assert.True(RunQueue.TryAddHandler(new Runnable(() => elsewhere.SetResult(Thread.CurrentThread.IsThreadPoolThread))));
                Assert.True(RunQueue.TryAdd(Run("fails", static () => throw new InvalidOperationException("as ordered"))));
            }
        });

        Assert.True(await elsewhere.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        using (RunQueue.TryOpen(takesHandler: true))
        {
            Assert.True(RunQueue.TryAddHandler(Run("the next")));
        }

        Assert.Equal(["fails", "the next"], _ran);
    }

    [Fact]
    public void The_thread_context_of_one_run_is_not_visible_to_the_next()
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
    public async Task A_run_queue_belongs_to_one_thread()
    {
        using var queue = RunQueue.TryOpen();
        Assert.NotNull(queue);
        Assert.False(await Task.Factory.StartNew(
            () => RunQueue.TryAdd(Run("elsewhere")),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).ConfigureAwait(true));
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
