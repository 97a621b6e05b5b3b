using System.Net;
using WsActors.Connection;

namespace WsActors.Manager;

/// <summary>
/// A count of the connections of each endpoint. Created by the manager: then its endpoints and what removed connections left are copied.
/// The connections are counted once, on any thread.
/// </summary>
internal sealed class EndpointCounts
{
    private static readonly IPEndPoint NoAddress = new(IPAddress.Any, 0);

    private readonly HandshakeCounters _all;

    private readonly bool _isDraining;

    private readonly List<(ServerEndpointContext Endpoint, EndPoint Local)> _listed;

    private readonly Dictionary<EndpointContext, EndpointCount> _counts = [];

    private readonly TrafficCounters _traffic = new();

    /// <param name="listeners">The endpoints.</param>
    /// <param name="all">The handshakes of the system.</param>
    /// <param name="removed">The traffic of removed connections of the system.</param>
    /// <param name="isDraining">Whether a drain has started.</param>
    public EndpointCounts(ListenerRegistry listeners, HandshakeCounters all, TrafficCounters removed, bool isDraining)
    {
        (_all, _isDraining) = (all, isDraining);
        _listed =
        [
            .. listeners.Listening
                .GroupBy(static listener => listener.Endpoint)
                .Select(static one => (one.Key, First(one).Local)),
            .. listeners.Hosted.Select(static one => (one, (EndPoint)NoAddress)),
        ];
        foreach (var (endpoint, _) in _listed)
        {
            CountOf(endpoint).Traffic.Add(endpoint.Removed);
        }

        _traffic.Add(removed);
    }

    /// <summary>Counts connections.</summary>
    /// <param name="connections">The connections and holes.</param>
    public Ws.Totals Count(ReadOnlySpan<ConnectionRegistry.Entry?> connections)
    {
        var (endpoint, count) = ((EndpointContext?)null, (EndpointCount?)null);
        foreach (var entry in connections)
        {
            if (entry is null)
            {
                continue;
            }

            if (count is null || entry.Stats.EndpointContext != endpoint)
            {
                endpoint = entry.Stats.EndpointContext;
                count = CountOf(endpoint);
            }

            count.Add(entry.Stats);
            entry.Stats.AddTo(_traffic);
        }

        return new Ws.Totals
        {
            Connections = _counts.Values.Sum(static count => count.Open),
            Handshakes = _counts.Values.Sum(static count => count.Handshakes),
            Opened = _all.TotalOpened,
            Refused = _all.TotalRefused,
            Traffic = _traffic.ToTraffic(),
            IsDraining = _isDraining,
            Endpoints = [.. _listed.Select(one => TotalsOf(one.Endpoint, one.Local, CountOf(one.Endpoint)))],
        };
    }

    private EndpointCount CountOf(EndpointContext endpoint)
    {
        if (!_counts.TryGetValue(endpoint, out var count))
        {
            _counts.Add(endpoint, count = new EndpointCount());
        }

        return count;
    }

    /// <summary>
    /// The listener that totals report for an endpoint: of two loopback addresses the one of IPv4, regardless of the order of rebinds.
    /// </summary>
    private static Listener First(IEnumerable<Listener> listeners) =>
        listeners.MinBy(static listener => listener.Local.AddressFamily)!; // not null: a group has one

    private static Ws.EndpointTotals TotalsOf(ServerEndpointContext endpoint, EndPoint local, EndpointCount count) => new()
    {
        Endpoint = endpoint.Name,
        LocalEndPoint = local,
        Connections = count.Open,
        Handshakes = count.Handshakes,
        Opened = endpoint.Handshakes.TotalOpened,
        Refused = endpoint.Handshakes.TotalRefused,
        Traffic = count.Traffic.ToTraffic(),
    };

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
