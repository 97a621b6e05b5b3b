using System.Net;
using System.Reflection;
using Akka.Actor;
using WsActors.Clustering;
using WsActors.Connection;
using WsActors.Messages;
using WsActors.Runtime;
using WsActors.TestKit;
using WsActors.Tests.Sessions;

namespace WsActors.Tests;

/// <summary>Sorted pages of connections, topics and sessions, asked on a node whose cluster is this node alone.</summary>
public sealed class SortedListsSpec : SessionSpec
{
    private static readonly Address Elsewhere = new("akka.tcp", "chat", "elsewhere", 4053);

    private Address Here => ((ExtendedActorSystem)Sys).Provider.DefaultAddress;

    // Connections.

    [Fact]
    public void Connections_are_sorted_by_each_order()
    {
        var ann = Connect("/as/ann", "192.0.2.10");
        Kit.Advance(Seconds(1));
        var bob = Connect("/as/bob", "192.0.2.9");
        Kit.Advance(Seconds(1));
        var nobody = Connect("/plain", "2001:db8::1");
        nobody.Socket.StopReading();
        bob.Socket.StopReading();
        nobody.Connection.Tell(Ws.Send.Binary(new byte[1000]));
        bob.Connection.Tell(Ws.Send.Binary(new byte[2000]));
        ann.SendText("1");
        ann.SendText("2");
        nobody.SendBinary(new byte[70_000]);
        Kit.AwaitIdle();

        AssertOrder(Ws.ConnectionOrder.OpenedAt, ann, bob, nobody);
        AssertOrder(Ws.ConnectionOrder.User, nobody, ann, bob);
        AssertOrder(Ws.ConnectionOrder.Address, bob, ann, nobody);
        AssertOrder(Ws.ConnectionOrder.Route, ann, bob, nobody);
        AssertOrder(Ws.ConnectionOrder.QueuedBytes, ann, nobody, bob);
        AssertOrder(Ws.ConnectionOrder.UnhandledBytes, bob, ann, nobody);
        AssertOrder(Ws.ConnectionOrder.Messages, bob, ann, nobody);
        Assert.Equal(
            Refs(bob, nobody, ann), Found(new() { OrderBy = Ws.ConnectionOrder.QueuedBytes, IsDescending = true }).Select(RefOf));
        Assert.Equal(
            Refs(bob, ann, nobody), Found(new() { OrderBy = Ws.ConnectionOrder.User, IsDescending = true }).Select(RefOf));
    }

