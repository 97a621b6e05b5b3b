using System.Net;
using System.Security.Claims;
using Akka.Actor;
using WsActors.Protocol;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>The queries and commands of operators.</summary>
public sealed class OperationsSpec : WebSocketSpec
{
    // Stats of a connection.

    [Fact]
    public void GetStats_reports_the_state_of_a_connection()
    {
        var kit = ServeNamed();
        var client = kit.Dial(IPAddress.Parse("192.0.2.7"));
        client.RequestUpgrade("/named/x", "X-Name: ada");
        client.ExpectUpgrade();
        Handler.ExpectOpened();
        client.SendText("hello");
        client.SendBinary([1, 2, 3]);
        Handler.Expect<Ws.Received>();
        Handler.Expect<Ws.Received>();
        client.Socket.StopReading();
        Handler.Tell(Ws.Send.Text("four"));
        kit.Advance(Seconds(3));

        client.Connection.Tell(Ws.GetStats.Instance, TestActor);

        var stats = ExpectMsg<Ws.Stats>();
        Assert.Equal(client.Connection, stats.Connection);
        Assert.Equal(("ws://127.0.0.1:8080", "/named/{id}", "192.0.2.7", "ada"), (stats.Endpoint, stats.Route, stats.Address, stats.User));
        Assert.Equal((2, 8, 1, 4), (stats.MessagesReceived, stats.BytesReceived, stats.MessagesSent, stats.BytesSent));
        Assert.Equal((6, 2 * 128 + 8), (stats.QueuedBytes, stats.UnhandledBytes));
        Assert.Equal((Seconds(3), new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero)), (stats.Duration, stats.OpenedAt));
        Assert.Equal((false, null, null), (stats.IsCompressed, stats.Subprotocol, stats.LastRoundTrip));
        Assert.DoesNotContain("ada", stats.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_round_trip_is_that_of_the_last_ping_with_a_pong()
    {
        var kit = Serve();
        var client = kit.Connect();
        kit.Advance(Seconds(25));
        var ping = client.ExpectPing();
        kit.Advance(Seconds(1.5));
        client.SendFrame(Protocol.Frames.Opcode.Pong, ping);
        kit.AwaitIdle();

        client.Connection.Tell(Ws.GetStats.Instance, TestActor);

        Assert.Equal(Seconds(1.5), ExpectMsg<Ws.Stats>().LastRoundTrip);
    }

    [Fact]
    public void Compression_and_subprotocol_are_those_agreed_on()
    {
        var kit = Serve(
            static options => options with { Compression = options.Compression with { Mode = MessageCompression.Shared } },
            new WebSocketRouteOptions { Subprotocols = ["v2"] });
        var client = kit.Dial();
        client.RequestUpgrade("/", "Sec-WebSocket-Extensions: permessage-deflate", "Sec-WebSocket-Protocol: v2");
        client.ExpectUpgrade("v2");

        client.Connection.Tell(Ws.GetStats.Instance, TestActor);

        var stats = ExpectMsg<Ws.Stats>();
        Assert.Equal((true, "v2"), (stats.IsCompressed, stats.Subprotocol));
    }

    [Fact]
    public void A_closing_connection_answers_GetStats()
    {
        var kit = Serve();
        var client = kit.Connect();
        Handler.ExpectOpened();
        Handler.Tell(new Ws.Close());
        client.ExpectClose(CloseCode.Normal);

        client.Connection.Tell(Ws.GetStats.Instance, TestActor);

        ExpectMsg<Ws.Stats>();
    }

    // Totals.

    [Fact]
    public void GetStats_of_the_manager_has_totals_of_all_and_of_each_endpoint()
    {
        var kit = Serve();
        kit.Connect();
        var gone = kit.Connect();
        gone.SendClose();
        gone.Socket.ExpectStopped();
        kit.Dial();
        var refused = kit.Dial();
        refused.RequestUpgrade("/nowhere");
        refused.ExpectResponse(404);
        refused.Socket.ExpectStopped();

        var totals = Totals(kit);

        Assert.Equal((1, 1, 2, 1), (totals.Connections, totals.Handshakes, totals.Opened, totals.Refused));
        Assert.Equal(
            new Ws.EndpointTotals
            {
                Endpoint = "ws://127.0.0.1:8080",
                LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 8080),
                Connections = 1,
                Handshakes = 1,
                Opened = 2,
                Refused = 1,
                Traffic = new() { MessagesReceived = 0, MessagesSent = 0, BytesReceived = 0, BytesSent = 0 },
            },
            Assert.Single(totals.Endpoints));
    }

