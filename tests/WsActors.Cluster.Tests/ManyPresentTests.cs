using System.Diagnostics;
using Akka.Actor;
using Akka.TestKit.TestActors;
using WsActors.Topics;
using Xunit.Abstractions;

namespace WsActors.Cluster.Tests;

/// <summary>Three thousand members of one topic, over three nodes: the time until every node sees all, and one more.</summary>
[Collection(nameof(Alone))]
public sealed class ManyPresentTests(ITestOutputHelper output)
{
    private const int OnEach = 1000;

    [Fact]
    public async Task Every_node_sees_three_thousand_members_of_one_topic_and_a_later_one()
    {
        var nodes = await Node.StartCluster(3);
        var since = Stopwatch.StartNew();
        for (var i = 0; i < OnEach; i++)
        {
            Array.ForEach(nodes, node => Join(node, $"user {i}"));
        }

        await Eventually.Holds(
            () => Array.TrueForAll(nodes, static node => Here(node).Connections == 3 * OnEach), "not all nodes see everyone");
        output.WriteLine($"everyone seen everywhere {since.Elapsed.TotalSeconds:0.0} s after the first came");
        Assert.Equal(OnEach, Here(nodes[0]).Users);

        since.Restart();
        Join(nodes[1], "one more");
        await Eventually.Holds(
            () => Array.TrueForAll(nodes, static node => Here(node).Users == OnEach + 1), "not all nodes see the last one");
        output.WriteLine($"one more seen everywhere after {since.Elapsed.TotalSeconds:0.0} s");
        await Task.WhenAll(nodes.Select(static node => node.DisposeAsync().AsTask()));
    }

    private static void Join(Node node, string user) => node.Topics.Tell(
        new TopicsActor.MemberCommand(
            node.System.ActorOf(BlackHoleActor.Props),
            user,
            new Ws.Join("tea") { PresenceData = new Dictionary<string, string> { ["mood"] = "fine" } }),
        ActorRefs.NoSender);

    private static Presence.MemberList Here(Node node) =>
        node.Presence.Ask<Presence.MemberList>(new Presence.ListMembers("tea"), Eventually.Patience).GetAwaiter().GetResult();
}
