using System.Collections.Concurrent;
using WsActors.Dispatch;

namespace WsActors.Tests;

/// <summary>Code of the user's runs so many at a time, on threads of its own; what blocks there blocks nothing else.</summary>
public sealed class BulkheadTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ManualResetEventSlim _goOn = new();

    private readonly BlockingCollection<int> _begun = [];

    [Fact]
    public void No_more_calls_run_than_may_and_the_next_begin_in_their_order()
    {
        var bulkhead = new Bulkhead("test", 2, 10);
        var answers = new TaskCompletionSource<string>[5];
        for (var i = 0; i < answers.Length; i++)
        {
            var (number, answer) = (i, answers[i] = new TaskCompletionSource<string>());
            Assert.NotNull(bulkhead.TryCall(_ => Begin(number, answer.Task)));
        }

        Assert.Equal([0, 1], Taken(2).Order());
        Assert.Equal((2, 3), (bulkhead.Running, bulkhead.Waiting));

        answers[1].SetResult("one");
        Assert.Equal([2], Taken(1));
        answers[0].SetException(new InvalidOperationException());
        Assert.Equal([3], Taken(1));
        Assert.Equal((2, 1), (bulkhead.Running, bulkhead.Waiting));
    }

    [Fact]
    public void A_call_beyond_those_that_may_wait_is_refused()
    {
        var bulkhead = new Bulkhead("test", 1, 1);
        Assert.NotNull(bulkhead.TryCall(_ => Block(0)));
        var waiting = bulkhead.TryCall(_ => Block(1));
        Assert.NotNull(waiting);

        Assert.Null(bulkhead.TryCall(_ => Block(2)));

        waiting.Cancel();
        Assert.NotNull(bulkhead.TryCall(_ => Block(3)));
        _goOn.Set();
        Assert.Equal([0, 3], Taken(2));
    }

    [Fact]
    public async Task A_call_that_runs_and_is_cancelled_keeps_its_place_until_it_has_ended()
    {
        var bulkhead = new Bulkhead("test", 1, 1);
        var stubborn = new TaskCompletionSource<string>();
        var call = bulkhead.TryCall(cancellation =>
        {
            cancellation.Register(() => _begun.Add(-1));
            return Begin(0, stubborn.Task);
        });
        Assert.Equal([0], Taken(1));
        var next = bulkhead.TryCall(_ => Begin(1, Task.FromResult("next")));

        call!.Cancel();

        Assert.Equal([-1], Taken(1));
        Assert.Equal((1, 1), (bulkhead.Running, bulkhead.Waiting));
        stubborn.SetResult("at last");
        Assert.Equal("next", await next!.Answer.WaitAsync(Patience));
    }

    [Fact]
    public void A_call_and_its_continuations_and_its_cancellation_take_no_thread_of_the_pool()
    {
        var bulkhead = new Bulkhead("test", 1, 1);
        var isOfPool = new BlockingCollection<bool>();
        var call = bulkhead.TryCall(async cancellation =>
        {
            cancellation.Register(() => isOfPool.Add(Thread.CurrentThread.IsThreadPoolThread));
            isOfPool.Add(Thread.CurrentThread.IsThreadPoolThread, CancellationToken.None);
            await Task.Run(static () => { }, CancellationToken.None);
            isOfPool.Add(Thread.CurrentThread.IsThreadPoolThread, CancellationToken.None);
            return "";
        });

        Assert.False(Next(isOfPool));
        Assert.False(Next(isOfPool));
        call!.Cancel();
        Assert.False(Next(isOfPool));
    }

    [Fact]
    public async Task Calls_that_block_until_their_own_continuations_have_run_do_not_wait_for_ever()
    {
        var bulkhead = new Bulkhead("test", 3, 100);
        var calls = Enumerable.Range(0, 20).Select(_ => bulkhead.TryCall(static _ => Task.FromResult(Twice(3).GetAwaiter().GetResult()))!).ToArray();

        await Task.WhenAll(calls.Select(static call => call.Answer)).WaitAsync(Patience);

        // As deep as it goes: each level blocks one thread more.
        static async Task<string> Twice(int depth)
        {
            await Task.Yield();
            return depth == 0 ? "" : Twice(depth - 1).GetAwaiter().GetResult();
        }
    }

    [Fact]
    public void Many_calls_that_block_all_begin_while_there_is_room()
    {
        var bulkhead = new Bulkhead("test", 40, 0);
        for (var i = 0; i < 40; i++)
        {
            var number = i;
            Assert.NotNull(bulkhead.TryCall(_ => Block(number)));
        }

        Assert.Equal(Enumerable.Range(0, 40), Taken(40).Order());
        Assert.Null(bulkhead.TryCall(_ => Block(40)));
        _goOn.Set();
    }

    [Fact]
    public async Task Threads_without_work_go_and_come_again()
    {
        var threads = new BulkheadTaskScheduler("test", 2, rest: TimeSpan.FromMilliseconds(1));
        for (var i = 0; i < 3; i++)
        {
            var thread = await Task.Factory.StartNew(static () => Thread.CurrentThread, CancellationToken.None, TaskCreationOptions.None, threads).WaitAsync(Patience);

            Assert.True(thread.Join(Patience));
        }
    }

    public void Dispose()
    {
        _goOn.Set();
        _begun.Dispose();
    }

    private async Task<string> Begin(int number, Task<string> until)
    {
        _begun.Add(number);
        return await until;
    }

    private Task<string> Block(int number)
    {
        _begun.Add(number);
        _goOn.Wait();
        return Task.FromResult("");
    }

    private int[] Taken(int count) => [.. Enumerable.Range(0, count).Select(_ => Next(_begun))];

    private static T Next<T>(BlockingCollection<T> from) => from.TryTake(out var next, Patience) ? next : throw new TimeoutException();
}
