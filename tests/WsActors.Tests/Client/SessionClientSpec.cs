using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Dispatch;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;
using WsActors.Sessions.Subprotocol;
using WsActors.TestKit;

namespace WsActors.Tests.Client;

/// <summary>A client with a session: it has many sockets, and to its handler it is one connection.</summary>
public sealed class SessionClientSpec : SessionSpec
{
    [Theory]
    [InlineData("chat")]
    [InlineData("wsactors.session.v1", "chat")]
    [InlineData("wsactors.session.v1", "wsactors.session.v2", "chat")]
    public void The_sessions_subprotocol_is_offered_first_and_not_told_to_the_handler(params string[] own)
    {
        Connect(To(configure: KeepsSession) with { Subprotocols = own });
        var server = Listener.ExpectDial();
        var request = server.Accept(Protocol);
        Assert.Equal("wsactors.session.v3, wsactors.session.v2, wsactors.session.v1, chat", request.Headers["Sec-WebSocket-Protocol"]);
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
    public void A_server_without_sessions_fails_the_connect_finally(params string[] headers)
    {
        Connect(To(configure: KeepsSession) with { Subprotocols = ["chat"] });

        var server = Listener.ExpectConnect(headers);

        server.ExpectClose(CloseCode.Normal);
        server.Socket.HalfClose();
        var failed = ExpectMsg<Ws.ConnectFailed>();
        Assert.Contains("has no sessions", failed.Reason, StringComparison.Ordinal);
        Assert.True(failed.IsFinal);
        ExpectItIsOver();
    }

    [Fact]
    public void A_server_that_does_not_read_is_kept_by_its_session_pings()
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
    public void A_session_pong_is_accepted()
    {
        var server = BeginWithPings();

        server.SendText("pong");
        server.SendText("message 1\none");

        Handler.ExpectText("one");
    }

    [Theory]
    [InlineData("ping")]
    [InlineData("pong")]
    public void Pings_in_version_1_are_a_violation(string frame)
    {
        var server = Begin();

        server.SendText(frame);

        server.ExpectClose(SessionProtocol.BrokenCode);
    }

    [Fact]
    public void A_session_refuses_MaxChunkBytes()
    {
        Connect(To(configure: KeepsSession) with { MaxChunkBytes = 100 });

        Assert.Contains("MaxChunkBytes", ExpectMsg<Ws.ConnectFailed>().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_break_is_told_as_Reconnecting_only_and_no_message_repeats()
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
    public void A_sender_is_acknowledged_after_the_servers_ack()
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
    public void Unacknowledged_and_new_messages_are_sent_in_order_after_a_break()
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

        server = Reconnect(has: 0);
        server.SendText("welcome token epoch true 2");

        Handler.ExpectAck("two");
        server.ExpectText("message 3\nthree");
        server.ExpectText("message 4\nfour");
        server.SendText("ack 4");
        Handler.ExpectAck("three");
        Handler.ExpectAck("four");
    }

    [Fact]
    public void The_window_is_half_of_the_connections_send_queue()
    {
        var server = Begin(static options => options with
        {
            SendQueue = options.SendQueue with { MaxBytes = 1000, PauseReadingAboveBytes = 1000 },
        });
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
    public void A_message_above_the_limit_fails_and_the_handler_is_told_Dropped()
    {
        Begin(static options => options with { Session = options.Session with { MaxUnacknowledgedMessages = 2 } }).Socket.Reset();
        Kit.AwaitIdle();
        Handler.Tell(Ws.Send.Text("one"));
        Handler.Tell(Ws.Send.Text("two"));
        Handler.Tell(Ws.Send.Text("three") with { Ack = 3 });
        Handler.Tell(Ws.Send.Text("four") with { Ack = 4, Overflow = Ws.OverflowPolicy.Drop });
        Handler.Tell(Ws.Send.Text("five"));

        var server = Reconnect(has: 0);
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
    public void Bytes_are_bounded_and_the_handler_is_told_Congested()
    {
        var server = Begin(static options => options with { Session = options.Session with { MaxUnacknowledgedBytes = 100 } });
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
    public void A_streamed_message_fails_in_a_session()
    {
        Begin();

        Handler.Tell(Ws.Send.Stream(MessageKind.Text, AsyncEnumerable.Empty<ReadOnlyMemory<byte>>()) with { Ack = 1 });

        Handler.ExpectSendFailed(1, Ws.SendFailure.SourceFailed);
    }

    [Fact]
    public void An_ack_is_sent_200_ms_after_a_message()
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
    public void An_ack_is_sent_at_32_messages_or_64_KiB()
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
    public void A_message_of_the_largest_size_is_accepted_with_its_header()
    {
        var server = Begin(static options => options with { Message = new MessageOptions { MaxBytes = 100 } });

        server.SendText($"message 1\n{new string('x', 100)}");

        Handler.ExpectText(new string('x', 100));
    }

    [Fact]
    public void A_lost_session_fails_unacknowledged_messages_and_a_new_one_starts()
    {
        var server = Begin();
        server.SendText("message 1\nold");
        Handler.ExpectText("old");
        Handler.Tell(Ws.Send.Text("sent") with { Ack = 1 });
        server.ExpectText("message 1\nsent");
        server.Socket.Reset();
        Kit.AwaitIdle();
        Handler.Tell(Ws.Send.Text("kept") with { Ack = 2 });
        server = Reconnect(has: 1);

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
        Reconnect(has: 1, session: "other later");
    }

    [Theory]
    [InlineData("message 2\nx")]
    [InlineData("message 01\nx")]
    [InlineData("ack 1")]
    [InlineData("hello")]
    [InlineData("ping")]
    [InlineData("pong")]
    [InlineData("welcome token epoch true 0")]
    public void An_invalid_frame_closes_with_4400_and_the_client_reconnects(string frame)
    {
        var server = Begin();

        server.SendText(frame);
        server.SendText("message 1\nignored");

        server.ExpectClose(4400);
        Close(server, 4400, isAnswer: true);
        server = Reconnect(has: 0);
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
    public void A_welcome_that_does_not_match_the_hello_closes_with_4400_and_the_client_reconnects(string frame)
    {
        var server = Begin();
        Handler.Tell(Ws.Send.Text("one"));
        server.ExpectText("message 1\none");
        server = Break(server, has: 0);

        server.SendText(frame);

        server.ExpectClose(4400);
        Close(server, 4400, isAnswer: true);
        server = Reconnect(has: 0);
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
    public void A_missing_welcome_is_followed_by_a_reconnect()
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
    public void A_temporary_close_is_followed_by_a_reconnect(int code)
    {
        var server = Begin();

        Close(server, code);

        Reconnect(has: 0);
    }

    [Theory]
    [InlineData(CloseCode.Normal)]
    [InlineData(CloseCode.MessageTooBig)]
    [InlineData(CloseCode.PolicyViolation)]
    [InlineData(4000)]
    [InlineData(4400)]
    [InlineData(4409)]
    public void Any_other_close_of_the_server_ends_the_session(int code)
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
    public void A_close_before_the_session_started_fails_the_connect()
    {
        Connect(To(configure: KeepsSession));
        var server = Listener.ExpectConnect(Protocol);
        server.ExpectText("hello");

        Close(server, 4409);

        Assert.Contains("4409 before it started", ExpectMsg<Ws.ConnectFailed>().Reason, StringComparison.Ordinal);
        ExpectItIsOver();
    }

    [Fact]
    public void A_final_connect_failure_is_told_to_the_handler_after_Closed()
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
    public void A_close_with_1000_waits_until_all_messages_are_acknowledged()
    {
        var server = Begin(static options => options with
        {
            SendQueue = options.SendQueue with { MaxBytes = 10, PauseReadingAboveBytes = 10 },
        });
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
    public void A_close_with_1000_stops_waiting_for_acks_at_the_close_timeout()
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
    public void A_close_with_another_code_closes_at_once_and_keeps_the_servers_session()
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
    public void A_close_without_a_connection_ends_the_session()
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
    public void A_close_command_before_the_session_started_fails_the_connect()
    {
        Connect(To(configure: KeepsSession));
        Listener.Refuse();
        Handler.Expect<Ws.Reconnecting>();

        Handler.Tell(new Ws.Close());

        Assert.Contains("closed before", ExpectMsg<Ws.ConnectFailed>().Reason, StringComparison.Ordinal);
        ExpectItIsOver();
    }

    [Fact]
    public void Pings_and_statistics_are_those_of_the_current_connection()
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
    public void A_join_fails_in_a_clients_session()
    {
        Begin();

        Handler.Tell(new Ws.Join("news"));

        Assert.Contains("join on the server", Handler.Expect<Ws.JoinFailed>().Reason, StringComparison.Ordinal);
    }

    /// <summary>A demand between the start of a connection and the moment from which demands count for it must not be lost.</summary>
    [Fact]
    public void A_demand_while_the_client_resumes_is_not_lost()
    {
        Connect(To(configure: KeepsSession) with { Pull = true });
        var server = Listener.ExpectConnect(Protocol);
        server.SendText("welcome token epoch new 0");
        Handler.ExpectOpened();
        server.Socket.Reset();
        Kit.Advance(FirstTickAfter(Handler.Expect<Ws.Reconnecting>().Delay));
        var session = (ActorCell)((ActorRefWithCell)Handler.Connection).Underlying;
        Suspend(session.Dispatcher, session);
        server = Listener.ExpectConnect(Protocol);
        server.Socket.Connection.Tell(new Identify("open"), TestActor);
        ExpectMsg<Ws.Connected>();
        ExpectMsg<ActorIdentity>();

        Handler.Tell(Ws.Demand.One);
        Resume(session.Dispatcher, session);

        server.ExpectText("hello token epoch 0");
        server.SendText("welcome token epoch true 0");
        server.SendText("message 1\none");
        Handler.ExpectText("one");
    }

    [Fact]
    public void A_pulling_handler_gets_messages_by_demand_and_held_ones_outlive_the_socket()
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
    public void Without_demand_reading_stops()
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
    public void A_child_handler_lives_as_long_as_the_session_and_is_told_Closed()
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
    public void A_stopped_child_handler_closes_with_1000_after_all_messages_are_acknowledged()
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
    public void A_child_handler_that_fails_too_often_closes_with_1011()
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
    public void A_stopped_external_handler_closes_with_1011()
    {
        var server = Begin();

        Handler.Stop(Sys);

        server.ExpectClose(CloseCode.InternalError);
        Close(server, CloseCode.InternalError, isAnswer: true);
        ExpectItIsOver();
    }

    // A suspended actor gets its messages later, and its children continue, which Akka's own Suspend stops as well.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Suspend")]
    private static extern void Suspend(MessageDispatcher dispatcher, ActorCell actor);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Resume")]
    private static extern void Resume(MessageDispatcher dispatcher, ActorCell actor);

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
    private sealed class Counter(IActorRef test) : UntypedActor
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
                case Ws.Closed closed: test.Tell($"closed with {closed.Code}"); break;
            }
        }
    }

    /// <summary>Starts a session of the second version, with shorter deadlines than the server's.</summary>
    private ServerProbe BeginWithPings()
    {
        var (ping, pong) = (Seconds(0.5), Seconds(1));
        Connect(To(configure: options => KeepsSession(options) with
        {
            KeepAlive = options.KeepAlive with { PingInterval = ping, PongTimeout = pong },
        }));
        var server = Listener.ExpectConnect("Sec-WebSocket-Protocol: wsactors.session.v2");
        server.ExpectText("hello");
        server.SendText("welcome token epoch new 0");
        Handler.ExpectOpened();
        ExpectMsg<Ws.Connected>();
        return server;
    }
}
