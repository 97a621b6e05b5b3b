using Akka.Actor;
using WsActors.Connection;
using WsActors.Protocol;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>A sender that asks for an ack is told once: the kernel took the message, or never will.</summary>
public sealed class AckSpec : WebSocketSpec
{
    private const int Budget = 10_000;

    private readonly WebSocketTestKit _kit;

    private readonly ClientProbe _client;

    public AckSpec()
    {
        var routes = RouteTable.Empty.MapShared("/", Handler.Ref).Map("/own", _ => Props.Create<LastWord>(TestActor));
        _kit = Serve(routes, static options => options with { SendQueue = options.SendQueue with { MaxBytes = Budget } });
        _client = _kit.Connect();
        Handler.ExpectOpened();
        _kit.AwaitIdle();
    }

    [Fact]
    public void An_ack_is_told_when_the_kernel_has_taken_the_message()
    {
        _client.Socket.StopReading();
        Handler.Tell(Asking("first"));
        _kit.AwaitIdle();
        Handler.ExpectNothing();

        _client.Socket.ReadOnce();
        Handler.ExpectAck("first");
    }

    [Fact]
    public void The_ack_of_a_large_message_is_told_after_its_last_byte()
    {
        _client.Socket.StopReading();
        Handler.Tell(Ws.Send.Binary(new byte[150_000]) with { Ack = "large" });
        Handler.Expect<Ws.Congested>();
        for (var write = 0; write < 2; write++)
        {
            _client.Socket.ReadOnce();
            _kit.AwaitIdle();
            Handler.ExpectNothing();
        }

        _client.Socket.ReadOnce();
        Handler.ExpectAck("large");
        Handler.Expect<Ws.Writable>();
    }

