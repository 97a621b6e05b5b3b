using Akka.Actor;
using Akka.Dispatch;
using Akka.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>A restarted handler is told Opened first, before any message that waited.</summary>
public sealed class ResumedSpec : WebSocketSpec
{
    public ResumedSpec()
        : base("with-mailbox { type = Dispatcher, mailbox-type = \"Akka.Dispatch.UnboundedMailbox, Akka\" }")
    {
    }

    [Fact]
    public void A_restarted_handler_is_told_Opened_before_waiting_messages()
    {
        var client = ServeEach(Props.Create<Diary>(TestActor)).Connect();
        ExpectMsg("opened");

        // The others arrive while it handles the first.
        client.SendText("wait");
        ExpectMsg("waits");
        client.SendText("fail");
        client.SendText("one");
        client.SendText("two");
        client.Connection.Tell(new Identify(null), TestActor);
        ExpectMsg<ActorIdentity>();
        Diary.Gate.Release();

        ExpectMsg("resumed");
        ExpectMsg("one");
        ExpectMsg("two");
    }

    [Fact]
    public void Opened_is_told_after_each_failure()
    {
        var client = ServeEach(Props.Create<Diary>(TestActor)).Connect();
        ExpectMsg("opened");

        for (var i = 0; i < 3; i++)
        {
            client.SendText("fail");
            ExpectMsg("resumed");
        }

        client.SendText("one");
        ExpectMsg("one");
    }

    [Fact]
    public void Stashed_messages_are_delivered_after_Opened_and_before_later_ones()
    {
        var client = ServeEach(Props.Create<Diary>(TestActor)).Connect();
        ExpectMsg("opened");

        client.SendText("stash");
        client.SendText("one");
        client.SendText("two");
        client.SendText("fail");
        client.SendText("three");

        ExpectMsg("resumed");
        ExpectMsg("one");
        ExpectMsg("two");
        ExpectMsg("three");
    }

    [Fact]
    public void The_second_Opened_equals_the_first_and_its_sender_is_the_connection()
    {
        var client = ServeEach(Props.Create<Repeater>(TestActor)).Connect();
        var first = ExpectMsg<Ws.Opened>();
        Assert.False(first.IsRestart);

        client.SendText("fail");

        var second = ExpectMsg<Ws.Opened>();
        Assert.Equal(first with { IsRestart = true }, second);
        Assert.Equal(client.Connection, LastSender);
    }

    [Theory]
    [InlineData("akka.actor.mailbox.unbounded-deque-based")]
    [InlineData("unbounded")]
    public void A_handler_with_a_configured_mailbox_keeps_it_and_is_told_Opened(string mailbox)
    {
        var client = ServeEach(Props.Create<Repeater>(TestActor).WithMailbox(mailbox)).Connect();
        Assert.False(ExpectMsg<Ws.Opened>().IsRestart);

        client.SendText("fail");

        Assert.True(ExpectMsg<Ws.Opened>().IsRestart);
    }

    [Fact]
    public void A_dispatcher_with_a_configured_mailbox_keeps_it()
    {
        var client = ServeEach(Props.Create<Repeater>(TestActor).WithDispatcher("with-mailbox")).Connect();
        Assert.False(ExpectMsg<Ws.Opened>().IsRestart);
        var handler = (ActorRefWithCell)Child(client);
        Assert.IsNotAssignableFrom<IDequeBasedMessageQueueSemantics>(((ActorCell)handler.Underlying).Mailbox!.MessageQueue);

        client.SendText("fail");

        Assert.True(ExpectMsg<Ws.Opened>().IsRestart);
    }

    [Fact]
    public void The_routees_of_a_router_are_not_told_Opened()
    {
        var client = ServeEach(Props.Create<Repeater>(TestActor).WithRouter(new BroadcastPool(3))).Connect();

        for (var i = 0; i < 3; i++)
        {
            Assert.False(ExpectMsg<Ws.Opened>().IsRestart);
        }

        client.SendText("hi");
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("akka.actor.mailbox.unbounded-deque-based")]
    [InlineData("unbounded")]
    public void A_handler_that_fails_at_Closed_is_not_told_Opened(string mailbox)
    {
        var client = ServeEach(Props.Create<FailsAtTheEnd>(TestActor).WithMailbox(mailbox)).Connect();
        ExpectMsg("opened");

        client.SendClose(4001);

        ExpectMsg("closed");
        ExpectMsg("stopped");
    }

    [Fact]
    public void A_handler_that_fails_before_a_waiting_Closed_is_told_Opened_and_Closed()
    {
        var client = ServeEach(Props.Create<Diary>(TestActor)).Connect();
        ExpectMsg("opened");
        client.SendText("wait");
        ExpectMsg("waits");
        client.SendText("fail");
        client.Socket.Reset();
        AwaitAssert(() => Assert.Equal(3, ((ActorRefWithCell)Child(client)).Underlying.NumberOfMessages));
        Diary.Gate.Release();

        ExpectMsg("resumed");
        ExpectMsg("closed");
    }

    [Fact]
    public void A_failure_at_the_second_Opened_counts_like_any()
    {
        var client = ServeEach(Props.Create<FailsWhenResumed>()).Connect();

        client.SendText("fail");

        client.ExpectClose(Protocol.CloseCode.InternalError);
    }

    private static IActorRef Child(ClientProbe client) => ((ActorRefWithCell)client.Connection).GetSingleChild("handler");

    /// <summary>Forwards its messages to a probe, stashes from "stash" on, fails at "fail".</summary>
    private sealed class Diary(IActorRef probe) : UntypedActor, IWithUnboundedStash
    {
        public static readonly SemaphoreSlim Gate = new(0);

        public IStash Stash { get; set; } = null!;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Ws.Opened opened: probe.Tell(opened.IsRestart ? "resumed" : "opened"); break;
                case Ws.Received { Text: "stash" }: Become(Stashing); break;
                case Ws.Received { Text: "fail" }: throw new InvalidOperationException("told to fail");
                case Ws.Received { Text: "wait" }:
                    probe.Tell("waits");
                    Assert.True(Gate.Wait(TimeSpan.FromMinutes(1)));
                    break;
                case Ws.Received received: probe.Tell(received.Text); break;
                case Ws.Closed: probe.Tell("closed"); break;
            }
        }

        private void Stashing(object message)
        {
            if (message is Ws.Received { Text: "fail" })
            {
                throw new InvalidOperationException("told to fail");
            }

            Stash.Stash();
        }
    }

    private sealed class Repeater(IActorRef probe) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Ws.Opened: probe.Forward(message); break;
                case Ws.Received: throw new InvalidOperationException("told to fail");
            }
        }
    }

    private sealed class FailsAtTheEnd(IActorRef probe) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Ws.Opened: probe.Tell("opened"); break;
                case Ws.Closed:
                    probe.Tell("closed");
                    throw new InvalidOperationException("as the test wants it");
            }
        }

        // Not at a restart.
        protected override void PreRestart(Exception reason, object message)
        {
        }

        protected override void PostStop() => probe.Tell("stopped");
    }

    private sealed class FailsWhenResumed : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Ws.Received or Ws.Opened { IsRestart: true })
            {
                throw new InvalidOperationException("told to fail");
            }
        }
    }
}
