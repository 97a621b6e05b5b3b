using Akka.Actor;
using WsActors.Clustering;
using WsActors.Operations;
using WsActors.Protocol;
using WsActors.Runtime;
using WsActors.Tests.Loopback;
using WsActors.Tests.Sessions;

namespace WsActors.Tests;

/// <summary>Operations of all nodes, asked on a node whose cluster is this node alone, or nodes that nobody reaches.</summary>
public sealed class ClusterOperationsSpec : SessionSpec
{
    private static readonly Address Elsewhere = new("akka.tcp", "chat", "elsewhere", 4053);

    private Address Here => ((ExtendedActorSystem)Sys).Provider.DefaultAddress;

    [Fact]
    public void A_single_node_answers_GetClusterStats_for_itself()
    {
        Connect("/plain");

        var totals = Ask<Ws.ClusterTotals>(new Ws.GetClusterStats());

        Assert.Equal((Here, 1, 1), (Assert.Single(totals.Nodes).Key, totals.Nodes[Here].Opened, totals.Connections));
        Assert.Empty(totals.Missing);
    }

    [Fact]
    public void A_single_node_lists_its_connections_in_pages()
    {
        var clients = Enumerable.Range(0, 5).Select(_ => Connect("/plain").Connection).ToList();

        var first = List(new() { PageSize = 2 });
        var second = List(new() { PageSize = 2, After = first.Next });
        var third = List(new() { PageSize = 2, After = second.Next });

        Assert.Equal(
            clients, new[] { first, second, third }.SelectMany(static page => page.Connections).Select(static one => one.Connection));
        Assert.Equal((2, 2, null), (first.Connections.Count, second.Connections.Count, third.Next));
    }

    [Fact]
    public void A_page_continues_behind_a_node_that_has_gone_and_at_the_beginning_of_one_that_started_again()
    {
        var client = Connect("/plain").Connection;

        Assert.Empty(List(new() { After = "0/0/akka://z@z:1" }).Connections);
        Assert.Equal(client, Assert.Single(List(new() { After = "5/7/akka.tcp://a@a:1" }).Connections).Connection);
        Assert.Equal(client, Assert.Single(List(new() { After = $"5/7/{Here}" }).Connections).Connection);
        Assert.Empty(List(new() { After = $"5/0/{Here}" }).Connections);
    }

    [Fact]
    public void A_single_node_kicks_a_user()
    {
        var (ann, bob) = (Connect("/as/ann"), Connect("/as/bob"));

        var kicked = Ask<Ws.KickedInCluster>(new Ws.KickInCluster(new() { User = "ann" }));

        Assert.Equal((1, 1), (kicked.Count, kicked.Nodes[Here].Count));
        ann.ExpectClose(CloseCode.PolicyViolation);
        bob.ExpectNothing();
    }

    [Fact]
    public void A_user_is_told_by_each_connection_and_each_session_and_nobody_else_is()
    {
        TestKit.ClientProbe[] connections = [Connect("/as/ann"), Connect("/as/ann")];
        var session = Begin("/as/ann");
        var other = Begin("/as/bob");

        var sent = Ask<Ws.SentToUser>(new Ws.SendToUser("ann", Ws.Send.Text("hi")));

        Assert.Equal(new Ws.Recipients { Connections = 2, Sessions = 1 }, sent.Nodes[Here]);
        Assert.Equal((2, 1), (sent.Connections, sent.Sessions));
        Assert.All(connections, static connection => connection.ExpectText("hi"));
        session.Expect("hi");
        other.ExpectNothing();
    }

    [Fact]
    public void A_closed_connection_is_not_told()
    {
        var (first, second) = (Connect("/as/ann"), Connect("/as/ann"));
        first.SendClose();
        first.Socket.ExpectStopped();

        Assert.Equal(1, Ask<Ws.SentToUser>(new Ws.SendToUser("ann", Ws.Send.Text("hi"))).Connections);
        second.ExpectText("hi");
        second.Socket.Reset();
        second.Socket.ExpectStopped();
        Assert.Equal(0, Ask<Ws.SentToUser>(new Ws.SendToUser("ann", Ws.Send.Text("hi"))).Connections);
    }

    [Fact]
    public void A_session_without_a_client_logs_what_its_user_is_sent()
    {
        var session = Begin("/as/ann");
        Break(session);

        var sent = Ask<Ws.SentToUser>(new Ws.SendToUser("ann", Ws.Send.Text("while away")));

        Assert.Equal((0, 1), (sent.Connections, sent.Sessions));
        Resume(session);
        session.Expect("while away");
    }

    [Fact]
    public void A_user_without_connections_is_told_by_none()
    {
        Begin();
        Connect("/plain");

        Assert.Equal(
            new Ws.Recipients { Connections = 0, Sessions = 0 },
            Ask<Ws.SentToUser>(new Ws.SendToUser("ann", Ws.Send.Text("hi"))).Nodes[Here]);
    }