    [Fact]
    public void Acks_are_told_in_the_order_of_the_messages_and_only_to_senders_with_an_ack()
    {
        var other = CreateTestProbe();
        _client.Connection.Tell(Asking("a"), other);
        Handler.Tell(Ws.Send.Text("unasked"));
        _client.Connection.Tell(Asking("b"), other);
        Handler.Tell(Asking("c"));

        other.ExpectMsg("a");
        other.ExpectMsg("b");
        Handler.ExpectAck("c");
        other.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_dropped_message_fails_and_the_handler_is_told_Dropped()
    {
        Fill();
        Handler.Tell(Asking("one more", 100) with { Overflow = Ws.OverflowPolicy.Drop });

        Handler.ExpectSendFailed("one more", Ws.SendFailure.Dropped);
        Handler.Expect<Ws.Dropped>();
    }

    [Fact]
    public void A_replaced_message_fails()
    {
        _client.Socket.StopReading();
        Handler.Tell(Asking("in flight", 5000));
        _kit.AwaitIdle();
        Handler.Tell(Asking("old", 4900) with { Overflow = Ws.OverflowPolicy.Conflate("key") });
        Handler.Expect<Ws.Congested>();
        Handler.Tell(Asking("new", 4900) with { Overflow = Ws.OverflowPolicy.Conflate("key") });

        Handler.ExpectSendFailed("old", Ws.SendFailure.Replaced);
        _client.Socket.ResumeReading();
        Handler.ExpectAck("in flight");
        Handler.ExpectAck("new");
        Handler.Expect<Ws.Writable>();
    }

    [Fact]
    public void A_message_that_overflows_the_queue_fails_at_once_and_earlier_ones_fail_when_they_are_dropped()
    {
        Fill();
        Handler.Tell(Asking("one too many", 100));
        Handler.ExpectSendFailed("one too many", Ws.SendFailure.QueueFull);
        Handler.Tell(Asking("later"));
        Handler.ExpectSendFailed("later", Ws.SendFailure.Closing);

        _kit.Advance(Seconds(2));
        Handler.ExpectSendFailed("behind", Ws.SendFailure.QueueFull);
        _client.Socket.ResumeReading();
        Handler.ExpectAck("in flight");
    }

    [Fact]
    public void Messages_queued_before_a_close_are_acknowledged_and_later_ones_fail()
    {
        _client.Socket.StopReading();
        Handler.Tell(Asking("before"));
        Handler.Tell(new Ws.Close());
        Handler.Tell(Asking("after"));
        Handler.ExpectSendFailed("after", Ws.SendFailure.Closing);

        _client.Socket.ResumeReading();
        Handler.ExpectAck("before");
    }

    [Fact]
    public void A_message_sent_while_the_last_bytes_are_written_fails()
    {
        _client.SendClose();
        _client.ExpectClose(CloseCode.Normal);
        _client.Socket.ExpectHalfClose();

        Handler.Tell(Asking("late"));

        Handler.ExpectClosed(CloseCode.Normal);
        Handler.ExpectSendFailed("late", Ws.SendFailure.Closed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Queued_messages_fail_in_order_when_the_socket_or_the_connection_ends(bool ofItself)
    {
        Fill();
        _kit.AwaitIdle();

        if (ofItself)
        {
            _client.Connection.Tell(Kill.Instance, ActorRefs.NoSender);
        }
        else
        {
            _client.Socket.Reset();
        }

        Handler.ExpectSendFailed("in flight", Ws.SendFailure.Closed);
        Handler.ExpectSendFailed("behind", Ws.SendFailure.Closed);
        Handler.ExpectClosed(ofItself ? CloseCode.InternalError : CloseCode.Abnormal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Queued_messages_fail_when_the_connection_fails_after_an_end_without_close_frames(bool halfClosed)
    {
        Fill();
        _kit.AwaitIdle();
        if (halfClosed)
        {
            _client.Socket.HalfClose();
            _kit.AwaitIdle();
        }
        else
        {
            _client.Connection.Tell(ConnectionActor.Abort.Instance, ActorRefs.NoSender);
        }

        _client.Connection.Tell(Kill.Instance, ActorRefs.NoSender);

        Handler.ExpectSendFailed("in flight", Ws.SendFailure.Closed);
        Handler.ExpectSendFailed("behind", Ws.SendFailure.Closed);
        Handler.ExpectClosed(CloseCode.Abnormal);
        Assert.Equal(0, Sys.WebSockets().RentedBuffers);
    }

    [Fact]
    public void A_message_to_a_stopped_connection_fails()
    {
        _client.Socket.Reset();
        Handler.ExpectClosed(CloseCode.Abnormal);
        _client.Socket.ExpectStopped();

        _client.Connection.Tell(Asking("too late"), TestActor);

        var failed = ExpectMsg<Ws.SendFailed>();
        Assert.Equal(("too late", Ws.SendFailure.Closed, _client.Connection), (failed.Send.Ack, failed.Reason, failed.Connection));
        _client.Connection.Tell(Ws.Send.Text("unasked"), TestActor);
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Messages_in_the_mailbox_of_a_stopping_connection_fail()
    {
        _client.Connection.Tell(Kill.Instance, ActorRefs.NoSender);
        for (var i = 0; i < 100; i++)
        {
            Handler.Tell(Asking(i));
        }

        var failed = new List<object?>();
        for (var i = 0; i < 101; i++)
        {
            var happened = Handler.Expect<Ws.IEvent>();
            failed.Add(happened is Ws.SendFailed { Reason: Ws.SendFailure.Closed, Send.Ack: var ack } ? ack : happened.GetType().Name);
        }

        Assert.Equal([.. Enumerable.Range(0, 100).Cast<object>(), nameof(Ws.Closed)], failed.OrderBy(static one => one as int? ?? 1000));
    }

    [Fact]
    public void A_message_that_a_child_handler_sends_upon_Closed_fails()
    {
        var client = _kit.Connect("/own");
        client.SendClose();

        ExpectMsg<Ws.SendFailed>();
        client.Socket.ExpectStopped();
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_message_to_a_connection_that_is_not_open_yet_fails()
    {
        var client = _kit.Dial();
        client.Connection.Tell(Asking("too early"), TestActor);

        Assert.Equal(Ws.SendFailure.Closing, ExpectMsg<Ws.SendFailed>().Reason);
    }

    [Fact]
    public void A_dead_letter_to_another_actor_is_not_answered()
    {
        var gone = Sys.ActorOf(Props.Create<LastWord>(TestActor));
        Watch(gone);
        Sys.Stop(gone);
        ExpectTerminated(gone);

        gone.Tell(Asking("nobody's"), TestActor);
        _client.Connection.Tell(Asking("ours"), TestActor);

        ExpectMsg("ours");
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task An_ack_answers_an_Ask()
    {
        Assert.Equal("taken", await _client.Connection.Ask<object>(Ws.Send.Text("hello") with { Ack = "taken" }));

        _client.Socket.Reset();
        _client.Socket.ExpectStopped();
        Assert.IsType<Ws.SendFailed>(await _client.Connection.Ask<object>(Ws.Send.Text("hello") with { Ack = "taken" }));
    }

    /// <summary>Queues two messages that fill the queue, the first of them in flight.</summary>
    private void Fill()
    {
        _client.Socket.StopReading();
        Handler.Tell(Asking("in flight", 5000));
        _kit.AwaitIdle();
        Handler.Tell(Asking("behind", 4900));
        Handler.Expect<Ws.Congested>();
    }

    private static Ws.Send Asking(object ack, int bytes = 10) => Ws.Send.Binary(new byte[bytes]) with { Ack = ack };

    private sealed class LastWord(IActorRef asker) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Ws.Closed closed: closed.Connection.Tell(Asking("last"), asker); break;
            }
        }
    }
}
