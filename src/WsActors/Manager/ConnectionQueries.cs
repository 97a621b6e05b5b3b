using System.Net;
using Akka.Actor;
using WsActors.Connection;

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
        var counts = CountByEndpoint();
        var traffic = new TrafficCounters();
        traffic.Add(connections.Removed);
        foreach (var count in counts.Values)
        {
            traffic.Add(count.Traffic);
        }

        return new Ws.Totals
        {
            Connections = counts.Values.Sum(static count => count.Open),
            Handshakes = counts.Values.Sum(static count => count.Handshakes),
            Opened = all.TotalOpened,
            Refused = all.TotalRefused,
            Traffic = traffic.ToTraffic(),
            Endpoints =
            [
                .. listeners.Listening
                    .GroupBy(static listener => listener.Endpoint)
                    .Select(one => TotalsOf(one.Key, First(one).Local, counts.GetValueOrDefault(one.Key))),
                .. listeners.Hosted.Select(one => TotalsOf(one, NoAddress, counts.GetValueOrDefault(one))),
            ],
        };
    }

    private Dictionary<EndpointContext, EndpointCount> CountByEndpoint()
    {
        var counts = new Dictionary<EndpointContext, EndpointCount>();
        var (endpoint, count) = ((EndpointContext?)null, (EndpointCount?)null);
        foreach (var entry in connections.InOrder)
        {
            if (entry is null)
            {
                continue;
            }

            if (entry.Stats.EndpointContext != endpoint)
            {
                endpoint = entry.Stats.EndpointContext;
                if (!counts.TryGetValue(endpoint, out count))
                {
                    counts.Add(endpoint, count = new EndpointCount());
                }
            }

            count!.Add(entry.Stats); // not null: there is an endpoint
        }

        return counts;
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

    private static Ws.EndpointTotals TotalsOf(ServerEndpointContext endpoint, EndPoint local, EndpointCount? count)
    {
        var traffic = new TrafficCounters();
        traffic.Add(endpoint.Removed);
        if (count is not null)
        {
            traffic.Add(count.Traffic);
        }

        return new()
        {
            Endpoint = endpoint.Name,
            LocalEndPoint = local,
            Connections = count?.Open ?? 0,
            Handshakes = count?.Handshakes ?? 0,
            Opened = endpoint.Handshakes.TotalOpened,
            Refused = endpoint.Handshakes.TotalRefused,
            Traffic = traffic.ToTraffic(),
        };
    }

    /// <summary>The count of the connections of an endpoint.</summary>
    private sealed class EndpointCount
    {
        public int Open { get; private set; }

        public int Handshakes { get; private set; }

        public TrafficCounters Traffic { get; } = new();

        public void Add(ConnectionStats stats)
        {
            var isOpen = stats.Identity is not null;
            Open += isOpen ? 1 : 0;
            Handshakes += isOpen ? 0 : 1;
            stats.AddTo(Traffic);
        }
    }
}
