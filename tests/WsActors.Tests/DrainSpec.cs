using System.Net;
using Akka.IO;
using Akka.TestKit;
using WsActors.Manager;
using WsActors.Protocol;
using WsActors.Protocol.Handshake;
using WsActors.Routing;
using WsActors.Settings;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>A drain: readiness fails first, clients are closed one by one, listeners stop last.</summary>
public sealed class DrainSpec : WebSocketSpec
{
    private static readonly Ws.Drain AtOnce = new() { Lead = TimeSpan.Zero, Spread = TimeSpan.Zero };

    [Fact]
    public void Readiness_fails_at_once_and_upgrades_are_accepted_for_five_seconds()
    {
        var kit = Serve();
        kit.Connect();

        Drain(kit);

        Assert.Equal((true, true), (Health(kit).IsDraining, Health(kit).IsAdmitting));
        kit.Advance(Seconds(4.5));
        kit.Connect();

        kit.Advance(Seconds(0.5));

        Assert.Equal((true, false), (Health(kit).IsDraining, Health(kit).IsAdmitting));
        var late = kit.Dial();
        late.RequestUpgrade();
        Assert.Equal("5", late.ExpectResponse(503).Headers["Retry-After"]);
    }

    [Fact]
    public void Connections_are_closed_with_1012_at_random_times_within_five_seconds()
    {
        const int Clients = 60;
        var kit = Serve();
        var clients = Enumerable.Range(0, Clients).Select(_ => kit.Connect()).ToList();
        Drain(kit);
        kit.Advance(Seconds(4.5));
        clients.ForEach(static client => client.ExpectNothing());

        var perTick = new List<int>();
        for (var tick = 0; tick <= 10; tick++)
        {
            kit.Advance(Seconds(0.5));
            perTick.Add(clients.RemoveAll(Leaves));
        }

        Assert.Empty(clients);
        Assert.Equal(0, perTick[0]);
        Assert.All(perTick.Skip(1), static count => Assert.InRange(count, 1, Clients / 4));
        Assert.Equal(new Ws.Drained { Closed = Clients, Aborted = 0 }, ExpectMsg<Ws.Drained>());
    }

    [Fact]
    public void Handlers_are_told_the_closing_time_when_the_drain_starts()
    {
        var kit = Serve();
        var client = kit.Connect();
        Handler.ExpectOpened();

        Drain(kit);

        var draining = Handler.Expect<Ws.Draining>();
        Assert.Equal(client.Connection, draining.Connection);
        var left = draining.Deadline - Date;
        Assert.InRange(left, Seconds(5), Seconds(10));
        client.SendText("not yet");
        Handler.ExpectText("not yet");
        kit.Advance(left - Seconds(0.5));
        client.ExpectNothing();
        Handler.Tell(Ws.Send.Text("the last word"));

        kit.Advance(Seconds(1));

        client.ExpectText("the last word");
        client.ExpectClose(CloseCode.ServiceRestart);
    }

    [Fact]
    public void A_handler_may_close_before_its_time()
    {
        var kit = Serve();
        var client = kit.Connect();
        Handler.ExpectOpened();
        Drain(kit);
        Handler.Expect<Ws.Draining>();

        Handler.Tell(new Ws.Close(4000, "done"));

        client.ExpectClose(4000);
        client.SendClose(4000);
        kit.Advance(Seconds(5));
        Assert.Equal(new Ws.Drained { Closed = 0, Aborted = 0 }, ExpectMsg<Ws.Drained>());
    }

    [Fact]
    public void A_connection_opened_during_the_lead_is_told_and_closed_like_the_others()
    {
        var kit = Serve();
        kit.Connect();
        Handler.ExpectOpened();
        Drain(kit);
        Handler.Expect<Ws.Draining>();

        var late = kit.Connect();
        Handler.ExpectOpened();
        kit.Advance(Seconds(0.5));

        Assert.Equal(late.Connection, Handler.Expect<Ws.Draining>().Connection);
        kit.Advance(Seconds(9.5));
        late.ExpectClose(CloseCode.ServiceRestart);
    }

    [Fact]
    public void At_the_end_of_the_lead_a_partial_request_is_answered_503_and_a_silent_socket_is_not_answered()
    {
        Guard guard = static (_, _) => new TaskCompletionSource<GuardDecision>().Task;
        var kit = Serve(
            RouteTable.Empty.MapShared("/", Handler.Ref).MapShared("/guarded", Handler.Ref, new WebSocketRouteOptions { Guard = guard }));
        kit.Connect();
        Drain(kit);
        kit.Advance(Seconds(4));
        var (silent, begun, asking) = (kit.Dial(), kit.Dial(), kit.Dial());
        begun.Send("G"u8.ToArray());
        asking.RequestUpgrade("/guarded");

        kit.Advance(Seconds(1));

        silent.Socket.ExpectHalfClose();
        silent.ExpectEnd();
        begun.ExpectResponse(503);
        Assert.NotNull(asking.ExpectResponse(503).Headers["Retry-After"]);
    }