    [Fact]
    public void Connections_without_a_round_trip_are_before_those_with_one()
    {
        var (first, second, third) = (Connect("/plain"), Connect("/plain"), Connect("/plain"));
        Kit.Advance(Seconds(25));
        Answer(third, Seconds(1));
        Answer(second, Seconds(1));

        AssertOrder(Ws.ConnectionOrder.LastRoundTrip, first, third, second);
        return;

        void Answer(ClientProbe client, TimeSpan after)
        {
            var ping = client.ExpectPing();
            Kit.Advance(after);
            client.SendFrame(Protocol.Frames.Opcode.Pong, ping);
            Kit.AwaitIdle();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pages_continue_among_equal_values_while_connections_come_and_go(bool isDescending)
    {
        var clients = Enumerable.Range(0, 5).Select(_ => Connect("/plain")).ToList();
        var list = new Ws.ListClusterConnections { OrderBy = Ws.ConnectionOrder.QueuedBytes, IsDescending = isDescending, PageSize = 2 };

        var first = List(list);
        clients[1].Socket.Reset();
        clients[1].Socket.ExpectStopped();
        clients[2].Socket.Reset();
        clients[2].Socket.ExpectStopped();
        clients.Add(Connect("/plain"));
        var second = List(list with { After = first.Next });
        var third = List(list with { After = second.Next });

        Assert.Equal(
            Refs(clients[0], clients[1], clients[3], clients[4], clients[5]),
            new[] { first, second, third }.SelectMany(static page => page.Connections).Select(RefOf));
        Assert.Equal((2, 2, 1, null), (first.Connections.Count, second.Connections.Count, third.Connections.Count, third.Next));
    }

    [Fact]
    public void A_page_that_has_all_has_no_next_one()
    {
        Connect("/plain");
        Connect("/plain");
        var list = new Ws.ListClusterConnections { OrderBy = Ws.ConnectionOrder.OpenedAt };

        Assert.Null(List(list with { PageSize = 2 }).Next);
        Assert.Null(List(list with { PageSize = 3 }).Next);
        Assert.NotNull(List(list with { PageSize = 1 }).Next);
        Assert.Empty(List(list with { Filter = new() { User = "nobody" } }).Connections);
    }

    [Fact]
    public void A_page_continues_among_equal_values_by_node()
    {
        var client = Connect("/plain").Connection;
        var list = new Ws.ListClusterConnections { OrderBy = Ws.ConnectionOrder.QueuedBytes };

        // Another node's place among equal values: this node is listed if it is behind that one, or has started again.
        Assert.Equal(client, Assert.Single(List(list with { After = "QueuedBytes+:0::5/7/akka.tcp://a@a:1" }).Connections).Connection);
        Assert.Empty(List(list with { After = "QueuedBytes+:0::0/0/akka://z@z:1" }).Connections);
        Assert.Equal(client, Assert.Single(List(list with { After = $"QueuedBytes+:0::5/7/{Here}" }).Connections).Connection);
        Assert.Empty(List(list with { After = $"QueuedBytes+:0::5/0/{Here}" }).Connections);
        Assert.Empty(List(list with { After = $"QueuedBytes+:1::0/0/{Here}" }).Connections);
    }

    [Fact]
    public void A_search_finds_parts_of_user_address_and_route()
    {
        var (ann, bob, nobody) = (Connect("/as/Ann", "192.0.2.10"), Connect("/as/bob", "192.0.2.9"), Connect("/plain", "2001:db8::1"));
        var user = List(new() { Filter = new() { Search = "ANN" } });

        Assert.Equal(ann.Connection, Assert.Single(user.Connections).Connection);
        Assert.Equal(Refs(ann, bob), Search("2.0.2."));
        Assert.Equal(Refs(ann, bob), Search("/AS/{"));
        Assert.Equal(Refs(nobody), Search("db8::"));
        Assert.Equal(Refs(bob), Search("bob"));
        Assert.Empty(Search("bobby"));
        Assert.Equal(1, Ask<Ws.Kicked>(new Ws.Kick(new() { Search = "bo" })).Count);
        return;

        IEnumerable<IActorRef> Search(string text) =>
            Found(new() { Filter = new() { Search = text }, OrderBy = Ws.ConnectionOrder.OpenedAt }).Select(RefOf);
    }

    [Fact]
    public void Keys_of_answers_are_those_of_counters()
    {
        // The asking node sorts by the answers: a cursor that it makes must be at the same place on the node.
        Connect("/as/ann", "192.0.2.10");
        Connect("/as/%C3%A9%20:%2F+", "fe80::1");
        var plain = Connect("/plain", "::1");
        plain.Connection.Tell(Ws.Send.Text("hi"));
        Kit.AwaitIdle();

        foreach (var order in Enum.GetValues<Ws.ConnectionOrder>())
        {
            foreach (var isDescending in new[] { false, true })
            {
                var list = new Ws.ListClusterConnections { OrderBy = order, IsDescending = isDescending, PageSize = 1 };
                var all = Found(list with { PageSize = 3 }).Select(RefOf).ToList();
                var listed = new List<IActorRef>();
                for (var page = List(list); listed.Count < 4; page = List(list with { After = page.Next }))
                {
                    listed.Add(Assert.Single(page.Connections).Connection);
                    if (page.Next is null)
                    {
                        break;
                    }
                }

                Assert.Equal(all, listed);
            }
        }
    }

    // Traffic.

    [Fact]
    public void Traffic_is_that_of_open_and_closed_connections()
    {
        var (open, gone) = (Connect("/plain"), Connect("/plain"));
        open.SendText("12345");
        gone.SendText("123");
        open.Connection.Tell(Ws.Send.Text("1234"));
        Kit.AwaitIdle();
        gone.Connection.Tell(Ws.Send.Text("12"));
        Kit.AwaitIdle();
        var expected = new Ws.Traffic { MessagesReceived = 2, MessagesSent = 2, BytesReceived = 8, BytesSent = 6 };
        AssertTraffic(expected);

        gone.Socket.Reset();
        gone.Socket.ExpectStopped();

        AssertTraffic(expected);
        Connect("/plain").SendText("1");
        Kit.AwaitIdle();
        AssertTraffic(expected with { MessagesReceived = 3, BytesReceived = 9 });
        return;

        void AssertTraffic(Ws.Traffic traffic)
        {
            var totals = Ask<Ws.ClusterTotals>(new Ws.GetClusterStats()).Nodes[Here];
            Assert.Equal((traffic, traffic), (totals.Traffic, Assert.Single(totals.Endpoints).Traffic));
        }
    }

    // Topics.

    [Fact]
    public void Topics_are_sorted_by_name_or_members_in_pages()
    {
        var clients = Enumerable.Range(0, 3).Select(_ => Connect("/plain")).ToList();
        Join("b", clients[0], clients[1], clients[2]);
        Join("a", clients[0]);
        Join("c", clients[1]);
        Join("d:é", clients[0], clients[2]);

        Assert.Equal(["a:1", "b:3", "c:1", "d:é:2"], Pages(new() { PageSize = 3 }));
        Assert.Equal(["d:é:2", "c:1", "b:3", "a:1"], Pages(new() { PageSize = 1, IsDescending = true }));
        Assert.Equal(
            ["b:3", "d:é:2", "a:1", "c:1"], Pages(new() { PageSize = 1, OrderBy = Ws.TopicOrder.Members, IsDescending = true }));
        Assert.Equal(["a:1", "c:1", "d:é:2", "b:3"], Pages(new() { PageSize = 2, OrderBy = Ws.TopicOrder.Members }));
        Assert.Equal(["d:é:2"], Pages(new() { Prefix = "d" }));
        clients[2].Connection.Tell(new Ws.Leave("d:é"));
        clients[0].Socket.Reset();
        clients[0].Socket.ExpectStopped();
        Kit.AwaitIdle();
        Assert.Equal(["b:2", "c:1"], Pages(new()));
        return;

        List<string> Pages(Ws.ListTopics list)
        {
            var topics = new List<string>();
            for (string? after = null; topics.Count == 0 || after is not null;)
            {
                var page = Ask<Ws.TopicList>(list with { After = after });
                Assert.InRange(page.Topics.Count, 1, list.PageSize);
                Assert.All(page.Topics, topic => Assert.Equal(Here, Assert.Single(topic.Nodes).Key));
                topics.AddRange(page.Topics.Select(static topic => $"{topic.Name}:{topic.Members}"));
                after = page.Next;
            }

            return topics;
        }
    }

    // Sessions.

    [Fact]
    public void Sessions_are_listed_with_their_clients_and_logs_and_without_their_secrets()
    {
        var (ann, bob, nobody) = (Begin("/as/ann"), Begin("/as/bob"), Begin());
        Kit.Advance(Seconds(1));
        Break(bob);
        Kit.Advance(Seconds(1));
        Break(ann);
        Ask<Ws.SentToUser>(new Ws.SendToUser("ann", Ws.Send.Text("hi")));
        Ask<Ws.SentToUser>(new Ws.SendToUser("ann", Ws.Send.Text("hi")));
        Ask<Ws.SentToUser>(new Ws.SendToUser("bob", Ws.Send.Text("hi")));
        Kit.AwaitIdle();

        var list = Sessions(new() { OrderBy = Ws.SessionOrder.DetachedAt });

        Assert.Equal([bob.SessionId, ann.SessionId, nobody.SessionId], list.Sessions.Select(static one => one.SessionId));
        var first = list.Sessions[0];
        var start = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(
            (Here, "bob", "/as/{user}", false, start, start + Seconds(1), 1, 130L),
            (first.Node, first.User, first.Route, first.IsAttached, first.StartedAt, first.DetachedAt, first.UnacknowledgedMessages,
                first.UnacknowledgedBytes));
        Assert.Equal((null, null, "/", true), (list.Sessions[2].User, list.Sessions[2].DetachedAt, list.Sessions[2].Route,
            list.Sessions[2].IsAttached));
        Assert.DoesNotContain(list.Sessions, session => $"{session}".Contains("ann", StringComparison.Ordinal));
        Assert.Equal(
            [ann.SessionId, bob.SessionId, nobody.SessionId],
            Sessions(new() { OrderBy = Ws.SessionOrder.UnacknowledgedBytes, IsDescending = true })
                .Sessions.Select(static one => one.SessionId));
        Assert.Equal(
            ann.SessionId,
            Sessions(new() { OrderBy = Ws.SessionOrder.UnacknowledgedMessages, IsDescending = true, PageSize = 1 }).Sessions[0].SessionId);

        Resume(ann);
        Assert.True(Assert.Single(Sessions(new() { User = "ann" }).Sessions).IsAttached);
        first.Session.Tell(new Ws.Close());
        Handler.Expect<Ws.Closed>();
        Kit.AwaitIdle();
        Assert.Equal(2, Sessions(new()).Sessions.Count);
    }

    [Fact]
    public void Sessions_are_searched_and_paged_by_id()
    {
        string[] ids = [.. new[] { Begin("/as/ann"), Begin("/as/ann"), Begin("/as/bob"), Begin() }
            .Select(static one => one.SessionId!).Order(StringComparer.Ordinal)];

        var first = Sessions(new() { PageSize = 3 });
        var second = Sessions(new() { PageSize = 3, After = first.Next });

        Assert.Equal(ids, first.Sessions.Concat(second.Sessions).Select(static one => one.SessionId));
        Assert.Null(second.Next);
        Assert.Equal(2, Sessions(new() { User = "ann" }).Sessions.Count);
        Assert.Empty(Sessions(new() { User = "an" }).Sessions);
        Assert.Equal(2, Sessions(new() { Search = "AN" }).Sessions.Count(static one => one.User == "ann"));
        Assert.Equal(3, Sessions(new() { Search = "/as/{" }).Sessions.Count);
        Assert.Equal(ids[1], Assert.Single(Sessions(new() { Search = ids[1] }).Sessions).SessionId);
    }

    // All of them.

    [Fact]
    public void Nodes_that_are_not_reachable_are_missing()
    {
        ClusterNode.Join(Sys).SetMembers([new ClusterMember(Elsewhere, 1, IsReachable: false)]);

        Assert.Equal([Elsewhere], List(new() { OrderBy = Ws.ConnectionOrder.User }).Missing);
        Assert.Equal([Elsewhere], Ask<Ws.TopicList>(new Ws.ListTopics()).Missing);
        Assert.Equal([Elsewhere], Sessions(new()).Missing);
    }

    [Fact]
    public void A_cursor_of_another_order_is_refused()
    {
        object[] lists =
        [
            new Ws.ListClusterConnections { After = "User+:1:ann:5/7/akka.tcp://a@a:1" },
            new Ws.ListClusterConnections { OrderBy = Ws.ConnectionOrder.User, After = "5/7/akka.tcp://a@a:1" },
            new Ws.ListClusterConnections { OrderBy = Ws.ConnectionOrder.Route, After = "User+:1:ann:5/7/akka.tcp://a@a:1" },
            new Ws.ListClusterConnections { OrderBy = Ws.ConnectionOrder.User, After = "User-:1:ann:5/7/akka.tcp://a@a:1" },
            new Ws.ListTopics { After = "Members+:1:tea:" },
            new Ws.ListSessions { IsDescending = true, After = "SessionId+:0:id:" },
        ];

        Assert.All(lists, list => Assert.Contains("another order", Ask<Status.Failure>(list).Cause.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Lists_that_wait_are_bounded()
    {
        var scans = new Scans((ExtendedActorSystem)Sys, "scans");
        using var gate = new ManualResetEventSlim();
        for (var i = 0; i < Scans.MaxWaiting; i++)
        {
            scans.Run(static () => 0, _ => Wait(gate), TestActor);
        }

        scans.Run<int>(static () => throw new InvalidOperationException("a copy was made"), static _ => "no", TestActor);

        Assert.IsType<InvalidOperationException>(ExpectMsg<Status.Failure>().Cause);
        gate.Set();
        Assert.Equal(Scans.MaxWaiting, ReceiveN(Scans.MaxWaiting).Count(static answer => answer is "done"));
        AwaitAssert(() =>
        {
            scans.Run<int>(static () => 0, static _ => "next", TestActor);
            ExpectMsg("next");
        });
        return;

        static string Wait(ManualResetEventSlim gate)
        {
            gate.Wait();
            return "done";
        }
    }

    [Fact]
    public void A_node_with_as_many_waiting_lists_as_it_takes_counts_all_the_same_and_lists_no_more()
    {
        var scans = ((EndpointContext.SystemContext)typeof(WebSocketExtension)
            .GetField("_systemContext", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(Sys.WebSockets())!).Scans;
        using var gate = new ManualResetEventSlim();
        for (var i = 0; i < Scans.MaxWaiting; i++)
        {
            scans.Run(
                static () => 0,
                _ =>
                {
                    gate.Wait();
                    return "done";
                },
                ActorRefs.Nobody);
        }

        Connect("/plain");
        Assert.Equal(1, Ask<Ws.ClusterTotals>(new Ws.GetClusterStats()).Connections);
        Assert.Equal([Here], List(new() { OrderBy = Ws.ConnectionOrder.OpenedAt }).Missing);
        Assert.Equal([Here], Ask<Ws.TopicList>(new Ws.ListTopics()).Missing);
        gate.Set();
        AwaitAssert(() => Assert.Empty(Sessions(new()).Missing));
    }

    [Fact]
    public void A_list_that_fails_is_answered_and_affects_no_other()
    {
        var scans = new Scans((ExtendedActorSystem)Sys, "scans");
        scans.Run<int>(static () => 0, static _ => throw new InvalidOperationException("why"), TestActor);
        scans.Run<int>(static () => 0, static _ => "next", TestActor);

        Assert.Equal("why", ExpectMsg<Status.Failure>().Cause.Message);
        ExpectMsg("next");
    }

    [Fact]
    public void Values_out_of_range_fail_where_they_are_given()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Ws.ListClusterConnections { OrderBy = (Ws.ConnectionOrder)99 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Ws.ListTopics { OrderBy = (Ws.TopicOrder)99 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Ws.ListTopics { PageSize = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Ws.ListTopics { PageSize = 1001 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Ws.ListTopics { Timeout = TimeSpan.Zero });
        Assert.Throws<ArgumentNullException>(static () => new Ws.ListTopics { Prefix = null! });
        Assert.Throws<ArgumentException>(static () => new Ws.ListTopics { After = "6/-7/akka.tcp://chat@one:4053" });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Ws.ListSessions { OrderBy = (Ws.SessionOrder)99 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Ws.ListSessions { PageSize = 1001 });
        Assert.Throws<ArgumentException>(static () => new Ws.ListSessions { Search = "" });
        Assert.Throws<ArgumentException>(static () => new Ws.ListSessions { After = "" });
        Assert.Throws<ArgumentException>(static () => new Ws.ConnectionFilter { Search = "" });
        Assert.Throws<ArgumentException>(static () => new Ws.ConnectionFilter { Search = new string('x', 257) });
        Assert.Throws<ArgumentException>(static () => new Ws.Kick(new Ws.ConnectionFilter { Search = null }));
        Assert.Equal(256, new Ws.ConnectionFilter { Search = new string('x', 256) }.Search!.Length);
    }

    private ClientProbe Connect(string path, string from = "192.0.2.1")
    {
        var client = Kit.Dial(IPAddress.Parse(from));
        client.RequestUpgrade(path);
        client.ExpectUpgrade();
        Kit.AwaitIdle();
        return client;
    }

    private void Join(string topic, params ClientProbe[] clients)
    {
        foreach (var client in clients)
        {
            client.Connection.Tell(new Ws.Join(topic), TestActor);
            FishForMessage<Ws.Joined>(static _ => true);
        }
    }

    private void AssertOrder(Ws.ConnectionOrder order, params ClientProbe[] clients) =>
        Assert.Equal(Refs(clients), Found(new() { OrderBy = order }).Select(RefOf));

    private static IEnumerable<IActorRef> Refs(params ClientProbe[] clients) => clients.Select(static client => client.Connection);

    private static IActorRef RefOf(Ws.Stats stats) => stats.Connection;

    private IReadOnlyList<Ws.Stats> Found(Ws.ListClusterConnections list) => List(list).Connections;

    private Ws.ClusterConnectionList List(Ws.ListClusterConnections list) => Ask<Ws.ClusterConnectionList>(list);

    private new Ws.SessionList Sessions(Ws.ListSessions list) => Ask<Ws.SessionList>(list);

    private T Ask<T>(object operation)
    {
        Kit.Manager.Tell(operation, TestActor);
        return ExpectMsg<T>();
    }
}
