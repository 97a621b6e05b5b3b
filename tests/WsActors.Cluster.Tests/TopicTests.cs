using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using WsActors.TestKit;
using WsActors.Topics;

namespace WsActors.Cluster.Tests;

/// <summary>A publish on one node reaches the members on all nodes.</summary>
public sealed class TopicTests : IAsyncLifetime
{
    private Node[] _nodes = null!;

    private Node A => _nodes[0];

    private Node B => _nodes[1];

    private Node C => _nodes[2];

    public async Task InitializeAsync() => _nodes = await Node.StartCluster(3);

    public async Task DisposeAsync() => await Task.WhenAll(_nodes.Select(static node => node.DisposeAsync().AsTask()));

    [Fact]
    public async Task A_message_reaches_each_member_on_each_node_once()
    {
        var members = _nodes.SelectMany(static node => new[] { node.Member("tea"), node.Member("tea") }).ToArray();
        var elsewhere = B.Member("coffee");
        await Reach("tea", members);

        A.Publish("tea", Ws.Send.Text("hi"));

        Assert.All(members, static member => member.ExpectText("hi"));
        Assert.All(members, static member => member.ExpectNothing());
        elsewhere.ExpectNothing();
    }

    [Fact]
    public async Task Messages_of_one_publisher_arrive_in_order_at_each_member()
    {
        ClientProbe[] members = [A.Member("tea"), B.Member("tea"), C.Member("tea")];
        await Reach("tea", members);

        for (var i = 0; i < 200; i++)
        {
            B.Publish("tea", Ws.Send.Text(Number(i)));
        }

        foreach (var member in members)
        {
            for (var i = 0; i < 200; i++)
            {
                member.ExpectText(Number(i));
            }
        }
    }

    [Fact]
    public async Task One_copy_crosses_nodes_and_all_members_of_a_node_share_it()
    {
        var members = Enumerable.Range(0, 5).Select(_ => Play(B, "tea")).ToArray();
        await Reach("tea", members);

        A.Publish("tea", Ws.Send.Text("hi"));

        var copies = members.Select(
            static member => (Ws.Send)member.FishForMessage(static message => message is Ws.Send send && send.Payload.Length == 2))
            .ToArray();
        Assert.All(copies, copy => Assert.Same(copies[0], copy));
    }

    [Fact]
    public async Task A_node_without_endpoints_publishes_and_is_told_every_ack()
    {
        var member = C.Member("tea");
        await Reach("tea", member);
        var publisher = A.Probe();

        A.Topics.Tell(new Ws.Publish("tea", Ws.Send.Text("hi") with { Ack = "taken" }), publisher.Ref);

        publisher.ExpectMsg("taken");
        member.ExpectText("hi");
    }

    [Fact]
    public async Task A_connection_is_joined_to_a_topic_from_another_node()
    {
        var (client, probe) = (B.Sockets.Connect(), A.Probe());

        A.RefOf(B, client.Connection).Tell(new Ws.Join("tea"), probe.Ref);

        Assert.Equal("tea", probe.ExpectMsg<Ws.Joined>().Topic);
        await Reach("tea", client);
    }

    [Fact]
    public async Task Topic_names_may_have_any_character()
    {
        string[] names = ["*", "a/b c", "ü#1%2F?", "..", "$x", new string('é', 127), "😀"];
        var members = names.Select(name => B.Member(name)).ToArray();
        for (var i = 0; i < names.Length; i++)
        {
            await Reach(names[i], members[i]);
        }

        Assert.All(names, name => A.Publish(name, Ws.Send.Text(name)));

        Assert.All(names.Zip(members), static one => one.Second.ExpectText(one.First));
        Assert.All(members, static member => member.ExpectNothing());
    }

    [Fact]
    public async Task A_large_message_reaches_members_on_other_nodes_intact()
    {
        var member = B.Member("tea");
        await Reach("tea", member);
        var payload = new byte[1024 * 1024];
        new Random(1).NextBytes(payload);

        A.Publish("tea", Ws.Send.Binary(payload));

        Assert.True(payload.AsSpan().SequenceEqual(member.ExpectBinary()));
    }

    [Fact]
    public async Task Members_of_a_removed_node_are_removed_and_the_others_continue()
    {
        var (lost, stays) = (C.Member("tea"), B.Member("tea"));
        await Reach("tea", lost, stays);

        await C.Kill();
        A.Cluster.Down(C.Cluster.SelfAddress);
        await Eventually.Holds(() => A.Cluster.State.Members.Count == 2, "the node is still a member");

        A.Publish("tea", Ws.Send.Text("hi"));
        stays.ExpectText("hi");
    }

