using Akka.Actor;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>A handler may fail or stop; the socket stays open, or is closed with the matching code.</summary>
public sealed class SupervisionSpec : WebSocketSpec
{
    [Fact]
    public void A_throwing_handler_is_restarted_and_the_socket_stays_open()
    {
        var client = ServeEach(Props.Create<Echo>()).Connect();

        client.SendText("fail");
        client.SendText("after");

        client.ExpectText("after");
    }

    [Fact]
    public void Ten_failures_a_minute_restart_the_handler_and_one_more_closes_with_1011()
    {
        var client = ServeEach(Props.Create<Echo>()).Connect();
        Fail(client, 10);
        client.SendText("after ten");
        client.ExpectText("after ten");

        Fail(client, 1);

        client.ExpectClose(CloseCode.InternalError);
        client.SendClose(CloseCode.InternalError);
        client.Socket.ExpectHalfClose();
        client.Socket.ExpectStopped();
    }

    [Fact]
    public void A_failure_counts_for_a_minute()
    {
        var kit = ServeEach(Props.Create<Echo>(), static options => options with
        {
            KeepAlive = options.KeepAlive with { PingInterval = null },
        });
        var client = kit.Connect();
        Fail(client, 10);
        kit.Advance(Seconds(60));
        Fail(client, 10);
        client.SendText("after twenty");
        client.ExpectText("after twenty");

        kit.Advance(Seconds(59.5));
        Fail(client, 1);

        client.ExpectClose(CloseCode.InternalError);
    }

    [Fact]
    public void A_handler_whose_constructor_throws_is_closed_with_1011_after_the_upgrade()
    {
        var client = ServeEach(Props.Create<Stillborn>()).Connect();

        client.ExpectClose(CloseCode.InternalError);
        client.SendClose(CloseCode.InternalError);
        client.Socket.ExpectStopped();
    }

    [Fact]
    public void A_handler_that_stops_itself_is_closed_with_1000()
    {
        var client = ServeEach(Props.Create<Echo>()).Connect();

        client.SendText("last words");
        client.SendText("stop");

        client.ExpectText("last words");
        client.ExpectClose(CloseCode.Normal);
        client.SendClose();
        client.Socket.ExpectStopped();
    }

    [Fact]
    public void A_shared_handler_that_stops_is_closed_with_1011_on_all_its_connections_and_on_no_other()
    {
        var other = new HandlerProbe(this);
        var kit = Serve(RouteTable.Empty.MapShared("/", Handler.Ref).MapShared("/other", other.Ref));
        ClientProbe[] clients = [kit.Connect(), kit.Connect(), kit.Connect()];
        var elsewhere = kit.Connect("/other");

        Handler.Stop(Sys);

        foreach (var client in clients)
        {
            client.ExpectClose(CloseCode.InternalError);
            client.SendClose(CloseCode.InternalError);
            client.Socket.ExpectStopped();
        }

        elsewhere.SendText("still here");
        other.ExpectOpened();
        other.ExpectText("still here");
    }

    [Fact]
    public void An_upgrade_to_a_shared_handler_that_has_stopped_is_closed_with_1011()
    {
        var kit = Serve();
        Watch(Handler.Ref);
        Handler.Stop(Sys);
        ExpectTerminated(Handler.Ref);

        kit.Connect().ExpectClose(CloseCode.InternalError);
    }

    [Fact]
    public void A_half_closing_peer_gets_its_answer_of_300_KB_and_then_1006_is_reported()
    {
        var client = Serve().Connect();
        Handler.ExpectOpened();
        client.SendText("all of it, please");
        Handler.ExpectText("all of it, please");

        Handler.Tell(Ws.Send.Binary(new byte[300_000]));
        client.Socket.HalfClose();

        Assert.Equal(300_000, client.ExpectBinary().Length);
        client.Socket.ExpectHalfClose();
        Assert.Equal(Ws.Side.Peer, Handler.ExpectClosed(CloseCode.Abnormal).By);
        client.Socket.ExpectStopped();
    }

    [Fact]
    public void Answers_to_messages_before_the_half_close_are_sent()
    {
        var client = ServeEach(Props.Create<Echo>()).Connect();

        client.SendBinary(new byte[300_000]);
        client.SendBinary(new byte[300_000]);
        client.Socket.HalfClose();

        Assert.Equal(300_000, client.ExpectBinary().Length);
        Assert.Equal(300_000, client.ExpectBinary().Length);
        client.Socket.ExpectHalfClose();
        client.Socket.ExpectStopped();
    }

    [Fact]
    public void A_blocked_handler_delays_the_close_of_a_half_closed_socket_by_5_seconds()
    {
        using var gate = new ManualResetEventSlim();
        var busy = Sys.ActorOf(Props.Create<Busy>(gate));
        var kit = Serve(RouteTable.Empty.MapShared("/", busy));
        var client = kit.Connect();
        client.Socket.HalfClose();

        kit.Advance(Seconds(4.5));
        client.ExpectNothing();
        kit.Advance(Seconds(0.5));

        client.Socket.ExpectHalfClose();
        client.Socket.ExpectStopped();
        gate.Set();
    }

    [Fact]
    public void A_half_close_within_a_frame_is_reported_as_1006()
    {
        var client = Serve().Connect();
        Handler.ExpectOpened();

        client.Send(ClientProbe.Frame(Opcode.Text, "never whole"u8.ToArray())[..5]);
        client.Socket.HalfClose();

        client.Socket.ExpectHalfClose();
        Handler.ExpectClosed(CloseCode.Abnormal);
    }

    private static void Fail(ClientProbe client, int times)
    {
        for (var i = 0; i < times; i++)
        {
            client.SendText("fail");
        }
    }

    private sealed class Stillborn : UntypedActor
    {
        public Stillborn() => throw new InvalidOperationException("never made");

        protected override void OnReceive(object message)
        {
        }
    }

    private sealed class Busy(ManualResetEventSlim gate) : UntypedActor
    {
        protected override void OnReceive(object message) => gate.Wait();
    }
}
