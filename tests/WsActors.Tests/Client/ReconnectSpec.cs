using Akka.Actor;
using Akka.Event;
using WsActors.Protocol;
using WsActors.TestKit;

namespace WsActors.Tests.Client;

/// <summary>A client that reconnects: its causes, its delays, and its end.</summary>
public sealed class ReconnectSpec : ClientSpec
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    public ReconnectSpec()
        : base("ws-actors { tick = 10ms, keep-alive.ping-interval = off }")
    {
    }

    [Fact]
    public void Reconnecting_is_off_by_default()
    {
        var server = Open();

        server.Socket.Reset();

        Handler.ExpectClosed(CloseCode.Abnormal);
        Kit.Advance(Seconds(1));
        Listener.ExpectNoDial();
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_broken_connection_is_dialed_again_and_the_reference_stays()
    {
        var server = Open(Reconnects);
        var client = Handler.Connection;
        server.Socket.Reset();
        Handler.ExpectClosed(CloseCode.Abnormal);

        ExpectAttempt(1);
        server = Listener.ExpectConnect();

        Assert.Equal(client, Handler.ExpectOpened().Connection);
        Handler.Tell(Ws.Send.Text("back") with { Ack = "taken" });
        server.ExpectText("back");
        Handler.ExpectAck("taken");
        server.SendText("welcome");
        Assert.Equal(client, Handler.ExpectText("welcome").Connection);
        client.Tell(Ws.GetStats.Instance, TestActor);
        Assert.Equal(client, ExpectMsg<Ws.Stats>().Connection);
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void The_next_dial_starts_after_the_delay_and_not_before()
    {
        Open(Reconnects).Socket.Reset();
        Handler.ExpectClosed(CloseCode.Abnormal);

        var delay = Handler.Expect<Ws.Reconnecting>().Delay;

        Kit.Advance(FirstTickAfter(delay) - Tick);
        Listener.ExpectNoDial();
        Kit.Advance(Tick);
        Listener.ExpectDial();
    }

    [Fact]
    public void Delays_are_random_parts_of_a_bound_that_doubles_up_to_30_seconds()
    {
        Connect(To(configure: Reconnects));
        double[] most = [0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30];
        var delays = new List<TimeSpan>();
        for (var i = 0; i < most.Length; i++)
        {
            Listener.Refuse();
            var next = ExpectAttempt(i + 1);
            Assert.InRange(next.Delay, TimeSpan.Zero, Seconds(most[i]));
            Assert.Contains("no server accepts the connection", next.Reason, StringComparison.Ordinal);
            delays.Add(next.Delay);
        }

        Assert.Equal(most.Length, delays.Distinct().Count());
        Listener.ExpectConnect();
        Handler.ExpectOpened();
        ExpectMsg<Ws.Connected>();
    }

    [Fact]
    public void A_connection_of_10_seconds_resets_the_delay_and_a_shorter_one_does_not()
    {
        Connect(To(configure: Reconnects));
        Listener.Refuse();
        ExpectAttempt(1);
        Listener.Refuse();
        ExpectAttempt(2);
        var server = Listener.ExpectConnect();
        Handler.ExpectOpened();
        Kit.Advance(Seconds(10) - Tick);
        server.Socket.Reset();
        Handler.ExpectClosed(CloseCode.Abnormal);
        ExpectAttempt(3);

        server = Listener.ExpectConnect();
        Handler.ExpectOpened();
        Kit.Advance(Seconds(10));
        server.Socket.Reset();

        Handler.ExpectClosed(CloseCode.Abnormal);
        ExpectAttempt(1);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(520)]
    [InlineData(522)]
    [InlineData(530)]
    public void A_temporary_status_is_followed_by_another_attempt(int status)
    {
        Connect(To(configure: Reconnects));
        Respond($"HTTP/1.1 {status} Whatever");

        Assert.Equal(1, Handler.Expect<Ws.Reconnecting>().Attempt);
    }

    [Theory]
    [InlineData("20", 20)]
    [InlineData("3600", 30)]
    [InlineData("3000000000", 30)]
    public void Retry_After_of_a_503_is_the_minimum_delay_up_to_the_maximum(string asked, int granted)
    {
        Connect(To(configure: Reconnects));
        Respond("HTTP/1.1 503 Service Unavailable", $"Retry-After: {asked}");

        Assert.Equal(Seconds(granted), Handler.Expect<Ws.Reconnecting>().Delay);
    }

    [Theory]
    [InlineData(CloseCode.GoingAway)]
    [InlineData(CloseCode.ServiceRestart)]
    [InlineData(CloseCode.InternalError)]
    [InlineData(CloseCode.NoStatus)]
    [InlineData(4000)]
    public void A_close_with_another_code_than_1000_is_followed_by_a_reconnect(int code)
    {
        var server = Open(Reconnects);

        Close(server, code == CloseCode.NoStatus ? null : code);

        Handler.ExpectClosed(code);
        Assert.Contains($"{code} by the server", ExpectAttempt(1).Reason, StringComparison.Ordinal);
        Listener.ExpectConnect();
    }

    [Fact]
    public void A_close_with_1000_ends_the_client()
    {
        Close(Open(Reconnects), CloseCode.Normal);

        Handler.ExpectClosed(CloseCode.Normal);
        ExpectItIsOver();
    }

    [Fact]
    public void A_violation_of_the_server_is_followed_by_a_reconnect()
    {
        var server = Open(Reconnects);
        server.Send([0x81, 0x80, 0, 0, 0, 0]);
        server.ExpectClose(CloseCode.ProtocolError);
        server.Socket.HalfClose();

        Handler.ExpectClosed(CloseCode.ProtocolError);
        Assert.Contains("1002 by the client", ExpectAttempt(1).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failing_connection_is_followed_by_a_reconnect()
    {
        var server = Open(Reconnects);

        server.Connection.Tell(Kill.Instance);

        Handler.ExpectClosed(CloseCode.InternalError);
        ExpectAttempt(1);
        Listener.ExpectConnect();
        Handler.ExpectOpened();
    }

    [Fact]
    public void A_Close_command_ends_the_client()
    {
        var server = Open(Reconnects);

        Handler.Tell(new Ws.Close(4000));
        server.ExpectClose(4000);
        Close(server, 4000, isAnswer: true);

        Handler.ExpectClosed(4000);
        ExpectItIsOver();
    }

    [Fact]
    public void A_Close_command_while_it_waits_ends_the_client_and_fails_the_connect()
    {
        Connect(To(configure: Reconnects));
        Listener.Refuse();
        Handler.Expect<Ws.Reconnecting>();

        Handler.Tell(new Ws.Close());

        Assert.Contains("closed before it opened", ExpectMsg<Ws.ConnectFailed>().Reason, StringComparison.Ordinal);
        ExpectItIsOver();
    }

    [Fact]
    public void A_Close_command_while_it_dials_ends_the_client()
    {
        var server = Open(Reconnects);
        server.Socket.Reset();
        Handler.ExpectClosed(CloseCode.Abnormal);
        ExpectAttempt(1);
        Listener.Ignore();

        Handler.Tell(new Ws.Close());

        ExpectItIsOver();
    }

    [Theory]
    [InlineData("HTTP/1.1 401 Unauthorized")]
    [InlineData("HTTP/1.1 404 Not Found")]
    [InlineData("HTTP/1.1 302 Found")]
    [InlineData("HTTP/1.1 101 Switching Protocols")]
    [InlineData("SSH-2.0-OpenSSH_9.6")]
    public void A_final_response_ends_the_client(string line)
    {
        Connect(To(configure: Reconnects));

        Respond(line);

        ExpectMsg<Ws.ConnectFailed>();
        ExpectItIsOver();
    }

    [Fact]
    public void A_final_response_after_the_first_connection_is_told_to_the_handler()
    {
        var handler = CreateTestProbe();
        Connect(new Ws.Connect(Uri, handler.Ref) { Source = Listener.Ref, Configure = Reconnects });
        var server = Listener.ExpectConnect();
        handler.ExpectMsg<Ws.Opened>();
        ExpectMsg<Ws.Connected>();
        server.Socket.Reset();
        handler.ExpectMsg<Ws.Closed>();
        handler.ExpectMsg<Ws.Reconnecting>();
        Kit.Advance(Seconds(1));

        Respond("HTTP/1.1 403 Forbidden");

        Assert.Equal(403, handler.ExpectMsg<Ws.ConnectFailed>().Status);
        ExpectItIsOver();
    }

    [Fact]
    public void A_message_sent_while_it_waits_fails_and_is_not_kept()
    {
        Open(Reconnects).Socket.Reset();
        Handler.ExpectClosed(CloseCode.Abnormal);
        Handler.Expect<Ws.Reconnecting>();

        Handler.Tell(Ws.Send.Text("lost") with { Ack = 1 });

        Handler.ExpectSendFailed(1, Ws.SendFailure.Closed);
        Kit.Advance(Seconds(1));
        Listener.ExpectConnect().ExpectNothing();
    }

    [Fact]
    public void Each_send_with_an_ack_is_answered_once_across_a_break()
    {
        var server = Open(Reconnects);
        Handler.IgnoreCongestion();
        var client = Handler.Connection;
        server.Socket.StopReading();
        for (var i = 0; i < 100; i++)
        {
            Handler.Tell(Ws.Send.Text("lost") with { Ack = i });
        }

        server.Connection.Tell(Kill.Instance);
        for (var i = 100; i < 200; i++)
        {
            Handler.Tell(Ws.Send.Text("lost") with { Ack = i });
        }

        var answered = new HashSet<object?>();
        while (answered.Count < 200)
        {
            var happened = Handler.Expect<Ws.IEvent>();
            if (happened is Ws.SendFailed failed)
            {
                Assert.Equal(client, failed.Connection);
                Assert.True(answered.Add(failed.Send.Ack));
            }
        }
    }

    [Fact]
    public void A_stopped_handler_ends_the_client()
    {
        var server = Open(Reconnects);

        Handler.Stop(Sys);

        server.ExpectClose(CloseCode.InternalError);
        Close(server, CloseCode.InternalError, isAnswer: true);
        ExpectItIsOver();
    }

    [Fact]
    public void A_handler_stopped_while_it_waits_ends_the_client()
    {
        Connect(To(configure: Reconnects));
        Listener.Refuse();
        Handler.Expect<Ws.Reconnecting>();

        Handler.Stop(Sys);

        Assert.Contains("handler", ExpectMsg<Ws.ConnectFailed>().Reason, StringComparison.Ordinal);
        ExpectItIsOver();
    }

    [Fact]
    public void A_child_handler_outlives_connections()
    {
        var server = OpenOwn();
        server.SendText("one");
        server.ExpectText("1");
        server.Socket.Reset();
        Kit.Advance(Seconds(1));
        server = Listener.ExpectConnect();

        server.SendText("two");

        server.ExpectText("2");
    }

    [Fact]
    public void A_child_handler_is_restarted_and_too_many_failures_close_with_1011_for_good()
    {
        var server = OpenOwn();
        server.SendText("fail");
        server.SendText("one");
        server.ExpectText("1");

        for (var i = 0; i < 10; i++)
        {
            server.SendText("fail");
        }

        server.ExpectClose(CloseCode.InternalError);
        Close(server, CloseCode.InternalError, isAnswer: true);
        ExpectItIsOver();
    }

    [Fact]
    public void A_restarted_child_handler_is_told_Opened_of_the_current_connection()
    {
        var server = OpenOwn();
        server.Socket.Reset();
        Kit.Advance(Seconds(1));
        server = Listener.ExpectConnect();
        server.SendText("fail");
        server.SendText("resumed");

        server.ExpectText("1 of True");
    }

    [Fact]
    public void Demand_ends_with_its_connection()
    {
        var server = OpenSlow(out var handler);
        for (var i = 0; i < 3; i++)
        {
            server.SendText("wait");
            ExpectMsg("waits");
            server.SendText("behind it");
            Kit.AwaitIdle();
            server.Socket.Reset();
            Kit.Advance(Seconds(1));
            server = Listener.ExpectConnect();
            Kit.AwaitIdle();
            Slow.Gate.Release();
            ExpectMsg("behind it");
            ExpectMsg("opened");
        }

        ExpectWindow(server, handler);
    }

    [Fact]
    public void Demand_for_a_connection_unknown_to_the_handler_ends_with_it()
    {
        var server = OpenSlow(out var handler);
        for (var i = 0; i < 2; i++)
        {
            server.SendText("wait");
            Kit.AwaitIdle();
            server.Socket.Reset();
            Kit.Advance(Seconds(1));
            server = Listener.ExpectConnect();
            Kit.AwaitIdle();
        }

        ExpectMsg("waits");
        Slow.Gate.Release();
        ExpectMsg("opened");
        ExpectMsg("opened");
        ExpectWindow(server, handler);
    }

    [Fact]
    public void A_probe_answer_while_the_client_waits_is_not_logged()
    {
        var server = OpenSlow(out _);
        server.SendText("wait");
        ExpectMsg("waits");
        server.Socket.Reset();
        Kit.Advance(Seconds(1));
        server = Listener.ExpectConnect();
        Kit.AwaitIdle(); // By now the handler was probed at the start of this connection.
        server.Socket.Reset();
        Kit.AwaitIdle();

        Logged.ExpectNone<Warning>(this, () =>
        {
            Slow.Gate.Release();
            ExpectMsg("opened");
            Kit.AwaitIdle();
        });
    }

    [Fact]
    public void A_stopped_child_handler_closes_with_1000_for_good()
    {
        var server = OpenOwn();

        server.SendText("stop");

        server.ExpectClose(CloseCode.Normal);
        Close(server, CloseCode.Normal, isAnswer: true);
        ExpectItIsOver();
    }

    [Fact]
    public void A_child_handler_is_told_the_end_before_it_stops()
    {
        var server = OpenOwn();

        Close(server, CloseCode.Normal);

        ExpectMsg("closed with 1000");
        ExpectMsg("stopped");
        ExpectItIsOver();
    }

    private ServerProbe OpenOwn()
    {
        Connect(new Ws.Connect(Uri, Props.Create<Counter>(TestActor)) { Source = Listener.Ref, Configure = Reconnects });
        var server = Listener.ExpectConnect();
        ExpectMsg<Ws.Connected>();
        IgnoreMessages(static message => message is "closed with 1006" or "closed with 1011" or "stopped by itself");
        return server;
    }

    /// <summary>20 messages arrive while the handler is blocked: three are delivered before further demand, and finally all.</summary>
    private void ExpectWindow(ServerProbe server, ActorRefWithCell handler)
    {
        server.SendText("wait");
        ExpectMsg("waits");
        for (var i = 0; i < 20; i++)
        {
            server.SendText("behind it");
        }

        Kit.AwaitIdle();
        Assert.Equal(3, handler.Underlying.NumberOfMessages);
        Slow.Gate.Release();
        for (var i = 0; i < 20; i++)
        {
            ExpectMsg("behind it");
        }
    }

    private ServerProbe OpenSlow(out ActorRefWithCell handler)
    {
        handler = (ActorRefWithCell)Sys.ActorOf(Props.Create<Slow>(TestActor));
        Kit.Clients.Tell(
            new Ws.Connect(Uri, handler)
            {
                Source = Listener.Ref,
                Pull = true,
                Configure = static options => options with
                {
                    Reconnect = options.Reconnect with { Enabled = true, MinBackoff = Seconds(0.1), MaxBackoff = Seconds(0.1) },
                },
            },
            CreateTestProbe());
        var server = Listener.ExpectConnect();
        ExpectMsg("opened");
        return server;
    }

    private void Respond(string line, params string[] headers)
    {
        var server = Listener.ExpectDial();
        server.ExpectRequest();
        server.Respond(line, headers);
        server.Socket.ExpectHalfClose();
    }

    private static void Close(ServerProbe server, int? code, bool isAnswer = false)
    {
        server.SendClose(code);
        if (!isAnswer)
        {
            server.ExpectClose(code ?? CloseCode.NoStatus);
        }

        server.Socket.HalfClose();
        server.Socket.ExpectHalfClose();
    }

    /// <summary>Expects that it waits for an attempt of that number, and advances the time.</summary>
    private Ws.Reconnecting ExpectAttempt(int number)
    {
        var next = Handler.Expect<Ws.Reconnecting>();
        Assert.Equal(number, next.Attempt);
        Kit.Advance(FirstTickAfter(next.Delay));
        return next;
    }

    private static TimeSpan FirstTickAfter(TimeSpan delay) => Math.Max(1, Math.Ceiling(delay / Tick)) * Tick;

    private void ExpectItIsOver()
    {
        Kit.Advance(Seconds(1));
        Listener.ExpectNoDial();
        Assert.Empty(((ActorRefWithCell)Kit.Clients).Children);
    }

    /// <summary>Wants four messages at a time, and stops in the middle of "wait".</summary>
    private sealed class Slow(IActorRef test) : WebSocketHandler
    {
        public static readonly SemaphoreSlim Gate = new(0);

        protected override int Window => 4;

        protected override void OnOpened(Ws.Opened opened) => test.Tell("opened");

        protected override void OnMessage(object message)
        {
        }

        protected override void OnText(string text)
        {
            if (text == "wait")
            {
                test.Tell("waits");
                Assert.True(Gate.Wait(TimeSpan.FromMinutes(1)));
            }
            else
            {
                test.Tell(text);
            }
        }
    }

    /// <summary>Answers with the number of messages since its last start.</summary>
    private sealed class Counter(IActorRef test) : UntypedActor
    {
        private int _count;

        private bool _isResumed;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Ws.Received { Text: "fail" }: throw new InvalidOperationException("told to fail");
                case Ws.Received { Text: "stop" }: Context.Stop(Self); break;
                case Ws.Opened opened: _isResumed = opened.IsRestart; break;
                case Ws.Received { Text: "resumed" }: Sender.Tell(Ws.Send.Text($"{++_count} of {_isResumed}")); break;
                case Ws.Received: Sender.Tell(Ws.Send.Text($"{++_count}")); break;
                case Ws.Closed closed: test.Tell($"closed with {closed.Code}"); break;
            }
        }

        protected override void PostStop() => test.Tell("stopped");
    }
}
