using Akka.Actor;
using WsActors.Tests.Sessions;
using static WsActors.Cluster.Tests.ThreeNodes;

namespace WsActors.Cluster.Tests;

/// <summary>One manager answers for three nodes. The tests share them, and leave no connection behind.</summary>
public sealed class ClusterOperationsTests(ThreeNodes nodes) : IClassFixture<ThreeNodes>, IDisposable
{
    private readonly Node[] _nodes = nodes.All;

    private Node A => _nodes[0];

    private Node B => _nodes[1];

    private Node C => _nodes[2];

    public void Dispose() => Array.ForEach(_nodes, static node => node.Sockets.Finish());

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
        var connections = _nodes.Select(static node => node.Sockets.Connect("/as/carl")).ToList();
        string[] numbers = [.. Enumerable.Range(0, 200).Select(static i => $"{i}")];

        foreach (var number in numbers)
        {
            A.System.WebSockets().Manager.Tell(new Ws.SendToUser("carl", Ws.Send.Text(number)), ActorRefs.NoSender);
        }

        Assert.All(connections, connection => Assert.All(numbers, connection.ExpectText));
    }

    [Fact]
    public void A_connection_of_another_node_is_tapped_and_either_node_ends_the_tap()
    {
        var client = C.Sockets.Connect();
        var connection = Assert.Single(Ask<Ws.ClusterConnectionList>(A, new Ws.ListClusterConnections()).Connections).Connection;
        var operatorProbe = A.Probe();
        var manager = A.System.WebSockets().Manager;

        manager.Tell(new Ws.Tap(connection) { Payload = 2 }, operatorProbe.Ref);

        Assert.Equal(connection, operatorProbe.ExpectMsg<Ws.TapStarted>().Connection);
        client.SendText("hello");
        var frame = operatorProbe.ExpectMsg<Ws.TappedFrame>();
        Assert.Equal((5, "he"), (frame.Length, System.Text.Encoding.UTF8.GetString(frame.Payload.Span)));
        Assert.Equal(5, operatorProbe.ExpectMsg<Ws.TappedEvent>().Count);
        Assert.Equal(1, Ask<Ws.TapEnded>(B, new Ws.EndTap(connection)).Frames);
        Assert.Equal(Ws.TapEndReason.Cancelled, operatorProbe.ExpectMsg<Ws.TapEnded>().Reason);

        var unknown = ((ExtendedActorSystem)A.System).Provider.ResolveActorRef("akka.tcp://ws@127.0.0.1:1/user/x");
        manager.Tell(new Ws.Tap(unknown), operatorProbe.Ref);
        Assert.Contains(
            "is not a node of the cluster", operatorProbe.ExpectMsg<Status.Failure>().Cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_missing_at_the_deadline()
    {
        Suspend(C);
        var timeout = TimeSpan.FromMilliseconds(500);
        try
        {
            var list = AskAsync<Ws.TopicList>(A, new Ws.ListTopics { Timeout = timeout });
            Assert.Equal(AddressOf(C), Assert.Single(Ask<Ws.ClusterTotals>(A, new Ws.GetClusterStats { Timeout = timeout }).Missing));
            Assert.Equal(
                AddressOf(C),
                Assert.Single(Ask<Ws.SentToUser>(A, new Ws.SendToUser("nobody", Ws.Send.Text("hi")) { Timeout = timeout }).Missing));
            Assert.Equal(AddressOf(C), Assert.Single((await list).Missing));
        }
        finally
        {
            ((IInternalActorRef)C.System.WebSockets().Manager).Resume();
        }
    }

    [Fact]
    public void Sorted_pages_have_the_connections_topics_and_sessions_of_all_nodes()
    {
        // Connections, each page by another manager, while one goes and another comes.
        var clients = "cafbed".Select((name, i) => _nodes[i % 3].Sockets.Connect($"/as/{name}")).ToList();
        var byUser = new Ws.ListClusterConnections { OrderBy = Ws.ConnectionOrder.User, PageSize = 2 };
        var users = new List<string?>();
        for (var page = 0; page == 0 || byUser.After is not null; page++)
        {
            var list = Ask<Ws.ClusterConnectionList>(_nodes[page % 3], byUser);
            Assert.Empty(list.Missing);
            users.AddRange(list.Connections.Select(static one => one.User));
            byUser = byUser with { After = list.Next };
            if (page == 0)
            {
                clients[0].Socket.Reset();
                clients[0].Socket.ExpectStopped();
                B.Sockets.Connect("/as/g");
            }
        }

        Assert.Equal(["a", "b", "d", "e", "f", "g"], users);

        // The slowest reader of all nodes.
        clients[2].Socket.StopReading();
        clients[2].Connection.Tell(Ws.Send.Binary(new byte[100_000]));
        C.Sockets.AwaitIdle();
        var slowest = new Ws.ListClusterConnections { OrderBy = Ws.ConnectionOrder.QueuedBytes, IsDescending = true, PageSize = 1 };
        Assert.Equal("f", Assert.Single(Ask<Ws.ClusterConnectionList>(A, slowest).Connections).User);
        Assert.Equal(
            "f", Assert.Single(Ask<Ws.ClusterConnectionList>(B, slowest with { Filter = new() { Search = "F" } }).Connections).User);
        Assert.All(
            Ask<Ws.ClusterTotals>(B, new Ws.GetClusterStats()).Nodes,
            node => Assert.Equal(node.Key.Equals(AddressOf(C)), node.Value.Traffic!.BytesSent >= 100_000));

        // Topics, whose members are on several nodes.
        A.Join(clients[3], "tea");
        B.Join(clients[1], "tea");
        B.Join(clients[1], "coffee");
        C.Join(clients[2], "coffee");
        C.Join(clients[5], "coffee");
        C.Join(clients[5], "water");
        var byMembers = new Ws.ListTopics { OrderBy = Ws.TopicOrder.Members, IsDescending = true, PageSize = 2 };
        var largest = Ask<Ws.TopicList>(A, byMembers);
        Assert.Equal([("coffee", 3), ("tea", 2)], largest.Topics.Select(static topic => (topic.Name, topic.Members)));
        Assert.Equal((1, 2), (largest.Topics[0].Nodes[AddressOf(B)], largest.Topics[0].Nodes[AddressOf(C)]));
        Assert.Equal("water", Assert.Single(Ask<Ws.TopicList>(C, byMembers with { After = largest.Next }).Topics).Name);
        var byName = new Ws.ListTopics { PageSize = 1 };
        var first = Ask<Ws.TopicList>(B, byName);
        Assert.Equal(("coffee", 3), (Assert.Single(first.Topics).Name, first.Topics[0].Members));
        Assert.Equal("tea", Assert.Single(Ask<Ws.TopicList>(C, byName with { After = first.Next }).Topics).Name);

        // Sessions, wherever they live.
        var session = SessionClient.Begin(A.Sockets, "/session/eve");
        session.Send("where");
        var home = session.Next();
        var listed = Assert.Single(Ask<Ws.SessionList>(B, new Ws.ListSessions { User = "eve" }).Sessions);
        Assert.Equal((home, session.SessionId, true), (listed.Node.ToString(), listed.SessionId, listed.IsAttached));
        Assert.Equal((1, "/session/{user}"), (listed.UnacknowledgedMessages, listed.Route));
    }

    private static string PathOf(IActorRef connection, Node node) => connection.Path.ToStringWithAddress(AddressOf(node));
}
