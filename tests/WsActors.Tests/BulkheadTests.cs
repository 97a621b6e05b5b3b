using System.Collections.Concurrent;
using WsActors.Dispatch;

namespace WsActors.Tests;

/// <summary>A limited number of user calls run at a time, on their own threads; a blocking call blocks no other part.</summary>
public sealed class BulkheadTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ManualResetEventSlim _gate = new();

    private readonly BlockingCollection<int> _begun = [];

    [Fact]
    public void Calls_above_the_limit_wait_and_start_in_order()
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
    public void A_call_beyond_the_waiting_limit_is_refused()
    {
        var bulkhead = new Bulkhead("test", 1, 1);
        Assert.NotNull(bulkhead.TryCall(_ => Block(0)));
        var waiting = bulkhead.TryCall(_ => Block(1));
        Assert.NotNull(waiting);

        Assert.Null(bulkhead.TryCall(_ => Block(2)));

        waiting.Cancel();
        Assert.NotNull(bulkhead.TryCall(_ => Block(3)));
        _gate.Set();
        Assert.Equal([0, 3], Taken(2));
    }

    [Fact]
    public async Task A_cancelled_running_call_occupies_its_place_until_it_ends()
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
    public async Task Calls_that_block_on_their_own_continuations_complete()
    {
        var bulkhead = new Bulkhead("test", 3, 100);
        var calls = Enumerable.Range(0, 20)
            .Select(_ => bulkhead.TryCall(static _ => Task.FromResult(Twice(3).GetAwaiter().GetResult()))!)
            .ToArray();

        await Task.WhenAll(calls.Select(static call => call.Answer)).WaitAsync(Patience);

        // At the maximum depth: each level blocks one thread more.
        static async Task<string> Twice(int depth)
        {
            await Task.Yield();
            return depth == 0 ? "" : Twice(depth - 1).GetAwaiter().GetResult();
        }
    }

    [Fact]
    public void Many_blocking_calls_all_start_while_there_is_room()
    {
        var bulkhead = new Bulkhead("test", 40, 0);
        for (var i = 0; i < 40; i++)
        {
            var number = i;
            Assert.NotNull(bulkhead.TryCall(_ => Block(number)));
        }

        Assert.Equal(Enumerable.Range(0, 40), Taken(40).Order());
        Assert.Null(bulkhead.TryCall(_ => Block(40)));
        _gate.Set();
    }

    [Fact]
    public async Task Idle_threads_stop_and_are_started_again()
    {
        var threads = new BulkheadTaskScheduler("test", 2, idleTimeout: TimeSpan.FromMilliseconds(1));
        for (var i = 0; i < 3; i++)
        {
            var thread = await Task.Factory.StartNew(
                static () => Thread.CurrentThread, CancellationToken.None, TaskCreationOptions.None, threads)
                .WaitAsync(Patience);

            Assert.True(thread.Join(Patience));
        }
    }

    public void Dispose()
    {
        _gate.Set();
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
        _gate.Wait();
        return Task.FromResult("");
    }

    private int[] Taken(int count) => [.. Enumerable.Range(0, count).Select(_ => Next(_begun))];

    private static T Next<T>(BlockingCollection<T> from) => from.TryTake(out var next, Patience) ? next : throw new TimeoutException();
}
