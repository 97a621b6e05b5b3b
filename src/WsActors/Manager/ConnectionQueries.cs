using System.Net;
using Akka.Actor;
using WsActors.Connection;
using WsActors.Transport;

namespace WsActors.Manager;

/// <summary>
/// Answers queries from the manager's registry and the counters that connections publish: no connection is asked, and nothing is awaited.
/// Owned by the manager.
/// </summary>
internal sealed class ConnectionQueries(ConnectionRegistry connections)
{
    /// <summary>Most connections that one page scans: a millisecond or two, in which the manager does nothing else.</summary>
    private const int MaxScanned = 10_000;

    private static readonly IPEndPoint NoAddress = new(IPAddress.Any, 0);

    public Ws.Totals Count(ListenerRegistry listeners, HandshakeCounters all)
    {
        var counts = new Dictionary<EndpointContext, (int Open, int Handshakes)>();
        foreach (var entry in connections.All.Values)
        {
            var (open, handshakes) = counts.GetValueOrDefault(entry.Stats.EndpointContext);
            counts[entry.Stats.EndpointContext] = entry.Stats.Identity is null ? (open, handshakes + 1) : (open + 1, handshakes);
        }

        return new Ws.Totals
        {
            Connections = counts.Values.Sum(static count => count.Open),
            Handshakes = counts.Values.Sum(static count => count.Handshakes),
            Opened = all.TotalOpened,
            Refused = all.TotalRefused,
            Endpoints =
            [
                .. listeners.Listening
                    .GroupBy(static listener => listener.Endpoint)
                    .Select(one => TotalsOf(one.Key, First(one).Local, counts.GetValueOrDefault(one.Key))),
                .. listeners.Hosted.Select(one => TotalsOf(one, NoAddress, counts.GetValueOrDefault(one))),
            ],
        };
    }

    public Ws.ConnectionList List(Ws.ListConnections list)
    {
        var found = new List<Ws.Stats>();
        var filterMatch = new FilterMatch(list.Filter);
        var scanned = 0;
        foreach (var entry in connections.After(list.After ?? 0))
        {
            if (filterMatch.Is(entry) && entry.Stats.ToStats(entry.Connection) is { } stats)
            {
                found.Add(stats);
            }

            if (found.Count == list.PageSize || ++scanned == MaxScanned)
            {
                return new Ws.ConnectionList { Connections = found, Next = entry.Number };
            }
        }

        return new Ws.ConnectionList { Connections = found };
    }

    public Ws.Kicked Kick(Ws.Kick kick)
    {
        var filterMatch = new FilterMatch(kick.Filter);
        var candidates = kick.Filter.User is { } user ? connections.OfUser(user) : connections.All.Values;
        var kicked = candidates.Where(filterMatch.Is).ToList();
        kicked.ForEach(entry => entry.Connection.Tell(kick.Close));
        return new Ws.Kicked { Count = kicked.Count };
    }

    /// <summary>
    /// The listener that totals report for an endpoint: of two loopback addresses the one of IPv4, regardless of the order of rebinds.
    /// </summary>
    private static Listener First(IEnumerable<Listener> listeners) =>
        listeners.MinBy(static listener => listener.Local.AddressFamily)!; // not null: a group has one

    private static Ws.EndpointTotals TotalsOf(ServerEndpointContext endpoint, EndPoint local, (int Open, int Handshakes) count) => new()
    {
        Endpoint = endpoint.Name,
        LocalEndPoint = local,
        Connections = count.Open,
        Handshakes = count.Handshakes,
        Opened = endpoint.Handshakes.TotalOpened,
        Refused = endpoint.Handshakes.TotalRefused,
    };

    /// <summary>A filter whose network is parsed once.</summary>
    private sealed class FilterMatch(Ws.ConnectionFilter filter)
    {
        private readonly IPNetwork? _network = filter.Network;

        public bool Is(ConnectionRegistry.Entry entry) =>
            entry.Stats.Identity is { } identity
            && (filter.Connection is null || filter.Connection.Equals(entry.Connection))
            && (filter.User is null || filter.User == identity.User)
            && (filter.Address is null || IsAt(identity.Client))
            && (filter.Route is null || filter.Route == identity.Route)
            && entry.Stats.QueuedBytes >= filter.MinQueuedBytes;

        /// <summary>A client without an address is in no network, not even in the one of all addresses.</summary>
        private bool IsAt(IPAddress client) =>
            PeerAddress.IsKnown(client) ? _network?.Contains(client) is true : filter.Address is PeerAddress.Unix;
    }
}
