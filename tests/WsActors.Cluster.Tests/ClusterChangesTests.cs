using System.Diagnostics;
using Akka.Actor;
using WsActors.Protocol;
using static WsActors.Cluster.Tests.ThreeNodes;

namespace WsActors.Cluster.Tests;

/// <summary>One manager answers for three nodes, while nodes come and go. Each test has a cluster of its own.</summary>
public sealed class ClusterChangesTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private readonly ThreeNodes _three = new();

    private Node[] _nodes = null!;

    private Node A => _nodes[0];

    private Node B => _nodes[1];

    private Node C => _nodes[2];

    public async Task InitializeAsync()
    {
        await _three.InitializeAsync();
        _nodes = _three.All;
    }

    public Task DisposeAsync() => _three.DisposeAsync();

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
    public async Task A_drained_node_answers_and_one_that_stops_midway_is_missing_as_soon_as_the_cluster_knows()
    {
        var (here, there) = (A.Sockets.Connect(), B.Sockets.Connect());
        var drained = AskAsync<Ws.Drained>(A, new Ws.Drain { Node = AddressOf(B) });
        there.ExpectClose(CloseCode.ServiceRestart);
        there.SendClose(CloseCode.ServiceRestart);
        Assert.Equal(1, (await drained).Closed);
        here.ExpectNothing();

        Suspend(C);
        Task<Ws.ClusterTotals>[] answers =
            [.. new[] { A, B }.Select(static node => AskAsync<Ws.ClusterTotals>(node, new Ws.GetClusterStats { Timeout = Long }))];
        var list = AskAsync<Ws.ClusterConnectionList>(A, new Ws.ListClusterConnections { Timeout = Long });
        var sorted = AskAsync<Ws.ClusterConnectionList>(
            A, new Ws.ListClusterConnections { OrderBy = Ws.ConnectionOrder.OpenedAt, Timeout = Long });
        var sessions = AskAsync<Ws.SessionList>(B, new Ws.ListSessions { Timeout = Long });
        var since = Stopwatch.StartNew();

        await C.Kill();

        foreach (var totals in await Task.WhenAll(answers))
        {
            Assert.Equal((2, AddressOf(C)), (totals.Nodes.Count, Assert.Single(totals.Missing)));
        }

        Assert.Equal(AddressOf(C), Assert.Single((await list).Missing));
        Assert.Equal((1, AddressOf(C)), ((await sorted).Connections.Count, Assert.Single((await sorted).Missing)));
        Assert.Equal(AddressOf(C), Assert.Single((await sessions).Missing));
        Assert.True(since.Elapsed < Long, $"only the deadline ended the wait, after {since.Elapsed}");
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
        var totals = Ask<Ws.ClusterTotals>(A, new Ws.GetClusterStats { Timeout = Long });
        Assert.Equal((0, 7, null), (totals.Missing.Count, totals.Connections, totals.Nodes[sent.Missing[0]].Traffic));
        var byUser = new Ws.ListClusterConnections { OrderBy = Ws.ConnectionOrder.User, Timeout = Long };
        Assert.Equal(sent.Missing, Ask<Ws.ClusterConnectionList>(A, byUser).Missing);
        Assert.Equal(sent.Missing, Ask<Ws.TopicList>(A, new Ws.ListTopics { Timeout = Long }).Missing);
        Assert.Equal(sent.Missing, Ask<Ws.SessionList>(A, new Ws.ListSessions { Timeout = Long }).Missing);
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

    /// <summary>The manager of a version that knows no operation of all nodes, but counts.</summary>
    private sealed class Ignorant : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Ws.GetStats)
            {
                Sender.Tell(new Ws.Totals { Connections = 7, Handshakes = 0, Opened = 7, Refused = 0, Endpoints = [] });
            }
        }
    }
}
