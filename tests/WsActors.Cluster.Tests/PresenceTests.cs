using Akka.Actor;
using Akka.DistributedData;
using Akka.TestKit;

namespace WsActors.Cluster.Tests;

/// <summary>The members of a topic are the same on every node, soon after a change.</summary>
public sealed class PresenceTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    private static readonly Dictionary<string, string> Nothing = [];

    private Node[] _nodes = null!;

    private Node A => _nodes[0];

    private Node B => _nodes[1];

    private Node C => _nodes[2];

    public async Task InitializeAsync() => _nodes = await Node.StartCluster(3);

    public async Task DisposeAsync() => await Task.WhenAll(_nodes.Select(static node => node.DisposeAsync().AsTask()));

    [Fact]
    public async Task All_nodes_have_the_same_members_within_three_seconds_of_a_change()
    {
        var ann = A.Member("tea", "/as/ann", new Dictionary<string, string> { ["mood"] = "fine" });
        await Agree("tea", "ann: mood=fine");
        B.Member("tea", "/as/ann", Nothing);
        C.Member("tea", presence: Nothing);
        C.Member("tea");
        await Agree("tea", ": ", "ann: ", "ann: mood=fine");

        A.Join(ann, "tea", new Dictionary<string, string> { ["mood"] = "better" });
        await Agree("tea", ": ", "ann: ", "ann: mood=better");
        ann.Socket.Reset();
        await Agree("tea", ": ", "ann: ");
    }

    [Fact]
    public async Task Users_and_connections_are_counted()
    {
        A.Member("tea", "/as/ann", Nothing);
        B.Member("tea", "/as/ann", Nothing);
        B.Member("tea", "/as/bob", Nothing);
        C.Member("tea", presence: Nothing);
        await Agree("tea", ": ", "ann: ", "ann: ", "bob: ");

        var memberList = Here(C, "tea");

        Assert.Equal((4, 3), (memberList.Connections, memberList.Users));
    }

    [Fact]
    public async Task A_watcher_is_told_the_list_and_then_joins_changes_and_leaves()
    {
        var first = A.Member("tea", "/as/ann", Nothing);
        await Agree("tea", "ann: ");
        var watcher = Watch(C, "tea");
        Assert.Equal(1, watcher.ExpectMsg<Presence.MemberList>().Connections);

        var second = B.Member("tea", "/as/ann", Nothing);
        var joined = watcher.ExpectMsg<Presence.Joined>();
        Assert.Equal(("tea", "ann", false), (joined.Topic, joined.Member.User, joined.IsFirst));
        A.Member("tea", "/as/bob", Nothing);
        Assert.True(watcher.ExpectMsg<Presence.Joined>().IsFirst);

        B.Join(second, "tea", new Dictionary<string, string> { ["mood"] = "fine" });
        Assert.Equal("fine", watcher.ExpectMsg<Presence.Changed>().Member.Data["mood"]);

        second.Connection.Tell(new Ws.Leave("tea"), ActorRefs.NoSender);
        Assert.False(watcher.ExpectMsg<Presence.Left>().IsLast);
        first.Socket.Reset();
        var left = watcher.ExpectMsg<Presence.Left>();
        Assert.Equal(("ann", true), (left.Member.User, left.IsLast));
    }

    [Fact]
    public async Task A_listed_member_is_reachable_from_another_node()
    {
        var ann = A.Member("tea", "/as/ann", Nothing);
        await Agree("tea", "ann: ");

        Here(C, "tea").Members[0].Connection.Tell(Ws.Send.Text("hello"), ActorRefs.NoSender);

        ann.ExpectText("hello");
    }

    [Fact]
    public async Task Members_of_a_removed_node_have_left_and_later_members_are_told()
    {
        A.Member("tea", "/as/ann", Nothing);
        C.Member("tea", "/as/cy", Nothing);
        await Agree("tea", "ann: ", "cy: ");
        var watcher = Watch(B, "tea");
        watcher.ExpectMsg<Presence.MemberList>();

        await C.Kill();
        A.Cluster.Down(C.Cluster.SelfAddress);

        Assert.Equal("cy", watcher.ExpectMsg<Presence.Left>().Member.User);
        _nodes = [A, B];
        await Agree("tea", "ann: ");
        var late = Node.Start();
        _nodes = [A, B, late];
        await late.Cluster.JoinAsync(A.Cluster.SelfAddress);
        await Eventually.Holds(() => Is(late, "tea", "ann: "), "the newcomer does not know who is there");
    }

    [Fact]
    public async Task The_data_of_a_removed_node_is_deleted_on_all_nodes()
    {
        C.Member("tea", "/as/cy", Nothing);
        await Agree("tea", "cy: ");
        await C.Kill();
        A.Cluster.Down(C.Cluster.SelfAddress);
        await Eventually.Holds(
            () => A.Cluster.State.Members.Count == 2 && B.Cluster.State.Members.Count == 2, "the node is still a member");
        Assert.Single(EntriesOf(A));

        foreach (var node in new[] { A, B })
        {
            node.System.ActorOf(PresenceRelayActor.PropsFor(node.Topics, ActorRefs.Nobody, sweepInterval: TimeSpan.FromMilliseconds(100)));
        }

        await Eventually.Holds(() => EntriesOf(A).Count == 0 && EntriesOf(B).Count == 0, "the entry is still there");
    }

    [Fact]
    public async Task A_node_repairs_its_data_that_others_lost_or_restored()
    {
        var ann = A.Member("tea", "/as/ann", Nothing);
        await Agree("tea", "ann: ");
        var first = Assert.Single(EntriesOf(B)).Write();
        A.Join(ann, "tea", new Dictionary<string, string> { ["mood"] = "better" });
        await Agree("tea", "ann: mood=better");
        var entry = Assert.Single(EntriesOf(B));
        var second = entry.Write();

        await Replicate(B, entry, entries => entries.Remove(B.Cluster.SelfUniqueAddress, second).Add(B.Cluster.SelfUniqueAddress, first));

        await Eventually.Holds(
            () => Array.TrueForAll(_nodes, node => EntriesOf(node) is [var one] && one.HasSameData(entry)), "it was not put right");
        await Eventually.Holds(() => Array.TrueForAll(_nodes, node => Is(node, "tea", "ann: mood=better")), "it is not shown");
    }

    [Fact]
    public async Task A_watcher_that_unwatches_or_stops_gets_no_more_events()
    {
        var (one, other) = (Watch(A, "tea"), Watch(A, "tea"));
        one.ExpectMsg<Presence.MemberList>();
        other.ExpectMsg<Presence.MemberList>();
        A.Presence.Tell(new Presence.Unwatch("tea"), one.Ref);

        A.Member("tea", presence: Nothing);
        await Agree("tea", ": ");

        other.ExpectMsg<Presence.Joined>();
        one.ExpectNoMsg(TimeSpan.Zero);
    }

    /// <summary>All that is replicated to a node.</summary>
    private static List<PresenceEntry> EntriesOf(Node node) =>
    [
        .. Enumerable.Range(0, PresenceBucket.Count)
            .Select(static number => new PresenceBucket(number).Key)
            .SelectMany(key => ReadLocal(node, key))
            .Select(text => PresenceEntry.Read(text)!),
    ];

    private static IEnumerable<string> ReadLocal(Node node, ORSetKey<string> key)
    {
        var response = DistributedData.Get(node.System).Replicator.Ask<object>(Dsl.Get(key, Dsl.ReadLocal), Eventually.Patience);
        return response.GetAwaiter().GetResult() is IGetResponse { IsSuccessful: true } found ? found.Get(key).Elements : [];
    }

    /// <summary>Changes on all nodes the data of another node.</summary>
    private static async Task Replicate(Node node, PresenceEntry entry, Func<ORSet<string>, ORSet<string>> change)
    {
        var key = new PresenceBucket(PresenceBucket.NumberOf(entry.Key)).Key;
        var update = Dsl.Update(key, ORSet<string>.Empty, new WriteAll(Eventually.Patience), change);
        Assert.True((await DistributedData.Get(node.System).Replicator.Ask<IUpdateResponse>(update, Eventually.Patience)).IsSuccessful);
    }

    private static TestProbe Watch(Node node, string topic)
    {
        var watcher = node.Probe();
        node.Presence.Tell(new Presence.Watch(topic), watcher.Ref);
        return watcher;
    }

    private static Presence.MemberList Here(Node node, string topic) =>
        node.Presence.Ask<Presence.MemberList>(new Presence.ListMembers(topic), Eventually.Patience).GetAwaiter().GetResult();

    /// <param name="node">The node to ask.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="members">User and presence data of each: <c>ann: mood=fine</c>.</param>
    private static bool Is(Node node, string topic, params string[] members) => Here(node, topic).Members
        .Select(static member => $"{member.User}: {string.Join(", ", member.Data.Select(static pair => $"{pair.Key}={pair.Value}"))}")
        .Order(StringComparer.Ordinal)
        .SequenceEqual(members);

    private async Task Agree(string topic, params string[] members)
    {
        var took = await Eventually.Holds(
            () => Array.TrueForAll(_nodes, node => Is(node, topic, members)), $"not all nodes see {string.Join("; ", members)}");
        Assert.InRange(took, TimeSpan.Zero, Soon);
    }
}
