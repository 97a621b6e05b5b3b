using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using WsActors.Dispatch;
using WsActors.Transport.Polling;

namespace WsActors.Tests;

/// <summary>The threads of actors that are told in a run queue, and outside of one.</summary>
public sealed class InlineDispatcherSpec : Akka.TestKit.Xunit2.TestKit
{
    private const string Bounded = """
        bounded { mailbox-type = "Akka.Dispatch.BoundedMailbox, Akka", mailbox-capacity = 1, mailbox-push-timeout-time = 10m }
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public InlineDispatcherSpec()
        : base(ConfigurationFactory.ParseString(Bounded).WithFallback(WebSocketExtension.DefaultConfig)) => InlineDispatcher.AddTo(Sys);

    [Fact]
    public void An_actor_told_in_a_run_queue_runs_at_its_end_on_the_same_thread()
    {
        var ran = new List<int>();
        var second = Start(_ => ran.Add(Environment.CurrentManagedThreadId));
        var first = Start(message =>
        {
            ran.Add(Environment.CurrentManagedThreadId);
            second.Tell(message);
        });
        using (RunQueue.TryOpen())
        {
            first.Tell("go");
            Assert.Empty(ran);
        }

        Assert.Equal([Environment.CurrentManagedThreadId, Environment.CurrentManagedThreadId], ran);
    }

    [Fact]
    public async Task An_actor_told_outside_a_run_queue_runs_on_the_thread_pool()
    {
        var isPool = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Start(_ => isPool.SetResult(Thread.CurrentThread.IsThreadPoolThread));

        actor.Tell("go", ActorRefs.NoSender);

        Assert.True(await isPool.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task Actors_that_tell_each_other_endlessly_continue_on_the_thread_pool()
    {
        var elsewhere = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = Environment.CurrentManagedThreadId;
        var here = 0;
        var isOver = false;
        IActorRef second = ActorRefs.Nobody;
        var first = Start(message => Tell(second, message));
        second = Start(message => Tell(first, message));
        using (RunQueue.TryOpen())
        {
            first.Tell("go");
        }

        Assert.Equal(RunQueue.MaxRuns, here);
        Volatile.Write(ref isOver, true);
        await elsewhere.Task.WaitAsync(Patience);
        Sys.Stop(first);

        void Tell(IActorRef other, object message)
        {
            if (Volatile.Read(ref isOver) || Environment.CurrentManagedThreadId != thread)
            {
                elsewhere.TrySetResult();
            }
            else
            {
                here++;
            }

            other.Tell(message);
        }
    }

    [Fact]
    public async Task A_failing_actor_is_restarted_and_those_behind_it_run()
    {
        var ran = new List<object>();
        var behind = Start(ran.Add);
        var failing = Start(static message =>
        {
            if (message is "fail")
            {
                throw new InvalidOperationException("as ordered");
            }
        });
        using (RunQueue.TryOpen())
        {
            failing.Tell("fail");
            behind.Tell("behind");
        }

        Assert.Equal(["behind"], ran);
        Assert.Equal("alive", await failing.Ask<string>(new Echo("alive"), Patience));
    }

    [Fact]
    public void The_watchdog_is_told_of_each_run_and_of_an_unfinished_one()
    {
        var watch = new Noting();
        var queue = RunQueue.Current;
        var actor = Start(message =>
        {
            if (message is "look")
            {
                queue.CheckLongRun();
            }
        });
        CompactMessageQueue.From(actor)!.Watchdog = watch;
        queue.CheckLongRun();
        using (RunQueue.TryOpen())
        {
            actor.Tell("look");
        }

        queue.CheckLongRun();
        using (RunQueue.TryOpen())
        {
            actor.Tell("go");
        }

        Assert.Equal(["still runs", "ran", "ran"], watch.Calls);
    }

    /// <summary>The answer to a connection's question may come while the run that asked it has not ended.</summary>
    [Fact]
    public async Task An_actor_that_must_stay_on_the_thread_pool_ends_its_run_in_a_run_queue()
    {
        var isInline = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Start(message =>
        {
            if (message is "ask")
            {
                CompactMessageQueue.From(Akka.Actor.Internal.InternalCurrentActorCellKeeper.Current!.Self)!.StaysOnThreadPool = true;
            }
            else if (message is "answer")
            {
                isInline.SetResult(InlineRuns.AreHere);
            }
        });
        using (RunQueue.TryOpen())
        {
            actor.Tell("ask");
            actor.Tell("answer");
        }

        Assert.False(await isInline.Task.WaitAsync(Patience));
    }

    [Fact]
    public void An_actor_that_must_stay_on_the_thread_pool_and_stops_in_a_run_queue_leaves_no_message()
    {
        var dead = CreateTestProbe();
        Sys.EventStream.Subscribe(dead, typeof(DeadLetter));
        var actor = Start(static message =>
        {
            var self = Akka.Actor.Internal.InternalCurrentActorCellKeeper.Current!;
            CompactMessageQueue.From(self.Self)!.StaysOnThreadPool = true;
            self.Stop(self.Self);
        });
        using (RunQueue.TryOpen())
        {
            actor.Tell("stop");
            actor.Tell("left");
        }

        Assert.Equal("left", dead.ExpectMsg<DeadLetter>(Patience).Message);
    }

    /// <summary>An actor of the guardian starts on another thread, after <c>ActorOf</c>: its mailbox is not known before.</summary>
    [Fact]
    public void An_actor_makes_senders_wait_if_its_mailbox_does_or_is_not_known_yet()
    {
        Action<object> ignore = static _ => { };
        var props = Props.Create<Reacting>(ignore);
        for (var i = 0; i < 1000; i++)
        {
            Assert.True(CompactMessageQueue.MakesSendersWait(Sys.ActorOf(props.WithMailbox("bounded"))));
        }

        var usual = Sys.ActorOf(props);
        usual.Tell(new Echo("started"), TestActor);
        ExpectMsg("started");
        Assert.False(CompactMessageQueue.MakesSendersWait(usual));
    }

    [Fact]
    public async Task Runs_outside_a_run_queue_are_not_watched()
    {
        var watch = new Noting();
        var actor = Start(static _ => { });
        CompactMessageQueue.From(actor)!.Watchdog = watch;

        Assert.Equal("alive", await actor.Ask<string>(new Echo("alive"), Patience));
        Assert.Empty(watch.Calls);
    }

    [Fact]
    public void An_actor_queued_behind_user_code_does_not_wait_for_it()
    {
        using var elsewhere = new ManualResetEventSlim();
        var behind = Start(_ => elsewhere.Set());
        var waits = Start(_ => Assert.True(elsewhere.Wait(Patience), "What is behind it runs nowhere."));
        CompactMessageQueue.From(waits)!.Watchdog = new Noting();
        using (RunQueue.TryOpen())
        {
            waits.Tell("go");
            behind.Tell("go");
        }

        Assert.True(elsewhere.IsSet);
    }

    [Theory]
    [InlineData(InlineDispatcher.Name, true)]
    [InlineData(InlineDispatcher.ManagerName, false)]
    public void An_actor_told_by_user_code_waits_for_its_end_except_the_manager(string dispatcher, bool waits)
    {
        using var elsewhere = new ManualResetEventSlim();
        var thread = 0;
        var receiver = Start(
            _ =>
            {
                thread = Environment.CurrentManagedThreadId;
                elsewhere.Set();
            },
            dispatcher);
        var tells = Start(_ =>
        {
            receiver.Tell("go");
            Assert.True(waits || elsewhere.Wait(Patience), "The manager waits for user code.");
        });
        CompactMessageQueue.From(tells)!.Watchdog = new Noting();
        using (RunQueue.TryOpen())
        {
            tells.Tell("go");
        }

        Assert.Equal(waits, thread == Environment.CurrentManagedThreadId);
    }

    /// <summary>Starts an actor, and runs it once in a run queue of this thread: then it has no run elsewhere.</summary>
    private IActorRef Start(Action<object> react, string dispatcher = InlineDispatcher.Name)
    {
        var actor = Sys.ActorOf(Props.Create<Reacting>(react).WithDispatcher(dispatcher).WithMailbox(CompactMailbox.Path));
        var ranOn = new StrongBox<int>();
        var isIdle = SpinWait.SpinUntil(
            () =>
            {
                using (RunQueue.TryOpen())
                {
                    actor.Tell(ranOn);
                }

                return Volatile.Read(ref ranOn.Value) == Environment.CurrentManagedThreadId;
            },
            Patience);
        Assert.True(isIdle, "It never ran in a run queue.");
        return actor;
    }

    private sealed class Noting : IRunWatchdog
    {
        public List<string> Calls { get; } = [];

        public void OnCompleted(TimeSpan time) => Calls.Add("ran");

        public void OnStillRunning(TimeSpan time) => Calls.Add("still runs");
    }

    private sealed record Echo(string Text);

    private sealed class Reacting : UntypedActor
    {
        private readonly Action<object> _react;

        public Reacting(Action<object> react) => _react = react;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Echo echo: Sender.Tell(echo.Text); break;
                case StrongBox<int> ranOn: Volatile.Write(ref ranOn.Value, Environment.CurrentManagedThreadId); break;
                default: _react(message); break;
            }
        }
    }
}
