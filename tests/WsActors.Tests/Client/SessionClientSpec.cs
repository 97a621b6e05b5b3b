using Akka.Actor;
using WsActors.Manager;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;
using WsActors.Sessions;
using WsActors.Sessions.Subprotocol;
using WsActors.TestKit;

namespace WsActors.Tests.Client;

/// <summary>A client with a session: its sockets come and go, and to its handler it is one connection.</summary>
public sealed class SessionClientSpec : SessionSpec
{
    [Theory]
    [InlineData("chat")]
    [InlineData("wsactors.session.v1", "chat")]
    [InlineData("wsactors.session.v1", "wsactors.session.v2", "chat")]
    public void The_subprotocol_is_offered_before_the_handlers_own_which_the_handler_is_not_told_of(params string[] own)
    {
        Connect(To(configure: KeepsSession) with { Subprotocols = own });
        var server = Listener.ExpectDial();
        Assert.Equal("wsactors.session.v2, wsactors.session.v1, chat", server.Accept(Protocol).Headers["Sec-WebSocket-Protocol"]);
        server.ExpectText("hello");
        Handler.ExpectNothing();

        server.SendText("welcome token epoch new 0");

        var opened = Handler.ExpectOpened();
        Assert.Null(opened.Subprotocol);
        Assert.Equal(101, opened.Response!.Status);
        Assert.Equal(opened.Connection, ExpectMsg<Ws.Connected>().Connection);
    }

    [Theory]
    [InlineData]
    [InlineData("Sec-WebSocket-Protocol: chat")]
    public void A_server_without_sessions_is_refused_for_good_in_one_sentence(params string[] headers)
    {
        Connect(To(configure: KeepsSession) with { Subprotocols = ["chat"] });

        var server = Listener.ExpectConnect(headers);

        server.ExpectClose(CloseCode.Normal);
        server.Socket.HalfClose();
        var failed = ExpectMsg<Ws.ConnectFailed>();
        Assert.Contains("no sessions there", failed.Reason, StringComparison.Ordinal);
        Assert.True(failed.IsFinal);
        ExpectItIsOver();
    }

    [Fact]
    public void A_server_that_does_not_read_lives_as_long_as_its_sessions_ping()
    {
        var server = BeginWithPings();
        for (var i = 0; i < 4; i++)
        {
            Kit.Advance(Seconds(3));
            server.ExpectPing(); // Not answered.
            server.SendText("ping");
            server.ExpectText("pong");
        }

        Handler.ExpectNothing();
        Kit.Advance(Seconds(5));
        Handler.ExpectNothing();

        Kit.Advance(Seconds(1));
        Handler.Expect<Ws.Reconnecting>();
    }

    [Fact]
    public void A_pong_of_the_session_is_no_fault()
    {
        var server = BeginWithPings();

        server.SendText("pong");
        server.SendText("message 1\none");

        Handler.ExpectText("one");
    }

    [Theory]
    [InlineData("ping")]
    [InlineData("pong")]
    public void In_the_first_version_there_are_no_pings(string frame)
    {
        var server = Begin();

        server.SendText(frame);

        server.ExpectClose(SessionProtocol.BrokenCode);
    }