    [Fact]
    public void Totals_include_unbound_endpoints()
    {
        var kit = Serve();
        var client = kit.Connect();
        kit.Manager.Tell(new Ws.Unbind(new IPEndPoint(IPAddress.Loopback, 8080)), TestActor);
        client.ExpectClose(CloseCode.GoingAway);
        client.SendClose(CloseCode.GoingAway);
        ExpectMsg<Ws.Unbound>();

        var totals = Totals(kit);

        Assert.Equal((0, 1), (totals.Connections, totals.Opened));
        Assert.Empty(totals.Endpoints);
    }

    // Lists.

    [Fact]
    public void Connections_are_listed_in_pages_in_the_order_of_their_arrival()
    {
        var kit = Serve();
        var clients = Enumerable.Range(0, 5).Select(_ => kit.Connect()).ToArray();
        kit.Dial();

        var first = List(kit, new Ws.ListConnections { PageSize = 2 });
        var second = List(kit, new Ws.ListConnections { PageSize = 2, After = first.Next });
        var third = List(kit, new Ws.ListConnections { PageSize = 2, After = second.Next });

        Assert.Equal(
            clients.Select(static client => client.Connection),
            new[] { first, second, third }.SelectMany(static page => page.Connections).Select(static stats => stats.Connection));
        Assert.Equal((2, 2, 1), (first.Connections.Count, second.Connections.Count, third.Connections.Count));
        Assert.Null(third.Next);
    }

    [Fact]
    public void Arrivals_and_departures_between_pages_do_not_affect_other_entries()
    {
        var kit = Serve();
        var clients = Enumerable.Range(0, 4).Select(_ => kit.Connect()).ToArray();
        var first = List(kit, new Ws.ListConnections { PageSize = 2 });
        foreach (var leaves in clients[1..3])
        {
            leaves.SendClose();
            leaves.Socket.ExpectStopped();
        }

        var newcomer = kit.Connect();
        var second = List(kit, new Ws.ListConnections { PageSize = 2, After = first.Next });

        Assert.Equal([clients[3].Connection, newcomer.Connection], second.Connections.Select(static stats => stats.Connection));
    }

    [Fact]
    public void A_list_without_connections_is_empty_and_has_no_next_page()
    {
        var kit = Serve();
        Assert.Equal((0, null), (List(kit, new Ws.ListConnections()).Connections.Count, List(kit, new Ws.ListConnections()).Next));
        var client = kit.Connect();
        client.SendClose();
        client.Socket.ExpectStopped();

        var list = List(kit, new Ws.ListConnections { After = 7 });

        Assert.Equal((0, null), (list.Connections.Count, list.Next));
    }

    [Fact]
    public void Each_part_of_a_filter_must_hold()
    {
        var kit = ServeNamed();
        var ada = Connect(kit, "192.0.2.1", "/named/1", "ada");
        var adaElsewhere = Connect(kit, "198.51.100.1", "/named/2", "ada");
        var bob = Connect(kit, "192.0.2.2", "/named/1", "bob");
        var nobody = Connect(kit, "2001:db8::1", "/", "");

        Assert.Equal([ada, adaElsewhere], Found(kit, new() { User = "ada" }));
        Assert.Equal([], Found(kit, new() { User = "ad" }));
        Assert.Equal([bob], Found(kit, new() { Address = "192.0.2.2" }));
        Assert.Equal([ada, bob], Found(kit, new() { Address = "192.0.2.0/24" }));
        Assert.Equal([nobody], Found(kit, new() { Address = "2001:db8::/32" }));
        Assert.Equal([nobody], Found(kit, new() { Route = "/" }));
        Assert.Equal([ada], Found(kit, new() { User = "ada", Address = "192.0.2.0/24", Route = "/named/{id}" }));
        Assert.Equal([bob], Found(kit, new() { Connection = bob }));
        Assert.Equal([], Found(kit, new() { Connection = bob, User = "ada" }));
        Assert.Equal([ada, adaElsewhere, bob, nobody], Found(kit, Ws.ConnectionFilter.All));
    }

