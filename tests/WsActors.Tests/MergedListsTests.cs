using Akka.Actor;
using WsActors.Messages;
using WsActors.Operations;

namespace WsActors.Tests;

/// <summary>Pages of topics made of those of two nodes.</summary>
public sealed class MergedListsTests
{
    private static readonly Address One = new("akka.tcp", "chat", "one", 4053);

    private static readonly Address Two = new("akka.tcp", "chat", "two", 4053);

    [Fact]
    public void Members_of_a_topic_are_added_up_before_topics_are_ordered()
    {
        var list = new Ws.ListTopics { OrderBy = Ws.TopicOrder.Members, IsDescending = true, PageSize = 2 };

        var first = Merge(list, [new("a", 4), new("b", 3), new("c", 1)], [new("b", 3), new("d", 2), new("c", 1)]);
        var second = Merge(
            list with { After = first.Next }, [new("a", 4), new("b", 3), new("c", 1)], [new("b", 3), new("d", 2), new("c", 1)]);

        Assert.Equal(["b:6", "a:4"], Texts(first));
        Assert.Equal(["c:2", "d:2"], Texts(second));
        Assert.Null(second.Next);
        Assert.Equal([(One, 3), (Two, 3)], first.Topics[0].Nodes.Select(static pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public void A_list_by_members_asks_each_node_for_its_largest_topics()
    {
        var list = new Ws.ListTopics { OrderBy = Ws.TopicOrder.Members, Prefix = "a", PageSize = 2, After = "Members+:1:a:" };

        Assert.Equal(list with { PageSize = 1000, IsDescending = true, After = null }, MergedLists.PartOf(list));
        Assert.Equal(list with { OrderBy = Ws.TopicOrder.Name }, MergedLists.PartOf(list with { OrderBy = Ws.TopicOrder.Name }));
    }

    [Fact]
    public void A_list_by_name_continues_while_a_node_has_more()
    {
        var list = new Ws.ListTopics { PageSize = 2 };

        Assert.NotNull(Merge(list, [new("a", 1), new("b", 1)], [], hasMore: true).Next);
        Assert.NotNull(Merge(list, [new("a", 1), new("b", 1)], [new("c", 1)]).Next);
        Assert.Null(Merge(list, [new("a", 1), new("b", 1)], [new("a", 1)]).Next);
        Assert.Null(Merge(list, [], []).Next);
    }

    private static Ws.TopicList Merge(Ws.ListTopics list, LocalTopics.Entry[] one, LocalTopics.Entry[] two, bool hasMore = false) =>
        MergedLists.Merge(
            list,
            new Dictionary<Address, LocalTopics> { [One] = new(one, hasMore), [Two] = new(two, HasMore: false) },
            missing: []);

    private static IEnumerable<string> Texts(Ws.TopicList list) =>
        list.Topics.Select(static topic => $"{topic.Name}:{topic.Members}");
}
