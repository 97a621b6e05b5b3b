using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Configuration;
using WsActors.Dispatch;
using WsActors.Transport.Polling;

namespace WsActors.Tests;

/// <summary>The threads of handlers that are not Inline: one may run behind a run queue of the thread pool, where it may block.</summary>
public sealed class HandlerDispatcherSpec : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public HandlerDispatcherSpec()
        : base(WebSocketExtension.DefaultConfig)
    {
        InlineDispatcher.AddTo(Sys);
        HandlerDispatcher.AddTo(Sys);
    }

    [Fact]
    public void A_handler_runs_behind_the_queue_on_the_same_thread_where_it_may_block()
    {
        var (thread, mayBlock, isQueueClosed) = (0, false, false);
        var handler = Start(_ =>
        {
            thread = Environment.CurrentManagedThreadId;
            mayBlock = !InlineRuns.AreHere;
            using var queue = RunQueue.TryOpen();
            isQueueClosed = queue is not null;
        });
        using (RunQueue.TryOpen(takesHandler: true))
        {
            handler.Tell("go");
            Assert.Equal(0, thread);
        }

        Assert.Equal((Environment.CurrentManagedThreadId, true, true), (thread, mayBlock, isQueueClosed));
    }

    [Fact]
    public void A_second_handler_does_not_wait_for_the_first()
    {
        using var elsewhere = new ManualResetEventSlim();
        var first = Start(_ => Assert.True(elsewhere.Wait(Patience), "The second handler waits for the first."));
        var second = Start(_ => elsewhere.Set());
        using (RunQueue.TryOpen(takesHandler: true))
        {
            first.Tell("go");
            second.Tell("go");
        }

        Assert.True(elsewhere.IsSet);
    }

    [Theory]
    [InlineData(InlineDispatcher.Name)]
    [InlineData(InlineDispatcher.ManagerName)]
    [InlineData(HandlerDispatcher.Name)]
    public void An_actor_told_by_the_handler_does_not_wait_for_its_end(string dispatcher)
    {
        using var elsewhere = new ManualResetEventSlim();
        var told = Start(_ => elsewhere.Set(), dispatcher);
        var handler = Start(_ =>
        {
            told.Tell("go");
            Assert.True(elsewhere.Wait(Patience), "It waits for the handler.");
        });
        using (RunQueue.TryOpen(takesHandler: true))
        {
            handler.Tell("go");
        }

        Assert.True(elsewhere.IsSet);
    }

    /// <summary>As one of an Inline route, which may wait for another handler.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void User_code_in_the_queue_does_not_hold_up_a_handler(bool isToldBefore)
    {
        using var elsewhere = new ManualResetEventSlim();
        var handler = Start(_ => elsewhere.Set());
        var userCode = Start(
            _ =>
            {
                if (!isToldBefore)
                {
                    handler.Tell("go");
                }

                Assert.True(elsewhere.Wait(Patience), "The handler waits for user code of the queue.");
            },
            InlineDispatcher.Name);
        CompactMessageQueue.From(userCode)!.Watchdog = new Unwatched();
        using (RunQueue.TryOpen(takesHandler: true))
        {
            if (isToldBefore)
            {
                handler.Tell("go");
            }

            userCode.Tell("go");
        }

        Assert.True(elsewhere.IsSet);
    }

    [Fact]
    public void A_handler_told_in_a_queue_that_takes_none_runs_on_the_thread_pool()
    {
        using var isOver = new ManualResetEventSlim();
        var (thread, isPool) = (0, false);
        var handler = Start(_ =>
        {
            (thread, isPool) = (Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread);
            isOver.Set();
        });
        using (RunQueue.TryOpen())
        {
            handler.Tell("go");
            Assert.True(isOver.Wait(Patience));
        }

        Assert.True(isPool);
        Assert.NotEqual(Environment.CurrentManagedThreadId, thread);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("akka.actor.default-dispatcher.executor = thread-pool-executor", false)]
    [InlineData(
        "akka.actor.default-dispatcher { executor = fork-join-executor, fork-join-executor.dedicated-thread-pool.thread-count = 1 }", true)]
    public async Task Where_the_default_dispatcher_has_threads_of_its_own_handlers_run_there(string config, bool isDefault)
    {
        var system = ActorSystem.Create("threads", ConfigurationFactory.ParseString(config));
        HandlerDispatcher.AddTo(system);

        Assert.Equal(isDefault, system.Dispatchers.Lookup(HandlerDispatcher.Name) == system.Dispatchers.DefaultGlobalDispatcher);
        await system.Terminate();
    }

    /// <summary>Starts an actor, and runs it once in a run queue of this thread: then it has no run elsewhere.</summary>
    private IActorRef Start(Action<object> react, string dispatcher = HandlerDispatcher.Name)
    {
        var actor = Sys.ActorOf(Props.Create<Reacting>(react).WithDispatcher(dispatcher).WithMailbox(CompactMailbox.Path));
        var ranOn = new StrongBox<int>();
        var isIdle = SpinWait.SpinUntil(
            () =>
            {
                using (RunQueue.TryOpen(takesHandler: true))
                {
                    actor.Tell(ranOn);
                }

                return Volatile.Read(ref ranOn.Value) == Environment.CurrentManagedThreadId;
            },
            Patience);
        Assert.True(isIdle, "It never ran in a run queue.");
        return actor;
    }

    private sealed class Unwatched : IRunWatchdog
    {
        public void OnCompleted(TimeSpan time)
        {
        }

        public void OnStillRunning(TimeSpan time)
        {
        }
    }

    private sealed class Reacting : UntypedActor
    {
        private readonly Action<object> _react;

        public Reacting(Action<object> react) => _react = react;

        protected override void OnReceive(object message)
        {
            if (message is StrongBox<int> ranOn)
            {
                Volatile.Write(ref ranOn.Value, Environment.CurrentManagedThreadId);
            }
            else
            {
                _react(message);
            }
        }
    }
}
