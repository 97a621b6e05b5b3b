using Akka.Actor;
using WsActors.Messages;

namespace WsActors.Operations;

/// <summary>The pages of topics and sessions of all nodes, made of those of each node. Pure.</summary>
internal static class MergedLists
{
    /// <summary>
    /// The part of each node. The order of a topic among all nodes is not known from its members on one: by members each node sends its
    /// largest topics, whatever the page.
    /// </summary>
    public static Ws.ListTopics PartOf(Ws.ListTopics list) => list.OrderBy == Ws.TopicOrder.Members
        ? list with { IsDescending = true, PageSize = Ws.ListConnections.MaxPageSize, After = null }
        : list;

    public static Ws.TopicList Merge(
        Ws.ListTopics list, IReadOnlyDictionary<Address, LocalTopics> answers, IReadOnlyList<Address> missing)
    {
        var topics = new Dictionary<string, Dictionary<Address, int>>(StringComparer.Ordinal);
        foreach (var (node, local) in answers)
        {
            foreach (var topic in local.Topics)
            {
                if (!topics.TryGetValue(topic.Name, out var nodes))
                {
                    topics.Add(topic.Name, nodes = []);
                }

                nodes[node] = topic.Members;
            }
        }

        var order = SortOrder.Of(list);
        var after = list.After is null ? null : SortCursor.Parse(list.After);
        var page = new SortedPage<Ws.TopicInfo>(order, list.PageSize);
        foreach (var (name, nodes) in topics)
        {
            var topic = new Ws.TopicInfo { Name = name, Nodes = nodes.AsReadOnly() };
            var key = SortKey.Of(list.OrderBy == Ws.TopicOrder.Members ? topic.Members : 0, name);
            if (after is null || order.Compare(key, after.Key) > 0)
            {
                page.Add(key, 0, topic);
            }
        }

        var chosen = page.Take();
        var hasMore = page.HasMore
            || (list.OrderBy == Ws.TopicOrder.Name && answers.Values.Any(static local => local.HasMore));
        return new Ws.TopicList
        {
            Topics = [.. chosen.Select(static one => one.Entry)],
            Missing = missing,
            Next = NextOf(chosen, hasMore, list.OrderBy, list.IsDescending),
        };
    }

    public static Ws.SessionList Merge(
        Ws.ListSessions list, IReadOnlyDictionary<Address, LocalSessions> answers, IReadOnlyList<Address> missing)
    {
        var page = new SortedPage<Ws.SessionInfo>(SortOrder.Of(list), list.PageSize);
        foreach (var (node, local) in answers)
        {
            foreach (var session in local.Sessions)
            {
                page.Add(KeyOf(session, list.OrderBy), 0, session with { Node = node });
            }
        }

        var chosen = page.Take();
        return new Ws.SessionList
        {
            Sessions = [.. chosen.Select(static one => one.Entry)],
            Missing = missing,
            Next = NextOf(
                chosen, page.HasMore || answers.Values.Any(static local => local.HasMore), list.OrderBy, list.IsDescending),
        };
    }

    private static string? NextOf<T>(IReadOnlyList<(SortKey Key, T Entry)> page, bool hasMore, Enum orderBy, bool isDescending) =>
        hasMore && page.Count > 0 ? $"{new SortCursor($"{orderBy}", isDescending, page[^1].Key, Place: null)}" : null;

    private static SortKey KeyOf(Ws.SessionInfo session, Ws.SessionOrder orderBy) => SortKey.Of(
        orderBy switch
        {
            Ws.SessionOrder.DetachedAt => session.DetachedAt?.UtcTicks ?? long.MaxValue,
            Ws.SessionOrder.UnacknowledgedMessages => session.UnacknowledgedMessages,
            Ws.SessionOrder.UnacknowledgedBytes => session.UnacknowledgedBytes,
            _ => 0,
        },
        session.SessionId);
}
