using System.Diagnostics;
using System.Security.Claims;
using Akka.Actor;
using WsActors.Protocol;
using WsActors.Routing;
using WsActors.Tests.Sessions;

namespace WsActors.Cluster.Tests;

/// <summary>One manager answers for three nodes.</summary>
public sealed class ClusterOperationsTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private Node[] _nodes = null!;

    private Node A => _nodes[0];

    private Node B => _nodes[1];

    private Node C => _nodes[2];

    public async Task InitializeAsync()
    {
        _nodes = await Node.StartCluster(3, "ws-actors.drain { lead = off, spread = off }", static routes => routes.Map(
            "/session/{user}",
            static _ => Props.Create<Where>(),
            new WebSocketRouteOptions { Sessions = true, Guard = static (request, _) => Task.FromResult(As(request)) }));
        foreach (var node in _nodes)
        {
            await Eventually.Holds(
                () => Ask<Ws.ClusterTotals>(node, new Ws.GetClusterStats()).Nodes.Count == _nodes.Length, "not all nodes answer");
        }
    }

    public async Task DisposeAsync() => await Task.WhenAll(_nodes.Select(static node => node.DisposeAsync().AsTask()));

    [Fact]
    public void Any_manager_answers_the_counts_of_all_nodes()
    {
        A.Sockets.Connect();
        C.Sockets.Connect();
        C.Sockets.Connect();

        foreach (var node in _nodes)
        {
            var totals = Ask<Ws.ClusterTotals>(node, new Ws.GetClusterStats());

            Assert.Equal([1, 0, 2], _nodes.Select(one => totals.Nodes[AddressOf(one)].Connections));
            Assert.Equal((3, 0), (totals.Connections, totals.Missing.Count));
        }
    }

    [Fact]
    public void Pages_go_on_from_node_to_node_while_connections_come_and_go()
    {
        var nodes = _nodes.OrderBy(static node => AddressOf(node).ToString(), StringComparer.Ordinal).ToList();
        var clients = nodes.SelectMany((node, i) => Enumerable.Range(0, i + 1).Select(_ => node.Sockets.Connect())).ToList();
        List<string> expected =
            [.. nodes.SelectMany((node, i) => clients.GetRange(i * (i + 1) / 2, i + 1).Select(client => PathOf(client.Connection, node)))];
        var listed = new List<string>();
        string? after = null;

        for (var page = 0; page == 0 || after is not null; page++)
        {
            // Each page is another manager's.
            var asked = _nodes[page % _nodes.Length];
            var list = Ask<Ws.ClusterConnectionList>(asked, new Ws.ListClusterConnections { PageSize = 2, After = after });
            Assert.InRange(list.Connections.Count, 0, 2);
            Assert.Empty(list.Missing);
            listed.AddRange(list.Connections.Select(one => PathOf(one.Connection, asked)));
            after = list.Next;
            if (page == 0)
            {
                clients[0].Socket.Reset();
                clients[0].Socket.ExpectStopped();
                nodes[0].Sockets.Connect();
            }
        }

        Assert.Equal(expected, listed);
    }

    [Fact]
    public async Task A_list_goes_on_behind_a_node_that_has_left()
    {
        var nodes = _nodes.OrderBy(static node => AddressOf(node).ToString(), StringComparer.Ordinal).ToList();
        nodes.ForEach(static node => node.Sockets.Connect());
        var first = Ask<Ws.ClusterConnectionList>(nodes[2], new Ws.ListClusterConnections { PageSize = 1 });
        nodes[2].Cluster.Down(AddressOf(nodes[1]));
        await Eventually.Holds(
            () => Ask<Ws.ClusterTotals>(nodes[2], new Ws.GetClusterStats()) is { Nodes.Count: 2, Missing.Count: 0 }, "it has not left");

        var second = Ask<Ws.ClusterConnectionList>(nodes[2], new Ws.ListClusterConnections { After = first.Next });

        Assert.Equal(nodes[2].System.WebSockets().Manager, ((IInternalActorRef)Assert.Single(second.Connections).Connection).Parent);
        Assert.Equal((null, 0), (second.Next, second.Missing.Count));
    }

    [Fact]
    public void A_user_is_kicked_on_every_node()
    {
        var (here, there, other) = (A.Sockets.Connect("/as/ann"), B.Sockets.Connect("/as/ann"), C.Sockets.Connect("/as/bob"));

        var kicked = Ask<Ws.KickedInCluster>(C, new Ws.KickInCluster(new() { User = "ann" }, new Ws.Close(4003, "banned")));

        Assert.Equal([1, 1, 0], _nodes.Select(node => kicked.Nodes[AddressOf(node)].Count));
        here.ExpectClose(4003);
        there.ExpectClose(4003);
        other.ExpectNothing();
    }

    [Fact]
    public void A_user_is_told_by_a_connection_of_one_node_and_a_session_of_another()
    {
        var session = SessionClient.Begin(A.Sockets, "/session/ann");
        session.Send("where");
        var home = session.Next();
        var elsewhere = _nodes.First(node => AddressOf(node).ToString() != home);
        var connection = elsewhere.Sockets.Connect("/as/ann");
        var sender = A.Probe();

        A.System.WebSockets().Manager.Tell(new Ws.SendToUser("ann", Ws.Send.Text("hi") with { Ack = "ack" }), sender.Ref);

        session.Expect("hi");
        connection.ExpectText("hi");
        session.Ack();
        var answers = sender.ReceiveN(3).ToList();
        Assert.Equal(2, answers.Count(static message => message is "ack"));
        var sent = Assert.Single(answers.OfType<Ws.SentToUser>());
        Assert.Equal((1, 1, 0), (sent.Connections, sent.Sessions, sent.Missing.Count));
        Assert.Equal(1, sent.Nodes[AddressOf(elsewhere)].Connections);
        Assert.Equal(home, Assert.Single(sent.Nodes, static node => node.Value.Sessions == 1).Key.ToString());
    }

    [Fact]
    public void Messages_to_a_user_arrive_on_each_node_in_order()
    {
        var connections = _nodes.Select(static node => node.Sockets.Connect("/as/ann")).ToList();
        string[] numbers = [.. Enumerable.Range(0, 200).Select(static i => $"{i}")];

        foreach (var number in numbers)
        {
            A.System.WebSockets().Manager.Tell(new Ws.SendToUser("ann", Ws.Send.Text(number)), ActorRefs.NoSender);
        }

        Assert.All(connections, connection => Assert.All(numbers, connection.ExpectText));
    }

    [Fact]
    public async Task A_node_that_stops_midway_is_missing_as_soon_as_the_cluster_knows()
    {
        Suspend(C);
        Task<Ws.ClusterTotals>[] answers =
            [.. new[] { A, B }.Select(static node => AskAsync<Ws.ClusterTotals>(node, new Ws.GetClusterStats { Timeout = Long }))];
        var list = AskAsync<Ws.ClusterConnectionList>(A, new Ws.ListClusterConnections { Timeout = Long });
        var since = Stopwatch.StartNew();

        await C.Kill();

        foreach (var totals in await Task.WhenAll(answers))
        {
            Assert.Equal((2, AddressOf(C)), (totals.Nodes.Count, Assert.Single(totals.Missing)));
        }

        Assert.Equal(AddressOf(C), Assert.Single((await list).Missing));
        Assert.True(since.Elapsed < Long, $"only the deadline ended the wait, after {since.Elapsed}");
    }

    [Fact]
    public void A_node_that_does_not_answer_is_missing_at_the_deadline()
    {
        Suspend(C);
        var timeout = TimeSpan.FromMilliseconds(500);

        Assert.Equal(AddressOf(C), Assert.Single(Ask<Ws.ClusterTotals>(A, new Ws.GetClusterStats { Timeout = timeout }).Missing));
        Assert.Equal(
            AddressOf(C),
            Assert.Single(Ask<Ws.SentToUser>(A, new Ws.SendToUser("ann", Ws.Send.Text("hi")) { Timeout = timeout }).Missing));
    }

    [Fact]
    public async Task A_node_is_drained_by_the_manager_of_another()
    {
        var (here, there) = (A.Sockets.Connect(), B.Sockets.Connect());

        var drained = AskAsync<Ws.Drained>(A, new Ws.Drain { Node = AddressOf(B) });

        there.ExpectClose(CloseCode.ServiceRestart);
        there.SendClose(CloseCode.ServiceRestart);
        Assert.Equal(1, (await drained).Closed);
        here.ExpectNothing();
    }

    [Fact]
    public async Task Nodes_without_WebSockets_are_not_missing_and_those_of_another_version_are_at_once()
    {
        using var without = await JoinAsync(static _ => { });
        using var earlier = await JoinAsync(
            static system => ((ExtendedActorSystem)system).SystemActorOf(Props.Create<Ignorant>(), "websockets"));
        var send = new Ws.SendToUser("ann", Ws.Send.Text("hi")) { Timeout = Long };
        var since = Stopwatch.StartNew();

        // The first node has heard of the other one before.
        await Eventually.Holds(() => Ask<Ws.SentToUser>(A, send).Missing.Count == 1, "no node is missing");

        var sent = Ask<Ws.SentToUser>(A, send);
        Assert.Equal(Akka.Cluster.Cluster.Get(earlier).SelfAddress, Assert.Single(sent.Missing));
        Assert.Equal(_nodes.Length, sent.Nodes.Count);
        Assert.True(since.Elapsed < Long, $"only the deadline ended the wait, after {since.Elapsed}");
        await Task.WhenAll(without.Terminate(), earlier.Terminate());
    }

    /// <summary>A node of the cluster whose WebSockets are not ours.</summary>
    private async Task<ActorSystem> JoinAsync(Action<ActorSystem> start)
    {
        var system = ActorSystem.Create("ws", A.System.Settings.Config);
        start(system);
        await Akka.Cluster.Cluster.Get(system).JoinAsync(AddressOf(A)).WaitAsync(Long);
        return system;
    }

    private static string PathOf(IActorRef connection, Node node) => connection.Path.ToStringWithAddress(AddressOf(node));

    private static void Suspend(Node node) => ((IInternalActorRef)node.System.WebSockets().Manager).Suspend();

    private static Address AddressOf(Node node) => node.Cluster.SelfAddress;

    private static T Ask<T>(Node node, object operation) => AskAsync<T>(node, operation).GetAwaiter().GetResult();

    private static Task<T> AskAsync<T>(Node node, object operation) =>
        node.System.WebSockets().Manager.Ask<T>(operation, Eventually.Patience);

    private static GuardDecision As(UpgradeRequest request) =>
        GuardDecision.Accept(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, request.RouteValues["user"])], "test")));

    private sealed class Where : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Ws.Received)
            {
                Sender.Tell(Ws.Send.Text(Akka.Cluster.Cluster.Get(Context.System).SelfAddress.ToString()));
            }
        }
    }

    /// <summary>The manager of a version that does not know these operations.</summary>
    private sealed class Ignorant : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }
    }
}