    [Fact]
    public void Each_connection_acknowledges_to_the_sender()
    {
        Connect("/as/ann");
        Connect("/as/ann");

        Kit.Manager.Tell(new Ws.SendToUser("ann", Ws.Send.Text("hi") with { Ack = "ack" }), TestActor);
        Kit.AwaitIdle();

        Assert.Equal(2, ReceiveN(3).Count(static message => message is "ack"));
    }

    [Fact]
    public void The_overflow_policy_of_a_message_to_a_user_applies()
    {
        var client = Connect("/as/ann");
        client.Socket.StopReading();
        var large = Ws.Send.Binary(new byte[500_000]) with { Overflow = Ws.OverflowPolicy.Drop, Ack = "ack" };

        Ask<Ws.SentToUser>(new Ws.SendToUser("ann", large with { Ack = null }));
        Ask<Ws.SentToUser>(new Ws.SendToUser("ann", large with { Ack = null }));
        Ask<Ws.SentToUser>(new Ws.SendToUser("ann", large with { Ack = null }));
        Kit.AwaitIdle();
        Kit.Manager.Tell(new Ws.SendToUser("ann", large), TestActor);

        Assert.Equal(Ws.SendFailure.Dropped, FishForMessage<Ws.SendFailed>(static _ => true).Reason);
    }

    [Fact]
    public void Nodes_that_are_not_reachable_are_missing_at_once()
    {
        ClusterNode.Join(Sys).SetMembers([new ClusterMember(Elsewhere, 1, IsReachable: false)]);

        Assert.Equal([Elsewhere], Ask<Ws.ClusterTotals>(new Ws.GetClusterStats()).Missing);
        Assert.Equal([Elsewhere], Ask<Ws.KickedInCluster>(new Ws.KickInCluster(new() { User = "ann" })).Missing);
        Assert.Equal([Elsewhere], Ask<Ws.SentToUser>(new Ws.SendToUser("ann", Ws.Send.Text("hi"))).Missing);
        Assert.Equal([Elsewhere], List(new()).Missing);
    }