    [Fact]
    public void Plain_HTTP_is_served_until_the_endpoints_unbind()
    {
        var kit = Serve(RouteTable.Empty.MapShared("/", Handler.Ref).Get("/health", PlainResponse.Text(200, "alive")));
        var listener = Bind(new IPEndPoint(IPAddress.Loopback, 9090));
        var client = kit.Connect();
        Drain(kit);
        kit.Advance(Seconds(10));
        client.ExpectClose(CloseCode.ServiceRestart);

        var probe = kit.Dial();
        probe.SendRequest("GET /health HTTP/1.0");
        probe.ExpectResponse(200);
        probe.Socket.ExpectStopped();
        listener.ExpectNoMsg(TimeSpan.Zero);
        ExpectNoMsg(TimeSpan.Zero);

        client.SendClose(CloseCode.ServiceRestart);

        listener.ExpectMsg<Tcp.Unbind>();
        ExpectNoMsg(TimeSpan.Zero);
        listener.Reply(Tcp.Unbound.Instance);
        Assert.Equal(new Ws.Drained { Closed = 1, Aborted = 0 }, ExpectMsg<Ws.Drained>());
        Assert.Empty(Health(kit).Endpoints);
    }

    [Fact]
    public void A_connection_without_a_close_answer_is_reset_at_the_drain_deadline_of_fifteen_seconds()
    {
        var kit = Serve(static options => options with
        {
            CloseTimeout = TimeSpan.FromHours(1),
            Progress = options.Progress with { WriteTimeout = TimeSpan.FromHours(1) },
        });
        var (silent, deaf) = (kit.Connect(), kit.Connect());
        Handler.ExpectOpened();
        Handler.ExpectOpened();
        deaf.Socket.StopReading();
        Drain(kit);
        Handler.Expect<Ws.Draining>();
        Handler.Expect<Ws.Draining>();

        kit.Advance(Seconds(14.5));
        silent.ExpectClose(CloseCode.ServiceRestart);
        Assert.False(silent.Socket.IsReset || deaf.Socket.IsReset);
        kit.Advance(Seconds(0.5));

        Assert.True(silent.Socket.IsReset && deaf.Socket.IsReset);
        Assert.False(Handler.ExpectClosed(CloseCode.ServiceRestart).WasClean);
        Assert.False(Handler.ExpectClosed(CloseCode.ServiceRestart).WasClean);
        Assert.Equal(new Ws.Drained { Closed = 2, Aborted = 2 }, ExpectMsg<Ws.Drained>());
    }

    [Fact]
    public void A_drain_without_connections_completes_at_once()
    {
        var kit = Serve();

        Drain(kit);

        Assert.Equal(new Ws.Drained { Closed = 0, Aborted = 0 }, ExpectMsg<Ws.Drained>());
    }

    [Fact]
    public void A_second_drain_joins_the_first()
    {
        var kit = Serve();
        var client = kit.Connect();
        var second = CreateTestProbe();
        Drain(kit);
        kit.Advance(Seconds(3));

        kit.Manager.Tell(new Ws.Drain(), second.Ref);
        kit.Advance(Seconds(7));

        client.ExpectClose(CloseCode.ServiceRestart);
        client.SendClose(CloseCode.ServiceRestart);
        ExpectMsg<Ws.Drained>();
        second.ExpectMsg<Ws.Drained>();
        kit.Manager.Tell(new Ws.Drain(), TestActor);
        Assert.Equal(new Ws.Drained { Closed = 1, Aborted = 0 }, ExpectMsg<Ws.Drained>());
    }

    [Fact]
    public void A_second_drain_with_shorter_times_shortens_the_first()
    {
        var kit = Serve();
        var clients = Enumerable.Range(0, 10).Select(_ => kit.Connect()).ToList();
        clients.ForEach(_ => Handler.ExpectOpened());
        Drain(kit, new Ws.Drain { Spread = TimeSpan.FromHours(1) });
        clients.ForEach(_ => Handler.Expect<Ws.Draining>());

        kit.Manager.Tell(AtOnce, TestActor);

        clients.ForEach(_ => Assert.Equal(Date, Handler.Expect<Ws.Draining>().Deadline));
        clients.ForEach(static client => client.ExpectClose(CloseCode.ServiceRestart));
    }

    [Fact]
    public void A_drain_takes_its_given_times_and_keeps_the_rest_of_the_deadline()
    {
        var kit = Serve(static options => options with
        {
            CloseTimeout = TimeSpan.FromHours(1),
            KeepAlive = options.KeepAlive with { PingInterval = null },
        });
        var client = kit.Connect();
        Handler.ExpectOpened();
        Drain(kit, new Ws.Drain { Lead = TimeSpan.FromMinutes(1), Spread = TimeSpan.FromMinutes(9) });
        Assert.InRange(Handler.Expect<Ws.Draining>().Deadline - Date, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10));