    [Fact]
    public async Task A_slow_node_slows_publishers_on_other_nodes_for_a_limited_time_and_loses_nothing()
    {
        const int Size = 16 * 1024;
        var (late, member) = (Play(B, "tea"), C.Member("tea"));
        await Reach("tea", member);
        ReachFromA(late);
        PublishNumbers(200, Size);
        TakeNumbers(late, 200, Size);
        await Eventually.Holds(() => A.System.WebSockets().Publishing.Bytes == 0, "the first ones wait");
        var since = Stopwatch.StartNew();

        PublishNumbers(400, Size);
        await Eventually.Holds(() => A.System.WebSockets().Publishing.Bytes == 0, "what it published waits for ever");

        Assert.InRange(since.Elapsed, TimeSpan.FromSeconds(0.5), Eventually.Patience);
        TakeNumbers(late, 400, Size);
    }

    /// <summary>
    /// Publishes from one node until a member that the test plays has received it; a publish before its node is known is lost.
    /// </summary>
    private void ReachFromA(Akka.TestKit.TestProbe member)
    {
        do
        {
            A.Publish("tea", Ws.Send.Text("from A"));
        }
        while (!(member.ReceiveOne(TimeSpan.FromMilliseconds(100)) is Ws.Send send && send.Payload.Span.SequenceEqual("from A"u8)));
    }

    private void PublishNumbers(int count, int size)
    {
        for (var i = 0; i < count; i++)
        {
            var payload = new byte[size];
            BinaryPrimitives.WriteInt32LittleEndian(payload, i);
            A.Publish("tea", Ws.Send.Binary(payload));
        }
    }

    /// <summary>Takes the publishes in order, and acknowledges them.</summary>
    private void TakeNumbers(Akka.TestKit.TestProbe member, int count, int size)
    {
        for (var next = 0; next < count;)
        {
            switch (member.ReceiveOne(Eventually.Patience))
            {
                case Ws.Send { Payload.Length: var length } send when length == size:
                    Assert.Equal(next++, BinaryPrimitives.ReadInt32LittleEndian(send.Payload.Span));
                    break;
                case DeliveryWindow window: B.Topics.Tell(window, member.Ref); break;
                case Ws.Send: break; // A publish that only checks who is reached.
                case var other: Assert.Fail($"{other} came behind {next}"); break;
            }
        }
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A connection that the test plays.</summary>
    private static Akka.TestKit.TestProbe Play(Node node, string topic)
    {
        var member = node.Probe();
        node.Topics.Tell(new TopicsActor.MemberCommand(member.Ref, null, new Ws.Join(topic)), member.Ref);
        member.ExpectMsg<Ws.Joined>();
        return member;
    }

    /// <summary>
    /// Publishes from every node until all know all; at most once, so a message sent too early is lost.
    /// </summary>
    private async Task Reach(string topic, params ClientProbe[] members)
    {
        var marks = _nodes.Select(static (_, number) => $"mark of {number}").ToArray();
        var publishing = new CancellationTokenSource();
        var marking = Mark(topic, marks, publishing.Token);
        foreach (var member in members)
        {
            var missing = marks.ToHashSet();
            while (missing.Count > 0)
            {
                missing.Remove(member.ExpectAnyText());
            }
        }

        await publishing.CancelAsync();
        await marking;

        // Publishes in flight arrive before a last mark of each node.
        for (var i = 0; i < _nodes.Length; i++)
        {
            _nodes[i].Publish(topic, Ws.Send.Text($"last of {i}"));
        }

        foreach (var member in members)
        {
            for (var left = _nodes.Length; left > 0;)
            {
                left -= member.ExpectAnyText().StartsWith("last", StringComparison.Ordinal) ? 1 : 0;
            }
        }
    }

    private async Task Reach(string topic, params Akka.TestKit.TestProbe[] members)
    {
        var publishing = new CancellationTokenSource();
        var marking = Mark(topic, ["mark of A"], publishing.Token);
        Assert.All(members, static member => member.ExpectMsg<Ws.Send>());
        await publishing.CancelAsync();
        await marking;
    }

    private async Task Mark(string topic, string[] marks, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            for (var i = 0; i < marks.Length; i++)
            {
                _nodes[i].Publish(topic, Ws.Send.Text(marks[i]));
            }

            await Task.Delay(50, CancellationToken.None);
        }
    }
}