    [Fact]
    public void A_node_without_WebSockets_is_not_missing()
    {
        ClusterNode.Join(Sys).SetMembers([new ClusterMember(Elsewhere, 1, IsReachable: true)]);

        var totals = Ask<Ws.ClusterTotals>(new Ws.GetClusterStats());

        Assert.Equal((1, 0), (totals.Nodes.Count, totals.Missing.Count));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_node_that_does_not_answer_is_missing_at_the_deadline(bool isList)
    {
        var time = new ManualTime();
        var operations = Sys.ActorOf(ClusterOperationsActor.PropsFor(new Clock(time)));
        ((IInternalActorRef)Kit.Manager).Suspend();
        operations.Tell(isList ? new Ws.ListClusterConnections() : new Ws.GetClusterStats(), TestActor);
        AwaitOperations(operations);

        Advance(Seconds(2.9));
        AwaitOperations(operations);
        ExpectNoMsg(0);
        Advance(Seconds(0.1));

        Assert.Equal([Here], ExpectMsg<object>() switch
        {
            Ws.ClusterTotals totals => totals.Missing,
            Ws.ClusterConnectionList { Next: null } list => list.Missing,
            var other => throw new InvalidOperationException($"{other}"),
        });
        ((IInternalActorRef)Kit.Manager).Resume();
        Assert.Single(Ask<Ws.ClusterTotals>(new Ws.GetClusterStats()).Nodes);

        void Advance(TimeSpan by)
        {
            time.Advance(by);
            ((Akka.TestKit.TestScheduler)Sys.Scheduler).Advance(by);
        }
    }

    [Fact]
    public void Operations_that_wait_are_bounded()
    {
        var operations = Sys.WebSockets().Operations;
        ((IInternalActorRef)Kit.Manager).Suspend();
        for (var i = 0; i < ClusterOperationsActor.MaxOperations; i++)
        {
            operations.Tell(new Ws.GetClusterStats(), ActorRefs.NoSender);
        }

        operations.Tell(new Ws.GetClusterStats(), TestActor);

        Assert.IsType<InvalidOperationException>(ExpectMsg<Status.Failure>().Cause);
        ((IInternalActorRef)Kit.Manager).Resume();
        AwaitAssert(() =>
        {
            operations.Tell(new Ws.GetClusterStats(), TestActor);
            ExpectMsg<Ws.ClusterTotals>();
        });
    }

    [Fact]
    public void Sends_to_users_leave_places_to_the_operator()
    {
        var operations = Sys.WebSockets().Operations;
        ((IInternalActorRef)Kit.Manager).Suspend();
        for (var i = 0; i < ClusterOperationsActor.MaxSends; i++)
        {
            operations.Tell(new Ws.SendToUser("ann", Ws.Send.Text("hi")), ActorRefs.NoSender);
        }

        operations.Tell(new Ws.SendToUser("ann", Ws.Send.Text("hi")), TestActor);
        Assert.IsType<InvalidOperationException>(ExpectMsg<Status.Failure>().Cause);
        operations.Tell(new Ws.KickInCluster(new Ws.ConnectionFilter { User = "ann" }), TestActor);

        ((IInternalActorRef)Kit.Manager).Resume();
        ExpectMsg<Ws.KickedInCluster>();
    }

    [Fact]
    public void A_drain_of_this_node_by_its_address_is_a_drain()
    {
        Kit.Manager.Tell(new Ws.Drain { Node = Here, Lead = TimeSpan.Zero, Spread = TimeSpan.Zero }, TestActor);
        Kit.AwaitIdle();

        ExpectMsg<Ws.Drained>();
    }

    [Fact]
    public void A_drain_of_an_unknown_or_unreachable_node_fails_and_drains_none()
    {
        Kit.Manager.Tell(new Ws.Drain { Node = Elsewhere }, TestActor);
        Assert.Contains("not a node of the cluster", ExpectMsg<Status.Failure>().Cause.Message, StringComparison.Ordinal);
        ClusterNode.Join(Sys).SetMembers([new ClusterMember(Elsewhere, 1, IsReachable: false)]);
        Kit.Manager.Tell(new Ws.Drain { Node = Elsewhere }, TestActor);
        Assert.Contains("unreachable", ExpectMsg<Status.Failure>().Cause.Message, StringComparison.Ordinal);

        Kit.Manager.Tell(Ws.GetHealth.Instance, TestActor);
        Assert.False(ExpectMsg<Ws.Health>().IsDraining);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(60_001)]
    public void A_timeout_is_more_than_nothing_and_at_most_a_minute(int milliseconds)
    {
        var time = TimeSpan.FromMilliseconds(milliseconds);

        Assert.Throws<ArgumentOutOfRangeException>(() => new Ws.GetClusterStats { Timeout = time });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ws.ListClusterConnections { Timeout = time });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ws.KickInCluster(new() { User = "ann" }) { Timeout = time });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ws.SendToUser("ann", Ws.Send.Text("hi")) { Timeout = time });
        Assert.Equal(Seconds(60), new Ws.GetClusterStats { Timeout = Seconds(60) }.Timeout);
    }

    [Fact]
    public void Nulls_streams_and_values_out_of_range_fail_where_they_are_given()
    {
        Assert.Throws<ArgumentNullException>(static () => new Ws.ListClusterConnections(null!));
        Assert.Throws<ArgumentNullException>(static () => new Ws.KickInCluster(null!));
        Assert.Throws<ArgumentException>(static () => new Ws.KickInCluster(Ws.ConnectionFilter.All));
        Assert.Throws<ArgumentNullException>(static () => new Ws.SendToUser(null!, Ws.Send.Text("hi")));
        Assert.Throws<ArgumentException>(static () => new Ws.SendToUser("", Ws.Send.Text("hi")));
        Assert.Throws<ArgumentNullException>(static () => new Ws.SendToUser("ann", null!));
        Assert.Throws<ArgumentException>(static () => new Ws.SendToUser("ann", Ws.Send.Stream(default, Parts())));
        Assert.Throws<ArgumentNullException>(static () => new ClusterMember(null!, 0, IsReachable: true));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Ws.ListClusterConnections { PageSize = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Ws.ListClusterConnections { PageSize = 1001 });
        Assert.DoesNotContain("ann", $"{new Ws.SendToUser("ann", Ws.Send.Text("hi"))}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1/2")]
    [InlineData("1/2/here")]
    [InlineData("-1/2/akka.tcp://a@a:1")]
    [InlineData("1/x/akka.tcp://a@a:1")]
    public void A_text_that_is_no_cursor_is_refused(string text) =>
        Assert.Throws<ArgumentException>(() => new Ws.ListClusterConnections { After = text });

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Parts()
    {
        await Task.CompletedTask;
        yield break;
    }

    private TestKit.ClientProbe Connect(string path)
    {
        var client = Kit.Connect(path);
        Handler.ExpectOpened();
        return client;
    }

    private T Ask<T>(object operation)
    {
        Kit.Manager.Tell(operation, TestActor);
        return ExpectMsg<T>();
    }

    private Ws.ClusterConnectionList List(Ws.ListClusterConnections list) => Ask<Ws.ClusterConnectionList>(list);

    /// <summary>Waits until operations have started, and have handled all their messages.</summary>
    private void AwaitOperations(IActorRef operations)
    {
        Await(operations);
        Await(Sys.ActorSelection(operations.Path / "*"));
    }

    private static void Await(ICanTell actor) => actor.Ask<ActorIdentity>(new Identify(null)).GetAwaiter().GetResult();
}
