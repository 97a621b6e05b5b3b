using System.Net;
using Akka.Actor;
using Akka.Event;
using Akka.IO;
using Akka.TestKit;
using WsActors.Connection;
using WsActors.Protocol;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>No message fails a shared actor; and if one fails, its state for others survives.</summary>
public sealed class SharedActorsSpec : WebSocketSpec
{
    private static readonly EndPoint Local = new IPEndPoint(IPAddress.Loopback, 8080);

    // Messages are checked where they are made.

    public static TheoryData<string> Unusable => [.. Makers.Keys];

    private static Dictionary<string, Action> Makers { get; } = new()
    {
        ["list"] = static () => _ = new Ws.ListConnections(null!),
        ["list with"] = static () => _ = new Ws.ListConnections() with { Filter = null! },
        ["page of 0"] = static () => _ = new Ws.ListConnections { PageSize = 0 },
        ["page of int.MaxValue"] = static () => _ = new Ws.ListConnections { PageSize = int.MaxValue },
        ["filter"] = static () => _ = new Ws.ConnectionFilter { Address = "192.0.2.0/33" },
        ["kick"] = static () => _ = new Ws.Kick(null!),
        ["kick of everyone"] = static () => _ = new Ws.Kick(new() { MinQueuedBytes = long.MinValue }),
        ["drain"] = static () => _ = new Ws.Drain { Spread = TimeSpan.MaxValue },
        ["drain with"] = static () => _ = new Ws.Drain() with { Lead = TimeSpan.MinValue },
        ["unbind"] = static () => _ = new Ws.Unbind(null!),
        ["unbind with"] = static () => _ = new Ws.Unbind(Local) with { LocalEndPoint = null! },
        ["bind nowhere"] = static () => _ = new Ws.Bind(null!, RouteTable.Empty),
        ["bind without routes"] = static () => _ = new Ws.Bind("ws://*:0", null!),
        ["bind with"] = static () => _ = new Ws.Bind("ws://*:0", RouteTable.Empty) with { Configure = null! },
        ["connect"] = static () => _ = new Ws.Connect(null!, ActorRefs.Nobody),
        ["connect to null"] = static () => _ = new Ws.Connect("ws://localhost", (Props)null!),
        ["subprotocols"] = static () => _ = AConnect with { Subprotocols = null! },
        ["a subprotocol"] = static () => _ = AConnect with { Subprotocols = ["v1", null!] },
        ["headers"] = static () => _ = AConnect with { Headers = null! },
        ["name"] = static () => _ = AConnect with { Name = null! },
        ["configure"] = static () => _ = AConnect with { Configure = null! },
        ["chunks"] = static () => _ = AConnect with { MaxChunkBytes = 0 },
        ["deliver to null"] = static () => _ = new Ws.Deliver
        {
            SessionId = null!,
            Publisher = "p",
            Sequence = 1,
            Message = Ws.Send.Text(""),
        },
        ["deliver null"] = static () => _ = new Ws.Deliver { SessionId = "s", Publisher = "p", Sequence = 1, Message = null! },
        ["when full"] = static () => _ = Ws.Send.Text("") with { Overflow = null! },
        ["text"] = static () => _ = Ws.Send.Text(null!),
        ["close reason"] = static () => _ = new Ws.Close(1000, null!),
        ["demand"] = static () => _ = new Ws.Demand(0),
    };

    private static Ws.Connect AConnect => new("ws://localhost", ActorRefs.Nobody);

    [Theory]
    [MemberData(nameof(Unusable))]
    public void Unusable_messages_cannot_be_constructed(string what) => Assert.ThrowsAny<ArgumentException>(Makers[what]);

    [Fact]
    public void A_list_of_subprotocols_is_copied()
    {
        var names = new List<string> { "v1" };
        var connect = AConnect with { Subprotocols = names };

        names[0] = null!;

        Assert.Equal(["v1"], connect.Subprotocols);
    }

    // Later messages are still answered.