    [Fact]
    public void A_session_is_told_whole_messages()
    {
        Connect(To(configure: KeepsSession) with { MaxChunkBytes = 100 });

        Assert.Contains("MaxChunkBytes", ExpectMsg<Ws.ConnectFailed>().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_break_is_told_as_Reconnecting_alone_and_nothing_comes_twice()
    {
        var server = Begin();
        var client = Handler.Connection;
        server.SendText("message 1\none");
        Assert.Equal(client, Handler.ExpectText("one").Connection);

        server = Break(server, has: 1);
        server.SendText("welcome token epoch true 0");
        server.SendText("message 1\none");
        server.SendText("message 2\ntwo");

        Assert.Equal(client, Handler.ExpectText("two").Connection);
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_message_is_acknowledged_to_its_sender_when_the_server_has_it()
    {
        var server = Begin();
        Handler.Tell(Ws.Send.Text("one") with { Ack = 1 });
        server.ExpectText("message 1\none");
        Handler.Tell(Ws.Send.Binary(new byte[] { 0, 10 }) with { Ack = 2 });
        Assert.Equal([.. "message 2\n"u8, 0, 10], server.ExpectBinary());
        Kit.AwaitIdle();
        Handler.ExpectNothing();

        server.SendText("ack 2");

        Handler.ExpectAck(1);
        Handler.ExpectAck(2);
    }

    [Fact]
    public void What_was_not_acknowledged_and_what_was_told_meanwhile_leaves_in_order_after_a_break()
    {
        var server = Begin();
        foreach (var text in new[] { "one", "two", "three" })
        {
            Handler.Tell(Ws.Send.Text(text) with { Ack = text });
        }

        server.ExpectText("message 1\none");
        server.SendText("ack 1");
        Handler.ExpectAck("one");
        server.Socket.Reset();
        Kit.AwaitIdle();
        Handler.Tell(Ws.Send.Text("four") with { Ack = "four" });

        server = ComeBack(has: 0);
        server.SendText("welcome token epoch true 2");

        Handler.ExpectAck("two");
        server.ExpectText("message 3\nthree");
        server.ExpectText("message 4\nfour");
        server.SendText("ack 4");
        Handler.ExpectAck("three");
        Handler.ExpectAck("four");
    }

    [Fact]
    public void No_more_is_on_its_way_than_half_of_what_a_connection_queues()
    {
        var server = Begin(Limits(static limits => limits with { MaxQueuedBytes = 1000, PauseReadingAboveBytes = 1000 }));
        Handler.Tell(Ws.Send.Text(new string('a', 600)));
        Handler.Tell(Ws.Send.Text(new string('b', 300)));
        Handler.Tell(Ws.Send.Text(new string('c', 200)));
        Handler.Tell(Ws.Send.Text("d"));
        server.ExpectText("message 1\n" + new string('a', 600));
        server.ExpectNothing();

        server.SendText("ack 1");

        server.ExpectText("message 2\n" + new string('b', 300));
        server.ExpectText("message 3\n" + new string('c', 200));
        server.ExpectNothing();
        server.SendText("ack 2");
        server.ExpectText("message 4\nd");
    }

    [Fact]
    public void What_is_too_much_to_keep_fails_and_the_handler_hears_of_it_even_if_nobody_asked()
    {
        Begin(static options => options with { MaxUnacknowledgedMessages = 2 }).Socket.Reset();
        Kit.AwaitIdle();
        Handler.Tell(Ws.Send.Text("one"));
        Handler.Tell(Ws.Send.Text("two"));
        Handler.Tell(Ws.Send.Text("three") with { Ack = 3 });
        Handler.Tell(Ws.Send.Text("four") with { Ack = 4, Overflow = Ws.OverflowPolicy.Drop });
        Handler.Tell(Ws.Send.Text("five"));

        var server = ComeBack(has: 0);
        Handler.ExpectSendFailed(3, Ws.SendFailure.QueueFull);
        Assert.Equal(1, Handler.Expect<Ws.Dropped>().Count);
        Handler.ExpectSendFailed(4, Ws.SendFailure.Dropped);
        server.SendText("welcome token epoch true 0");
        server.ExpectText("message 1\none");
        server.ExpectText("message 2\ntwo");
        server.SendText("ack 2");
        Assert.Equal(2, Handler.Expect<Ws.Dropped>().Count);
        Handler.Tell(Ws.Send.Text("six"));
        server.ExpectText("message 3\nsix");
    }

    [Fact]
    public void Bytes_are_bounded_too_and_the_handler_knows_when_there_are_many()
    {
        var server = Begin(static options => options with { MaxUnacknowledgedBytes = 100 });
        Handler.Tell(Ws.Send.Text(new string('a', 50)));
        Kit.AwaitIdle();
        Handler.ExpectNothing();
        Handler.Tell(Ws.Send.Text("b"));
        Handler.Expect<Ws.Congested>();
        Handler.Tell(Ws.Send.Text(new string('c', 49)));
        Handler.Tell(Ws.Send.Text("d") with { Ack = "d" });
        Handler.ExpectSendFailed("d", Ws.SendFailure.QueueFull);
        Handler.Expect<Ws.Dropped>();

        server.SendText("ack 1");
        server.SendText("ack 3");

        Handler.Expect<Ws.Writable>();
        Handler.Tell(Ws.Send.Text(new string('e', 101)) with { Ack = "larger than all" });
        server.SendText("ack 4");
        Handler.Expect<Ws.Congested>();
        Handler.ExpectAck("larger than all");
        Handler.Expect<Ws.Writable>();
    }

    [Fact]
    public void A_stream_does_not_survive_its_socket_and_fails()
    {
        Begin();

        Handler.Tell(Ws.Send.Stream(MessageKind.Text, AsyncEnumerable.Empty<ReadOnlyMemory<byte>>()) with { Ack = 1 });

        Handler.ExpectSendFailed(1, Ws.SendFailure.SourceFailed);
    }

    [Fact]
    public void An_ack_leaves_200_ms_after_what_came()
    {
        var server = Begin();
        server.SendText("message 1\none");
        server.SendText("message 2\ntwo");
        Kit.Advance(TimeSpan.FromMilliseconds(190));
        server.ExpectNothing();

        Kit.Advance(Tick);

        server.ExpectText("ack 2");
        Kit.Advance(Seconds(1));
        server.ExpectNothing();
        server.SendText("message 3\nthree");
        Kit.Advance(TimeSpan.FromMilliseconds(200));
        server.ExpectText("ack 3");
    }

    [Fact]
    public void An_ack_leaves_with_the_32nd_message_or_the_64th_KiB()
    {
        var server = Begin();
        for (var i = 1; i < 32; i++)
        {
            server.SendText($"message {i}\nx");
        }

        Kit.AwaitIdle();
        server.ExpectNothing();
        server.SendText("message 32\nx");
        server.ExpectText("ack 32");

        server.SendText($"message 33\n{new string('x', (64 * 1024) - 1)}");
        Kit.AwaitIdle();
        server.ExpectNothing();
        server.SendText("message 34\nx");
        server.ExpectText("ack 34");
    }

    [Fact]
    public void A_message_of_the_largest_size_has_room_for_its_header()
    {
        var server = Begin(Limits(static limits => limits with { Message = new(MaxMessageBytes: 100) }));

        server.SendText($"message 1\n{new string('x', 100)}");

        Handler.ExpectText(new string('x', 100));
    }

    [Fact]
    public void A_lost_session_ends_with_what_was_unacknowledged_and_another_begins()
    {
        var server = Begin();
        server.SendText("message 1\nold");
        Handler.ExpectText("old");
        Handler.Tell(Ws.Send.Text("sent") with { Ack = 1 });
        server.ExpectText("message 1\nsent");
        server.Socket.Reset();
        Kit.AwaitIdle();
        Handler.Tell(Ws.Send.Text("kept") with { Ack = 2 });
        server = ComeBack(has: 1);

        server.SendText("welcome other later false 0");

        Handler.ExpectSendFailed(1, Ws.SendFailure.Closed);
        Handler.ExpectSendFailed(2, Ws.SendFailure.Closed);
        var closed = Handler.ExpectClosed(CloseCode.Abnormal);
        Assert.Equal((3, 8), (closed.BytesReceived, closed.BytesSent));
        Assert.Equal(closed.Connection, Handler.ExpectOpened().Connection);
        server.SendText("message 1\nnew");
        Handler.ExpectText("new");
        Handler.Tell(Ws.Send.Text("again"));
        server.ExpectText("message 1\nagain");
        Kit.Advance(TimeSpan.FromMilliseconds(200));
        server.ExpectText("ack 1");
        server.Socket.Reset();
        ComeBack(has: 1, session: "other later");
    }

    [Theory]
    [InlineData("message 2\nx")]
    [InlineData("message 01\nx")]
    [InlineData("ack 1")]
    [InlineData("hello")]
    [InlineData("ping")]
    [InlineData("pong")]
    [InlineData("welcome token epoch true 0")]
    public void A_frame_that_cannot_be_right_closes_the_connection_with_4400_and_the_client_comes_back(string frame)
    {
        var server = Begin();

        server.SendText(frame);
        server.SendText("message 1\nignored");

        server.ExpectClose(4400);
        Close(server, 4400, isAnswer: true);
        server = ComeBack(has: 0);
        server.SendText("welcome token epoch true 0");
        server.SendText("message 1\ntold");
        Handler.ExpectText("told");
    }

    [Theory]
    [InlineData("welcome token epoch new 0")]
    [InlineData("welcome token other true 0")]
    [InlineData("welcome token epoch true 2")]
    [InlineData("welcome token epoch false 1")]
    [InlineData("message 1\nx")]
    [InlineData("ack 1")]
    public void A_welcome_that_does_not_answer_the_hello_closes_with_4400_and_the_client_comes_back(string frame)
    {
        var server = Begin();
        Handler.Tell(Ws.Send.Text("one"));
        server.ExpectText("message 1\none");
        server = Break(server, has: 0);

        server.SendText(frame);

        server.ExpectClose(4400);
        Close(server, 4400, isAnswer: true);
        server = ComeBack(has: 0);
        server.SendText("welcome token epoch true 1");
    }

    [Theory]
    [InlineData("welcome token epoch true 0")]
    [InlineData("welcome token epoch false 0")]
    [InlineData("welcome token epoch new 1")]
    public void The_first_welcome_is_of_a_new_session(string frame)
    {
        Connect(To(configure: KeepsSession));
        var server = Listener.ExpectConnect(Protocol);
        server.ExpectText("hello");

        server.SendText(frame);

        server.ExpectClose(4400);
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_server_that_does_not_welcome_in_time_is_left_and_dialled_again()
    {
        Connect(To(configure: KeepsSession));
        var server = Listener.ExpectConnect(Protocol);
        server.ExpectText("hello");
        Kit.Advance(Seconds(10));

        server.ExpectClose(4400);
        Close(server, 4400, isAnswer: true);

        Kit.Advance(Handler.Expect<Ws.Reconnecting>().Delay + Tick);
        Listener.ExpectConnect(Protocol).ExpectText("hello");
    }

    [Theory]
    [InlineData(CloseCode.GoingAway)]
    [InlineData(CloseCode.ServiceRestart)]
    [InlineData(CloseCode.TryAgainLater)]
    [InlineData(CloseCode.InternalError)]
    [InlineData(4408)]
    public void It_comes_back_after_a_close_that_wants_it_to(int code)
    {
        var server = Begin();

        Close(server, code);

        ComeBack(has: 0);
    }

    [Theory]
    [InlineData(CloseCode.Normal)]
    [InlineData(CloseCode.MessageTooBig)]
    [InlineData(CloseCode.PolicyViolation)]
    [InlineData(4000)]
    [InlineData(4400)]
    [InlineData(4409)]
    public void Any_other_close_of_the_servers_ends_it_for_good(int code)
    {
        var server = Begin();
        Handler.Tell(Ws.Send.Text("one") with { Ack = 1 });
        server.ExpectText("message 1\none");

        Close(server, code);

        Handler.ExpectSendFailed(1, Ws.SendFailure.Closed);
        Assert.Equal(Ws.Side.Peer, Handler.ExpectClosed(code).By);
        ExpectItIsOver();
    }

    [Fact]
    public void Closed_with_1000_before_it_began_it_has_failed()
    {
        Connect(To(configure: KeepsSession));
        var server = Listener.ExpectConnect(Protocol);
        server.ExpectText("hello");

        Close(server, 4409);

        Assert.Contains("4409 before it started", ExpectMsg<Ws.ConnectFailed>().Reason, StringComparison.Ordinal);
        ExpectItIsOver();
    }

    [Fact]
    public void No_way_back_is_told_to_the_handler_behind_the_end()
    {
        var test = CreateTestProbe();
        Kit.Clients.Tell(new Ws.Connect(Uri, test.Ref) { Source = Listener.Ref, Configure = KeepsSession }, TestActor);
        var server = Listener.ExpectConnect(Protocol);
        server.SendText("welcome token epoch new 0");
        test.ExpectMsg<Ws.Opened>();
        server.Socket.Reset();
        Kit.Advance(test.ExpectMsg<Ws.Reconnecting>().Delay + Tick);

        server = Listener.ExpectDial();
        server.ExpectRequest();
        server.Respond("HTTP/1.1 403 Forbidden");

        test.ExpectMsg<Ws.Closed>();
        Assert.Equal(403, test.ExpectMsg<Ws.ConnectFailed>().Status);
        server.Socket.HalfClose();
        ExpectItIsOver();
    }

    [Fact]
    public void Told_to_close_with_1000_it_waits_until_the_server_has_everything()
    {
        var server = Begin(Limits(static limits => limits with { MaxQueuedBytes = 10, PauseReadingAboveBytes = 10 }));
        Handler.Tell(Ws.Send.Text("12345") with { Ack = 1 });
        Handler.Tell(Ws.Send.Text("67890") with { Ack = 2 });
        Handler.Tell(new Ws.Close());
        Handler.Tell(Ws.Send.Text("late") with { Ack = 3 });
        Handler.ExpectSendFailed(3, Ws.SendFailure.Closing);
        server.ExpectText("message 1\n12345");
        server.SendText("message 1\nstill told");
        Handler.ExpectText("still told");
        server.SendText("ack 1");
        Handler.ExpectAck(1);
        server.ExpectText("message 2\n67890");
        server.ExpectNothing();

        server.SendText("ack 2");

        Handler.ExpectAck(2);
        server.ExpectClose(CloseCode.Normal);
        Close(server, CloseCode.Normal, isAnswer: true);
        Handler.ExpectClosed(CloseCode.Normal);
        ExpectItIsOver();
    }

    [Fact]
    public void It_does_not_wait_for_ever()
    {
        var server = Begin();
        Handler.Tell(Ws.Send.Text("one") with { Ack = 1 });
        server.ExpectText("message 1\none");
        Handler.Tell(new Ws.Close());
        server.ExpectNothing();

        Kit.Advance(Seconds(5));

        server.ExpectClose(CloseCode.Normal);
        Close(server, CloseCode.Normal, isAnswer: true);
        Handler.ExpectSendFailed(1, Ws.SendFailure.Closed);
        Handler.ExpectClosed(CloseCode.Normal);
        ExpectItIsOver();
    }

    [Fact]
    public void Told_to_close_with_another_code_it_goes_at_once_and_leaves_the_session_to_the_server()
    {
        var server = Begin();
        Handler.Tell(Ws.Send.Text("one"));
        Handler.Tell(new Ws.Close(4000));

        server.ExpectText("message 1\none");
        server.ExpectClose(4000);
        Close(server, 4000, isAnswer: true);

        Handler.ExpectClosed(4000);
        ExpectItIsOver();
    }

    [Fact]
    public void Told_to_close_while_it_has_no_connection_it_ends_there()
    {
        Begin().Socket.Reset();
        Handler.Expect<Ws.Reconnecting>();
        Handler.Tell(Ws.Send.Text("kept") with { Ack = 1 });

        Handler.Tell(new Ws.Close());

        Handler.ExpectSendFailed(1, Ws.SendFailure.Closed);
        Assert.False(Handler.ExpectClosed(CloseCode.Normal).WasClean);
        ExpectItIsOver();
    }

    [Fact]
    public void Told_to_close_before_it_began_it_has_failed()
    {
        Connect(To(configure: KeepsSession));
        Listener.Refuse();
        Handler.Expect<Ws.Reconnecting>();

        Handler.Tell(new Ws.Close());

        Assert.Contains("closed before", ExpectMsg<Ws.ConnectFailed>().Reason, StringComparison.Ordinal);
        ExpectItIsOver();
    }

    [Fact]
    public void Pings_and_statistics_are_of_the_connection_that_there_is_in_the_sessions_name()
    {
        var server = Begin();
        var client = Handler.Connection;

        Handler.Tell(Ws.Ping.Instance);
        server.SendFrame(Opcode.Pong, server.ExpectPing());
        client.Tell(Ws.GetStats.Instance, TestActor);

        Assert.Equal(client, Handler.Expect<Ws.Ponged>().Connection);
        Assert.Equal(client, ExpectMsg<Ws.Stats>().Connection);
    }

    [Fact]
    public void It_joins_no_topics_for_they_would_go_past_the_session()
    {
        Begin();

        Handler.Tell(new Ws.Join("news"));

        Assert.Contains("join on the server", Handler.Expect<Ws.JoinFailed>().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_handler_that_asks_is_told_no_more_and_what_is_held_outlives_the_socket()
    {
        Connect(To(configure: KeepsSession) with { Pull = true });
        var server = Listener.ExpectConnect(Protocol);
        server.SendText("welcome token epoch new 0");
        Handler.ExpectOpened();
        server.SendText("message 1\none");
        server.SendText("message 2\ntwo");
        server.SendText("message 3\nthree");
        Kit.AwaitIdle();
        Handler.ExpectNothing();
        Handler.Tell(Ws.Demand.One);
        Handler.ExpectText("one");
        Kit.AwaitIdle();
        Handler.ExpectNothing();

        server = Break(server, has: 3);
        server.SendText("welcome token epoch true 0");
        Handler.Tell(new Ws.Demand(3));
        Handler.ExpectText("two");
        Handler.ExpectText("three");
        server.SendText("message 4\nfour");
        server.SendText("message 5\nfive");

        Handler.ExpectText("four");
        Kit.AwaitIdle();
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_handler_that_asks_for_nothing_makes_it_stop_reading()
    {
        Connect(To(configure: KeepsSession) with { Pull = true });
        var server = Listener.ExpectConnect(Protocol);
        server.SendText("welcome token epoch new 0");
        Handler.ExpectOpened();

        for (var i = 1; i <= 40; i++)
        {
            server.SendText($"message {i}\nx");
        }

        Kit.Advance(Seconds(1));
        server.ExpectText("hello");
        server.ExpectText("ack 16");
        server.ExpectNothing();
        Handler.Tell(new Ws.Demand(40));
        for (var i = 1; i <= 40; i++)
        {
            Handler.ExpectText("x");
        }

        Kit.Advance(Seconds(1));
        server.ExpectText("ack 40");
    }

    [Fact]
    public void A_handler_of_its_own_lives_as_long_as_the_session_and_hears_its_end()
    {
        var server = BeginOwn();
        server.SendText("message 1\none");
        server.ExpectText("message 1\n1");
        server.Socket.Reset();
        Kit.Advance(Seconds(1));
        server = Listener.ExpectConnect(Protocol);
        server.ExpectText("hello token epoch 1");
        server.SendText("welcome token epoch true 1");
        server.SendText("message 2\ntwo");
        server.ExpectText("message 2\n2");
        server.SendText("message 3\nfail");
        server.SendText("message 4\nthree");
        server.ExpectText("message 3\n1 resumed");

        Close(server, CloseCode.Normal);

        ExpectMsg("closed with 1000");
        ExpectItIsOver();
    }

    [Fact]
    public void A_handler_of_its_own_that_stops_is_closed_with_1000_when_the_server_has_what_it_said()
    {
        var server = BeginOwn();
        server.SendText("message 1\nstop");
        server.ExpectText("message 1\nlast");
        server.ExpectNothing();

        server.SendText("ack 1");

        server.ExpectClose(CloseCode.Normal);
        Close(server, CloseCode.Normal, isAnswer: true);
        ExpectItIsOver();
    }

    [Fact]
    public void A_handler_of_its_own_that_fails_too_often_is_closed_with_1011()
    {
        var server = BeginOwn();
        for (var i = 1; i <= 11; i++)
        {
            server.SendText($"message {i}\nfail");
        }

        server.ExpectClose(CloseCode.InternalError);
        Close(server, CloseCode.InternalError, isAnswer: true);
        ExpectItIsOver();
    }

    [Fact]
    public void A_handler_that_lives_elsewhere_and_stops_is_closed_with_1011()
    {
        var server = Begin();

        Handler.Stop(Sys);

        server.ExpectClose(CloseCode.InternalError);
        Close(server, CloseCode.InternalError, isAnswer: true);
        ExpectItIsOver();
    }

    private ServerProbe BeginOwn()
    {
        Connect(new Ws.Connect(Uri, Props.Create<Counter>(TestActor)) { Source = Listener.Ref, Configure = KeepsSession });
        var server = Listener.ExpectConnect(Protocol);
        server.ExpectText("hello");
        server.SendText("welcome token epoch new 0");
        ExpectMsg<Ws.Connected>();
        return server;
    }

    /// <summary>Answers with the number of messages since its last start.</summary>
    private sealed class Counter(IActorRef told) : UntypedActor
    {
        private int _count;

        private string _resumed = "";

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Ws.Received { Text: "fail" }: throw new InvalidOperationException("told to fail");
                case Ws.Received { Text: "stop" }:
                    Sender.Tell(Ws.Send.Text("last"));
                    Context.Stop(Self);
                    break;
                case Ws.Opened opened: _resumed = opened.IsRestart ? " resumed" : ""; break;
                case Ws.Received: Sender.Tell(Ws.Send.Text($"{++_count}{_resumed}")); break;
                case Ws.Closed closed: told.Tell($"closed with {closed.Code}"); break;
            }
        }
    }

    /// <summary>Begins a session of the second version, with clocks that are shorter than the server's.</summary>
    private ServerProbe BeginWithPings()
    {
        var (ping, pong) = (Seconds(0.5), Seconds(1));
        Connect(To(configure: options => KeepsSession(options) with { Limits = options.Limits with { PingInterval = ping, PongTimeout = pong } }));
        var server = Listener.ExpectConnect("Sec-WebSocket-Protocol: wsactors.session.v2");
        server.ExpectText("hello");
        server.SendText("welcome token epoch new 0");
        Handler.ExpectOpened();
        ExpectMsg<Ws.Connected>();
        return server;
    }
}