    [Fact]
    public void Connections_with_queued_bytes_are_found()
    {
        var kit = Serve();
        var (reads, deaf) = (kit.Connect(), kit.Connect());
        deaf.Socket.StopReading();
        reads.Connection.Tell(Ws.Send.Binary(new byte[1000]));
        deaf.Connection.Tell(Ws.Send.Binary(new byte[1000]));
        kit.AwaitIdle();

        Assert.Equal([deaf.Connection], Found(kit, new() { MinQueuedBytes = 1004 }));
        Assert.Equal([], Found(kit, new() { MinQueuedBytes = 1005 }));
    }

    [Fact]
    public void Invalid_queries_are_refused_by_their_constructors()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Ws.ListConnections { PageSize = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Ws.ListConnections { PageSize = 1001 });
        Assert.Throws<ArgumentException>(static () => new Ws.ConnectionFilter { Address = "example.com" });
        Assert.Throws<ArgumentException>(static () => new Ws.ConnectionFilter { Address = "192.0.2.0/33" });
        Assert.Throws<ArgumentException>(static () => new Ws.Kick(new Ws.ConnectionFilter { MinQueuedBytes = -1 }));
        Assert.Throws<ArgumentException>(static () => new Ws.Kick(Ws.ConnectionFilter.All, new Ws.Close(4000)));
    }

    // Kicks.

    [Fact]
    public void Kick_closes_the_filtered_connections_with_code_and_reason_and_counts_them()
    {
        var kit = ServeNamed();
        var one = Dial(kit, "192.0.2.1", "/named/1", "mallory");
        var two = Dial(kit, "192.0.2.2", "/named/2", "mallory");
        var other = Dial(kit, "192.0.2.3", "/named/3", "ada");

        kit.Manager.Tell(new Ws.Kick(new Ws.ConnectionFilter { User = "mallory" }, new Ws.Close(4003, "banned")), TestActor);

        Assert.Equal(new Ws.Kicked { Count = 2 }, ExpectMsg<Ws.Kicked>());
        Assert.Equal("banned", one.ExpectClose(4003));
        Assert.Equal("banned", two.ExpectClose(4003));
        other.ExpectNothing();
    }

    [Fact]
    public void Kick_by_reference_closes_one_connection_with_1008_by_default()
    {
        var kit = Serve();
        var (client, other) = (kit.Connect(), kit.Connect());
        var kick = new Ws.Kick(new Ws.ConnectionFilter { Connection = client.Connection });

        kit.Manager.Tell(kick, TestActor);

        Assert.Equal(new Ws.Kicked { Count = 1 }, ExpectMsg<Ws.Kicked>());
        client.ExpectClose(CloseCode.PolicyViolation);
        other.ExpectNothing();
        client.SendClose(CloseCode.PolicyViolation);
        client.Socket.ExpectStopped();
        kit.Manager.Tell(kick, TestActor);
        Assert.Equal(new Ws.Kicked { Count = 0 }, ExpectMsg<Ws.Kicked>());
    }

    private static Guard Named { get; } = static (request, _) => Task.FromResult(
        GuardDecision.Accept(
            new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, request.Http.Headers["X-Name"]!)], "test"))));

    private WebSocketTestKit ServeNamed() =>
        Serve(
            RouteTable.Empty.MapShared("/", Handler.Ref)
                .MapShared("/named/{id}", Handler.Ref, new WebSocketRouteOptions { Guard = Named }));

    private static ClientProbe Dial(WebSocketTestKit kit, string from, string target, string name)
    {
        var client = kit.Dial(IPAddress.Parse(from));
        client.RequestUpgrade(target, $"X-Name: {name}");
        client.ExpectUpgrade();
        kit.AwaitIdle();
        return client;
    }

    private static IActorRef Connect(WebSocketTestKit kit, string from, string target, string name) =>
        Dial(kit, from, target, name).Connection;

    private Ws.Totals Totals(WebSocketTestKit kit)
    {
        kit.Manager.Tell(Ws.GetStats.Instance, TestActor);
        return ExpectMsg<Ws.Totals>();
    }

    private Ws.ConnectionList List(WebSocketTestKit kit, Ws.ListConnections list)
    {
        kit.Manager.Tell(list, TestActor);
        return ExpectMsg<Ws.ConnectionList>();
    }

    private IEnumerable<IActorRef> Found(WebSocketTestKit kit, Ws.ConnectionFilter filter) =>
        List(kit, new Ws.ListConnections(filter)).Connections.Select(static stats => stats.Connection);
}