    [Fact]
    public void Minimum_and_maximum_values_of_all_messages_are_answered()
    {
        var kit = Serve();
        var client = kit.Connect();
        Ws.IOperation[] lists =
        [
            new Ws.ListConnections { After = long.MinValue },
            new Ws.ListConnections(new() { MinQueuedBytes = long.MinValue }),
            new Ws.ListConnections(new() { Connection = ActorRefs.Nobody }),
        ];
        foreach (var list in lists)
        {
            kit.Manager.Tell(list, TestActor);
            ExpectMsg<Ws.ConnectionList>();
        }

        kit.Manager.Tell(new Ws.ListConnections { After = long.MaxValue, PageSize = 1000 }, TestActor);
        Assert.Empty(ExpectMsg<Ws.ConnectionList>().Connections);
        kit.Manager.Tell(new Ws.Kick(new() { MinQueuedBytes = long.MaxValue }), TestActor);
        Assert.Equal(0, ExpectMsg<Ws.Kicked>().Count);
        kit.Manager.Tell(new Ws.Unbind(new DnsEndPoint("nowhere.example", 1)), TestActor);
        ExpectMsg<Ws.Unbound>();
        client.ExpectNothing();
    }

    [Fact]
    public void A_socket_without_addresses_is_reset_and_the_manager_continues()
    {
        var kit = Serve();
        var client = kit.Connect();

        kit.Manager.Tell(new Tcp.Connected(null!, null!), TestActor);

        ExpectMsg<Tcp.Abort>();
        client.ExpectNothing();
    }

    [Fact]
    public void Throwing_user_code_in_the_manager_is_logged_once_and_affects_no_one_else()
    {
        var kit = Serve();
        var client = kit.Connect();

        EventFilter.Error(contains: "could not be handled").ExpectOne(() =>
        {
            // Only code of this library creates such a message: it stands for any exception there.
            kit.Manager.Tell(new HandshakeRefused(null!, IPAddress.Loopback, 503, ""), TestActor);
            ExpectMsg<Status.Failure>();
        });

        client.ExpectNothing();
    }

    [Fact]
    public void Failures_of_one_kind_are_logged_once_a_minute()
    {
        var kit = Serve();

        EventFilter.Error(contains: "could not be handled").ExpectOne(() =>
        {
            for (var i = 0; i < 3; i++)
            {
                kit.Manager.Tell(new HandshakeRefused(null!, IPAddress.Loopback, 503, ""), TestActor);
                ExpectMsg<Status.Failure>();
            }
        });
    }

    [Fact]
    public void Null_options_of_a_client_fail_only_that_client()
    {
        var kit = Serve();
        var client = kit.Connect();

        kit.Clients.Tell(AConnect with { Configure = static _ => null! }, TestActor);

        ExpectMsg<Ws.ConnectFailed>();
        client.ExpectNothing();
    }

    [Fact]
    public void Null_options_of_an_endpoint_fail_only_that_endpoint()
    {
        var kit = Serve();
        var client = kit.Connect();

        kit.Manager.Tell(new Ws.Bind("ws://127.0.0.1:9", RouteTable.Empty) { Configure = static _ => null! }, TestActor);

        ExpectMsg<Ws.BindFailed>();
        client.ExpectNothing();
    }

    // A manager that fails all the same.

    [Fact]
    public void After_a_failure_of_the_manager_its_endpoints_serve_and_old_connections_are_closed_with_1011()
    {
        var kit = Serve();
        var (old, asking) = (kit.Connect(), kit.Dial());
        Handler.ExpectOpened();

        EventFilter.Error(contains: "connections are closed with 1011").ExpectOne(() => Fail(kit));

        old.ExpectClose(CloseCode.InternalError);
        Handler.ExpectClosed(CloseCode.InternalError);
        asking.Socket.ExpectReset();
        kit.Connect();
        Handler.ExpectOpened();
        Assert.Equal((1, 0), (Totals(kit).Connections, Totals(kit).Handshakes));
        Assert.Equal([Local], Totals(kit).Endpoints.Select(static endpoint => endpoint.LocalEndPoint));
    }

    [Fact]
    public void After_a_failure_of_the_manager_deadlines_hold()
    {
        var kit = Serve();
        Fail(kit);
        var client = kit.Connect();

        kit.Advance(Seconds(25));

        client.ExpectPing();
    }

    [Fact]
    public void A_drain_and_an_unbind_continue_after_a_failure_of_the_manager()
    {
        var kit = Serve();
        kit.Connect();
        kit.Manager.Tell(new Ws.Unbind(Local), TestActor);
        kit.Manager.Tell(new Ws.Drain(), TestActor);

        Fail(kit);

        kit.Advance(Seconds(20));
        Assert.IsType<Ws.Unbound>(FishForMessage(static message => message is Ws.Unbound));
        ExpectMsg<Ws.Drained>();
        Assert.Empty(Totals(kit).Endpoints);
    }

