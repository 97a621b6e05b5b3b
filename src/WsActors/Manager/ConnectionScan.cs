using WsActors.Connection;
using WsActors.Messages;
using WsActors.Runtime;
using WsActors.Transport;

namespace WsActors.Manager;

/// <summary>A sorted page of a node's connections, from the counters that they publish. Any thread.</summary>
internal static class ConnectionScan
{
    /// <param name="connections">The connections and holes, in the order of their arrival; disposed here.</param>
    /// <param name="list">The list, with an order.</param>
    public static LocalConnections Run(Snapshot<ConnectionRegistry.Entry?> connections, Ws.ListClusterConnections list)
    {
        using (connections)
        {
            var (orderBy, order) = (list.OrderBy!.Value, SortOrder.Of(list)); // not null: the list is sorted
            var after = list.After is null ? null : SortCursor.Parse(list.After);
            var page = new SortedPage<ConnectionRegistry.Entry>(order, list.PageSize);
            var filter = new FilterMatch(list.Filter);
            var entries = connections.Entries;

            // The newest ones are last: a heap that starts with them is seldom changed.
            var isReversed = orderBy == Ws.ConnectionOrder.OpenedAt && list.IsDescending;
            for (var i = 0; i < entries.Length; i++)
            {
                var entry = entries[isReversed ? entries.Length - 1 - i : i];
                if (entry?.Stats.Identity is not { } identity || !filter.Is(entry))
                {
                    continue;
                }

                var key = KeyOf(entry.Stats, identity, orderBy);
                if (after is null || IsBehind(after, order.Compare(key, after.Key), entry.Number))
                {
                    page.Add(key, entry.Number, entry);
                }
            }

            return new LocalConnections(
                [.. page.Take().Select(static one => EntryOf(one.Entry)).OfType<LocalConnections.Entry>()], page.HasMore);
        }
    }

    private static bool IsBehind(SortCursor after, int comparison, long number) =>
        comparison > 0 || (comparison == 0 && number > (after.Place?.After ?? long.MaxValue));

    /// <returns>Null when it has closed meanwhile.</returns>
    private static LocalConnections.Entry? EntryOf(ConnectionRegistry.Entry entry) =>
        entry.Stats.ToStats(entry.Connection) is { } stats ? new(entry.Number, stats) : null;

    private static SortKey KeyOf(ConnectionStats stats, ConnectionStats.ConnectionIdentity identity, Ws.ConnectionOrder orderBy) =>
        orderBy switch
        {
            Ws.ConnectionOrder.OpenedAt => SortKey.Of(identity.OpenedAt),
            Ws.ConnectionOrder.User => SortKey.Of(identity.User),
            Ws.ConnectionOrder.Address => SortKey.Of(PeerAddress.IsKnown(identity.Client) ? identity.Client : null),
            Ws.ConnectionOrder.Route => SortKey.Of(identity.Route),
            Ws.ConnectionOrder.QueuedBytes => SortKey.Of(stats.QueuedBytes),
            Ws.ConnectionOrder.UnhandledBytes => SortKey.Of(stats.UnhandledBytes),
            Ws.ConnectionOrder.LastRoundTrip => SortKey.Of(stats.LastRoundTrip),
            Ws.ConnectionOrder.Messages => SortKey.Of(stats.MessagesReceived + stats.MessagesSent),
            _ => throw new ArgumentOutOfRangeException(nameof(orderBy), orderBy, "It is no order of connections."),
        };
}
