using System.Collections.Immutable;
using System.Reflection;
using Akka.Actor;
using Akka.Cluster;
using Akka.Util;

namespace WsActors.Cluster.Tests;

/// <summary>
/// The decisions of Akka.NET's split brain resolver while a node leaves and another is dead. They are those of Akka.Cluster 1.5.74, whose
/// strategies are called here without a cluster, and the reason why a node waits before it leaves (<see cref="AwaitDowning"/>,
/// docs/restarts.md). A test that fails after an update of Akka means that the resolver decides differently: check whether the wait is
/// still needed.
/// </summary>
/// <remarks>Nodes are numbers, in the order of their addresses and of their age.</remarks>
public sealed class DowningStrategyTests
{
    private static readonly Assembly Akka = typeof(Member).Assembly;

    [Theory]
    [InlineData("keep-majority")]
    [InlineData("keep-oldest")]
    [InlineData("static-quorum")]
    public void Without_a_leaving_node_only_the_dead_one_of_three_is_downed(string strategy)
    {
        Assert.Equal("1", Downed(strategy, nodes: 3, leaving: 0, dead: [1]));
        Assert.Equal("2", Downed(strategy, nodes: 3, leaving: 0, dead: [2]));
        Assert.Equal("3", Downed(strategy, nodes: 3, leaving: 0, dead: [3]));
    }

    // The strategy decides twice, the second time without the leaving node. One against one is a tie, which the first in order wins.
    [Theory]
    [InlineData("keep-majority", 1, 2)]
    [InlineData("keep-majority", 2, 1)]
    [InlineData("keep-majority", 3, 1)]
    [InlineData("keep-oldest", 1, 2)]
    [InlineData("keep-oldest", 2, 1)]
    [InlineData("keep-oldest", 3, 1)]
    public void While_one_of_three_leaves_all_are_downed_if_the_dead_one_sorts_before_the_third(string strategy, int leaving, int dead) =>
        Assert.Equal("1 2 3", Downed(strategy, nodes: 3, leaving, [dead]));

    [Theory]
    [InlineData("keep-majority", 1, 3)]
    [InlineData("keep-majority", 2, 3)]
    [InlineData("keep-majority", 3, 2)]
    [InlineData("keep-oldest", 1, 3)]
    [InlineData("keep-oldest", 2, 3)]
    [InlineData("keep-oldest", 3, 2)]
    public void While_one_of_three_leaves_only_the_dead_one_is_downed_if_it_sorts_behind_the_third(
        string strategy, int leaving, int dead) =>
        Assert.Equal($"{dead}", Downed(strategy, nodes: 3, leaving, [dead]));

    [Theory]
    [InlineData(1, 2)]
    [InlineData(1, 3)]
    [InlineData(2, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    public void A_static_quorum_of_two_counts_the_leaving_node(int leaving, int dead) =>
        Assert.Equal($"{dead}", Downed("static-quorum", nodes: 3, leaving, [dead]));

    // Its shutdown waits 10 s (the phase cluster-exiting) for a decision that takes 20 s by default: it ends, and is one more dead node.
    [Theory]
    [InlineData("keep-majority")]
    [InlineData("static-quorum")]
    public void After_the_leaving_node_has_ended_the_remaining_one_downs_itself(string strategy) =>
        Assert.Equal("1", Downed(strategy, nodes: 3, leaving: 2, dead: [2, 3]));

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void From_four_nodes_on_one_may_leave_while_one_is_dead(int nodes) =>
        Assert.Equal("1", Downed("keep-majority", nodes, leaving: nodes, dead: [1]));

    [Fact]
    public void While_one_of_five_leaves_and_two_are_dead_all_may_be_downed()
    {
        Assert.Equal("1 2 3 4 5", Downed("keep-majority", nodes: 5, leaving: 5, dead: [1, 2]));
        Assert.Equal("4 5", Downed("keep-majority", nodes: 5, leaving: 1, dead: [4, 5]));
    }

    [Fact]
    public void A_static_quorum_of_two_downs_all_of_four_nodes() =>
        Assert.Equal("1 2 3 4", Downed("static-quorum", nodes: 4, leaving: 0, dead: [1]));

    /// <summary>The members that are downed by a node that reaches all but the dead.</summary>
    private static string Downed(string strategy, int nodes, int leaving, int[] dead)
    {
        var resolver = strategy switch
        {
            "keep-majority" => New("KeepMajority", string.Empty),
            "keep-oldest" => New("KeepOldest", true, string.Empty),
            _ => New("StaticQuorum", 2, string.Empty),
        };
        for (var node = 1; node <= nodes; node++)
        {
            var member = Node(node, node == leaving ? MemberStatus.Leaving : MemberStatus.Up);
            Tell(resolver, dead.Contains(node) ? "AddUnreachable" : "Add", member);
        }

        var downed = (IEnumerable<UniqueAddress>)Tell(resolver, "NodesToDown", [null])!;
        return string.Join(' ', downed.Select(static node => node.Address.Port).Order());
    }

    private static object New(string strategy, params object[] arguments) =>
        Activator.CreateInstance(Akka.GetType($"Akka.Cluster.SBR.{strategy}", throwOnError: true)!, arguments)!;

    private static object? Tell(object strategy, string method, params object?[] arguments) =>
        strategy.GetType().GetMethod(method)!.Invoke(strategy, arguments);

    private static Member Node(int number, MemberStatus status)
    {
        var create = typeof(Member).GetMethod(
            "Create",
            BindingFlags.Static | BindingFlags.NonPublic,
            [typeof(UniqueAddress), typeof(int), typeof(MemberStatus), typeof(ImmutableHashSet<string>), typeof(AppVersion)])!;
        var address = new UniqueAddress(new Address("akka.tcp", "ws", "127.0.0.1", number), number);
        return (Member)create.Invoke(null, [address, number, status, ImmutableHashSet<string>.Empty, AppVersion.Zero])!;
    }
}