    [Fact]
    public void Requests_of_a_connection_from_before_the_failure_are_harmless_after_it()
    {
        var kit = Serve();

        kit.Manager.Tell(new Admission.Request(IPAddress.Loopback, Reserved: 0), TestActor);

        ExpectMsg<Admission.Denied>();
        kit.Connect();
    }

    [Fact]
    public void A_manager_blocked_by_a_handler_logs_an_error_and_restarts_when_it_returns()
    {
        using var isHeard = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var kit = ServeEach(Props.Create(() => new Stuck(isHeard, gate)));
        kit.Connect().SendText("hold on");
        Assert.True(isHeard.Wait(TestKitSettings.DefaultTimeout));
        EventFilter.Error(contains: "starts again").ExpectOne(() =>
            kit.Manager.Tell(
                new Ws.Bind("ws://*:0", RouteTable.Empty) { Configure = static _ => throw new InsufficientMemoryException() }, TestActor));

        for (var i = 0; i < 2; i++)
        {
            EventFilter.Error(contains: "a connection's handler does not return")
                .ExpectOne(() => ((TestScheduler)Sys.Scheduler).Advance(Seconds(30)));
        }

        gate.Set();
        kit.AwaitIdle();
        Logged.ExpectNone<Error>(this, () => ((TestScheduler)Sys.Scheduler).Advance(Seconds(30)));
        Assert.Equal([Local], Totals(kit).Endpoints.Select(static endpoint => endpoint.LocalEndPoint));
    }

    [Fact]
    public void Traffic_does_not_decrease_when_the_manager_restarts()
    {
        var kit = Serve();
        kit.Connect().SendText("12345");
        kit.AwaitIdle();

        Fail(kit);
        kit.Connect().SendText("123");
        kit.AwaitIdle();

        var totals = Totals(kit);
        Assert.Equal(new Ws.Traffic { MessagesReceived = 2, MessagesSent = 0, BytesReceived = 8, BytesSent = 0 }, totals.Traffic);
        Assert.Equal(totals.Traffic, Assert.Single(totals.Endpoints).Traffic);
    }

    private sealed class Stuck(ManualResetEventSlim isHeard, ManualResetEventSlim gate) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Ws.Received)
            {
                isHeard.Set();
                gate.Wait();
            }
        }
    }

    [Fact]
    public void A_stopped_manager_is_logged()
    {
        var kit = Serve();
        var client = kit.Connect();

        EventFilter.Error(contains: "nothing listens any more on this node").ExpectOne(() => kit.Manager.Tell(Kill.Instance, TestActor));

        client.ExpectClose(CloseCode.InternalError);
    }

    /// <summary>As Akka tells the waiters for a dead node: the receiver is the dead letters themselves.</summary>
    [Fact]
    public void A_send_told_to_dead_letters_is_harmless_and_later_sends_to_sessions_are_answered()
    {
        Serve();
        Sys.WebSockets().MoveSessions(TestActor);
        Logged.ExpectNone<Error>(this, () =>
        {
            Sys.DeadLetters.Tell(Ws.Send.Text("to nobody"), TestActor);
            Sys.EventStream.Publish(new DeadLetter(Ws.Send.Text("to the root"), TestActor, ((ExtendedActorSystem)Sys).LookupRoot.Parent));

            var gone = ((ExtendedActorSystem)Sys).Provider.ResolveActorRef((TestActor.Path / "shard" / "session").ToString()!);
            gone.Tell(Ws.Send.Text("late") with { Ack = "late" }, TestActor);
            Assert.Equal("late"u8, ExpectMsg<Ws.SendFailed>().Send.Payload.Span);
        });
    }

    [Fact]
    public void Connect_is_answered_when_the_clients_actor_fails()
    {
        var listener = Serve().Listen();
        Sys.WebSockets().Clients.Tell(AConnect with { Source = listener.Ref }, TestActor);
        listener.Ignore();

        Sys.WebSockets().Clients.Tell(Kill.Instance, TestActor);

        ExpectMsg<Ws.ConnectFailed>();
    }

    /// <summary>Of all exceptions, only a lack of memory is not caught: the state is unknown then.</summary>
    private void Fail(WebSocketTestKit kit)
    {
        kit.Manager.Tell(
            new Ws.Bind("ws://*:0", RouteTable.Empty) { Configure = static _ => throw new InsufficientMemoryException() }, TestActor);
        kit.AwaitIdle();
    }

    private Ws.Totals Totals(WebSocketTestKit kit)
    {
        kit.Manager.Tell(Ws.GetStats.Instance, TestActor);
        return ExpectMsg<Ws.Totals>();
    }
}
