using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using WsActors.Manager;
using WsActors.Protocol;
using WsActors.TestKit;

namespace WsActors.Tests.Client;

/// <summary>A client that connects again: when, how long it waits, and when it gives up.</summary>
public sealed class ReconnectSpec : ClientSpec
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    public ReconnectSpec()
        : base("ws-actors { tick = 10ms, keep-alive.ping-interval = off }")
    {
    }

    [Fact]
    public void It_is_off_unless_it_is_switched_on()
    {
        var server = Open();

        server.Socket.Reset();

        Handler.ExpectClosed(CloseCode.Abnormal);
        Kit.Advance(Seconds(1));
        Listener.ExpectNoDial();
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_connection_that_breaks_is_made_again_and_its_reference_stays()
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
    public void It_dials_again_when_the_delay_is_over_and_not_a_tick_before()
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
    public void Delays_are_random_parts_of_twice_as_much_each_time_up_to_30_seconds()
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
    public void A_connection_that_lasted_10_seconds_ends_the_doubling_and_a_shorter_one_does_not()
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
    public void A_status_that_passes_is_followed_by_another_attempt(int status)
    {
        Connect(To(configure: Reconnects));
        Respond($"HTTP/1.1 {status} Whatever");

        Assert.Equal(1, Handler.Expect<Ws.Reconnecting>().Attempt);
    }

    [Theory]
    [InlineData("20", 20)]
    [InlineData("3600", 30)]
    [InlineData("3000000000", 30)]
    public void What_a_503_asks_for_is_waited_at_least_but_not_beyond_the_longest_delay(string asked, int granted)
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
    public void A_server_that_closes_with_anything_but_1000_is_connected_to_again(int code)
    {
        var server = Open(Reconnects);

        Close(server, code == CloseCode.NoStatus ? null : code);

        Handler.ExpectClosed(code);
        Assert.Contains($"{code} by the server", ExpectAttempt(1).Reason, StringComparison.Ordinal);
        Listener.ExpectConnect();
    }

    [Fact]
    public void A_server_that_closes_with_1000_is_not()
    {
        Close(Open(Reconnects), CloseCode.Normal);

        Handler.ExpectClosed(CloseCode.Normal);
        ExpectItIsOver();
    }

    [Fact]
    public void Our_own_fault_finding_does_not_end_it()
    {
        var server = Open(Reconnects);
        server.Send([0x81, 0x80, 0, 0, 0, 0]);
        server.ExpectClose(CloseCode.ProtocolError);
        server.Socket.HalfClose();

        Handler.ExpectClosed(CloseCode.ProtocolError);
        Assert.Contains("1002 by us", ExpectAttempt(1).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_that_fails_by_itself_does_not_end_it()
    {
        var server = Open(Reconnects);

        server.Connection.Tell(Kill.Instance);

        Handler.ExpectClosed(CloseCode.InternalError);
        ExpectAttempt(1);
        Listener.ExpectConnect();
        Handler.ExpectOpened();
    }

    [Fact]
    public void Closed_by_command_it_does_not_come_back()
    {
        var server = Open(Reconnects);

        Handler.Tell(new Ws.Close(4000));
        server.ExpectClose(4000);
        Close(server, 4000, isAnswer: true);

        Handler.ExpectClosed(4000);
        ExpectItIsOver();
    }

    [Fact]
    public void Closed_by_command_while_it_waits_it_stops_waiting_and_who_still_asks_is_told()
    {
        Connect(To(configure: Reconnects));
        Listener.Refuse();
        Handler.Expect<Ws.Reconnecting>();

        Handler.Tell(new Ws.Close());

        Assert.Contains("closed before it opened", ExpectMsg<Ws.ConnectFailed>().Reason, StringComparison.Ordinal);
        ExpectItIsOver();
    }

    [Fact]
    public void Closed_by_command_while_it_dials_it_does_not_come_back()
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
    public void An_answer_that_would_be_the_same_again_ends_it(string line)
    {
        Connect(To(configure: Reconnects));

        Respond(line);

        ExpectMsg<Ws.ConnectFailed>();
        ExpectItIsOver();
    }

    [Fact]
    public void The_same_once_it_had_been_open_is_told_to_the_handler()
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
    public void What_is_told_to_send_while_it_waits_fails_and_is_not_kept()
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
    public void Whatever_was_asked_to_be_acked_is_answered_once_across_a_break()
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
        for (var happened = Handler.Expect<Ws.IEvent>(); answered.Count < 200; happened = answered.Count < 200 ? Handler.Expect<Ws.IEvent>() : happened)
        {
            if (happened is Ws.SendFailed failed)
            {
                Assert.Equal(client, failed.Connection);
                Assert.True(answered.Add(failed.Send.Ack));
            }
        }
    }

    [Fact]
    public void A_handler_that_stops_ends_it()
    {
        var server = Open(Reconnects);

        Handler.Stop(Sys);

        server.ExpectClose(CloseCode.InternalError);
        Close(server, CloseCode.InternalError, isAnswer: true);
        ExpectItIsOver();
    }

    [Fact]
    public void A_handler_that_stops_while_it_waits_ends_it()
    {
        Connect(To(configure: Reconnects));
        Listener.Refuse();
        Handler.Expect<Ws.Reconnecting>();

        Handler.Stop(Sys);

        Assert.Contains("handler", ExpectMsg<Ws.ConnectFailed>().Reason, StringComparison.Ordinal);
        ExpectItIsOver();
    }

    [Fact]
    public void A_handler_of_its_own_lives_on_from_connection_to_connection()
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
    public void A_handler_of_its_own_that_fails_is_restarted_and_that_too_often_is_closed_with_1011_for_good()
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
    public void A_handler_of_its_own_that_is_restarted_is_told_again_of_the_connection_that_it_has()
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
    public void What_it_had_asked_of_a_connection_is_not_asked_of_the_next()
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
            Slow.GoOn.Release();
            ExpectMsg("behind it");
            ExpectMsg("opened");
        }

        ExpectWindow(server, handler);
    }

    [Fact]
    public void What_it_had_asked_of_a_connection_that_it_did_not_see_is_not_asked_of_the_next()
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
        Slow.GoOn.Release();
        ExpectMsg("opened");
        ExpectMsg("opened");
        ExpectWindow(server, handler);
    }

    [Fact]
    public void What_a_handler_answers_while_its_client_waits_to_dial_is_no_reason_for_a_warning()
    {
        var server = OpenSlow(out _);
        server.SendText("wait");
        ExpectMsg("waits");
        server.Socket.Reset();
        Kit.Advance(Seconds(1));
        server = Listener.ExpectConnect();
        Kit.AwaitIdle(); // By now the handler is asked when it begins with this connection.
        server.Socket.Reset();
        Kit.AwaitIdle();

        Logged.ExpectNone<Warning>(this, () =>
        {
            Slow.GoOn.Release();
            ExpectMsg("opened");
            Kit.AwaitIdle();
        });
    }

    [Fact]
    public void A_handler_of_its_own_that_stops_is_closed_with_1000_for_good()
    {
        var server = OpenOwn();

        server.SendText("stop");

        server.ExpectClose(CloseCode.Normal);
        Close(server, CloseCode.Normal, isAnswer: true);
        ExpectItIsOver();
    }

    [Fact]
    public void A_handler_of_its_own_hears_the_end_before_it_ends()
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

    /// <summary>The handler is busy, and 20 messages come: three are told before it asks for more, and all of them in the end.</summary>
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
        Slow.GoOn.Release();
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
                Configure = static options => Reconnects(options) with { MinBackoff = Seconds(0.1), MaxBackoff = Seconds(0.1) },
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

    /// <summary>Expects that it waits for an attempt of that number, and lets the time pass.</summary>
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
    private sealed class Slow(IActorRef told) : WebSocketHandler
    {
        public static readonly SemaphoreSlim GoOn = new(0);

        protected override int Window => 4;

        protected override void OnOpened(Ws.Opened opened) => told.Tell("opened");

        protected override void OnMessage(object message)
        {
        }

        protected override void OnText(string text)
        {
            if (text == "wait")
            {
                told.Tell("waits");
                Assert.True(GoOn.Wait(TimeSpan.FromMinutes(1)));
            }
            else
            {
                told.Tell(text);
            }
        }
    }

    /// <summary>Answers with the number of messages since its last start.</summary>
    private sealed class Counter(IActorRef told) : UntypedActor
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
                case Ws.Closed closed: told.Tell($"closed with {closed.Code}"); break;
            }
        }

        protected override void PostStop() => told.Tell("stopped");
    }
}