        kit.Advance(TimeSpan.FromMinutes(10) + Seconds(4.5));
        client.ExpectClose(CloseCode.ServiceRestart);
        Assert.False(client.Socket.IsReset);
        kit.Advance(Seconds(0.5));

        Assert.True(client.Socket.IsReset);
    }

    [Fact]
    public void A_shorter_shutdown_phase_shortens_all_parts_of_the_drain_alike()
    {
        var kit = Serve(static options => options with { CloseTimeout = TimeSpan.FromHours(1) });
        var client = kit.Connect();

        // 2.5 s of it are for the last moment, so a third of everything is left.
        kit.Manager.Tell(new ManagerActor.DrainWithin(Seconds(7.5)), TestActor);

        kit.Advance(Seconds(1.5));
        Assert.True(Health(kit).IsAdmitting);
        kit.Advance(Seconds(0.5));
        Assert.False(Health(kit).IsAdmitting);
        kit.Advance(Seconds(1.5));
        client.ExpectClose(CloseCode.ServiceRestart);
        kit.Advance(Seconds(1));
        Assert.False(client.Socket.IsReset);
        kit.Advance(Seconds(0.5));
        Assert.True(client.Socket.IsReset);
        ExpectMsg<Ws.Drained>();
    }

    [Fact]
    public void A_longer_shutdown_phase_does_not_change_the_drain()
    {
        var drain = new DrainSettings { Lead = Seconds(5), Spread = Seconds(5), Deadline = Seconds(15), CloseCode = 1012 };

        Assert.Equal(drain, drain.Within(Seconds(17.5), Seconds(0.5)));
    }

    [Fact]
    public void A_bind_during_a_drain_fails()
    {
        var kit = Serve();
        kit.Connect();
        Drain(kit);

        kit.Manager.Tell(new Ws.Bind("ws://127.0.0.1:9090", RouteTable.Empty), TestActor);

        Assert.Contains("drains", ExpectMsg<Ws.BindFailed>().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pending_bind_fails_when_a_drain_starts()
    {
        var kit = Serve();
        var listener = CreateTestProbe();
        kit.Manager.Tell(new Ws.Bind("ws://127.0.0.1:9090", RouteTable.Empty) { Source = listener.Ref }, TestActor);
        listener.ExpectMsg<Tcp.Bind>();
        Drain(kit);
        ExpectMsg<Ws.Drained>();

        listener.Reply(new Tcp.Bound(new IPEndPoint(IPAddress.Loopback, 9090)));

        listener.ExpectMsg<Tcp.Unbind>();
        ExpectMsg<Ws.BindFailed>();
        Assert.Empty(Health(kit).Endpoints);
    }

    [Fact]
    public void An_endpoint_can_be_unbound_during_a_drain()
    {
        var kit = Serve();
        var client = kit.Connect();
        Drain(kit);

        kit.Manager.Tell(new Ws.Unbind(new IPEndPoint(IPAddress.Loopback, 8080)), TestActor);

        client.ExpectClose(CloseCode.GoingAway);
        client.SendClose(CloseCode.GoingAway);
        ExpectMsg<Ws.Unbound>();
        kit.Advance(Seconds(5));
        ExpectMsg<Ws.Drained>();
    }

    [Fact]
    public void Invalid_drain_times_are_refused_by_the_constructor()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Ws.Drain { Lead = TimeSpan.FromTicks(-1) });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Ws.Drain { Spread = TimeSpan.MaxValue });
    }

    private DateTimeOffset Date => Sys.Settings.Setup.Get<WebSocketSetup>().Value.Time.GetUtcNow();

    private void Drain(WebSocketTestKit kit, Ws.Drain? drain = null)
    {
        kit.Manager.Tell(drain ?? new Ws.Drain(), TestActor);
        kit.AwaitIdle();
    }

    private Ws.Health Health(WebSocketTestKit kit)
    {
        kit.Manager.Tell(Ws.GetHealth.Instance, TestActor);
        return ExpectMsg<Ws.Health>();
    }

    /// <summary>Whether the close frame was received; if so, it is answered.</summary>
    private static bool Leaves(ClientProbe client)
    {
        var frame = client.Socket.ReadBytes();
        if (frame.Length == 0)
        {
            return false;
        }

        Assert.Equal([0x88, 1012 >> 8, 1012 & 0xFF], [frame[0], frame[2], frame[3]]);
        client.SendClose(CloseCode.ServiceRestart);
        return true;
    }

    private TestProbe Bind(IPEndPoint local)
    {
        var listener = CreateTestProbe();
        Sys.WebSockets().Manager.Tell(new Ws.Bind($"ws://{local}", RouteTable.Empty) { Source = listener.Ref }, TestActor);
        listener.ExpectMsg<Tcp.Bind>();
        listener.Reply(new Tcp.Bound(local));
        ExpectMsg<Ws.Bound>();
        return listener;
    }
}
