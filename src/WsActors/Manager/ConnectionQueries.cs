using System.Net;
using Akka.Actor;
using WsActors.Connection;
using WsActors.Transport;

namespace WsActors.Manager;

/// <summary>
/// Answers who is connected, from what the manager knows and what connections publish: nobody is asked, nothing is waited for. Owned by the
/// manager.
/// </summary>
internal sealed class ConnectionQueries(ConnectionRegistry connections)
{
    /// <summary>Most connections that one page looks at: a millisecond or two, in which the manager does nothing else.</summary>
    private const int MaxScanned = 10_000;

    public Ws.Totals Count(IEnumerable<Listener> listeners, HandshakeCounters all)
    {
        var counts = new Dictionary<EndpointContext, (int Open, int Asking)>();
        foreach (var entry in connections.All.Values)
        {
            var (open, asking) = counts.GetValueOrDefault(entry.Stats.EndpointContext);
            counts[entry.Stats.EndpointContext] = entry.Stats.Identity is null ? (open, asking + 1) : (open + 1, asking);
        }

        return new Ws.Totals(
            counts.Values.Sum(static count => count.Open),
            counts.Values.Sum(static count => count.Asking),
            all.TotalOpened,
            all.TotalRefused,
            [.. listeners.GroupBy(static listener => listener.Endpoint).Select(one => TotalsOf(First(one), counts.GetValueOrDefault(one.Key)))]);
    }

    public Ws.ConnectionList List(Ws.ListConnections list)
    {
        var found = new List<Ws.Stats>();
        var filterMatch = new FilterMatch(list.Filter);
        var lookedAt = 0;
        foreach (var entry in connections.After(list.After ?? 0))
        {
            if (filterMatch.Is(entry) && entry.Stats.ToStats(entry.Connection) is { } stats)
            {
                found.Add(stats);
            }

            if (found.Count == list.PageSize || ++lookedAt == MaxScanned)
            {
                return new Ws.ConnectionList(found, entry.Number);
            }
        }

        return new Ws.ConnectionList(found, null);
    }

    public Ws.Kicked Kick(Ws.Kick kick)
    {
        var filterMatch = new FilterMatch(kick.Filter);
        var kicked = connections.All.Values.Where(filterMatch.Is).ToList();
        kicked.ForEach(entry => entry.Connection.Tell(kick.Close));
        return new Ws.Kicked(kicked.Count);
    }

    /// <summary>Of both loopback addresses that of IPv4, in whichever order they were bound again.</summary>
    private static Listener First(IEnumerable<Listener> ofOne) => ofOne.MinBy(static listener => listener.Local.AddressFamily)!; // not null: a group has one

    private static Ws.EndpointTotals TotalsOf(Listener listener, (int Open, int Asking) count) => new(
        listener.Endpoint.Name,
        listener.Local,
        count.Open,
        count.Asking,
        listener.Endpoint.Handshakes.TotalOpened,
        listener.Endpoint.Handshakes.TotalRefused);

    /// <summary>A filter, its network read once.</summary>
    private sealed class FilterMatch(Ws.ConnectionFilter filter)
    {
        private readonly IPNetwork? _network = filter.Network;

        public bool Is(ConnectionRegistry.Entry entry) =>
            entry.Stats.Identity is { } who
            && (filter.Connection is null || filter.Connection.Equals(entry.Connection))
            && (filter.User is null || filter.User == who.User)
            && (filter.Address is null || IsAt(who.Client))
            && (filter.Route is null || filter.Route == who.Route)
            && entry.Stats.QueuedBytes >= filter.MinQueuedBytes;

        /// <summary>A client without an address is in no network, not even in that of all addresses.</summary>
        private bool IsAt(IPAddress client) => PeerAddress.IsKnown(client) ? _network?.Contains(client) is true : filter.Address is PeerAddress.Unix;
    }
}
