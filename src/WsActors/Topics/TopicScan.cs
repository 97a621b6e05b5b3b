using WsActors.Messages;
using WsActors.Runtime;

namespace WsActors.Topics;

/// <summary>A sorted page of a node's topics. Any thread.</summary>
internal static class TopicScan
{
    /// <param name="topics">The topics; disposed here.</param>
    /// <param name="list">The list.</param>
    public static LocalTopics Run(Snapshot<Topic> topics, Ws.ListTopics list)
    {
        using (topics)
        {
            var order = SortOrder.Of(list);
            var after = list.After is null ? null : SortCursor.Parse(list.After);
            var page = new SortedPage<LocalTopics.Entry>(order, list.PageSize);
            foreach (var topic in topics.Entries)
            {
                var count = topic.Count;
                if (count == 0 || !topic.Name.StartsWith(list.Prefix, StringComparison.Ordinal))
                {
                    continue;
                }

                var key = SortKey.Of(list.OrderBy == Ws.TopicOrder.Members ? count : 0, topic.Name);
                if (after is null || order.Compare(key, after.Key) > 0)
                {
                    page.Add(key, 0, new LocalTopics.Entry(topic.Name, count));
                }
            }

            return new LocalTopics([.. page.Take().Select(static one => one.Entry)], page.HasMore);
        }
    }
}
