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

    /// <summary>The same for a search, which takes four times as long for each.</summary>
    private const int MaxSearched = 2_500;

    public Ws.Totals Count(ListenerRegistry listeners, HandshakeCounters all, bool isDraining) =>
        new EndpointCounts(listeners, all, connections.Removed, isDraining).Count(connections.InOrder);

    public Ws.ConnectionList List(Ws.ListConnections list)
    {
        var found = new List<Ws.Stats>();
        var filterMatch = new FilterMatch(list.Filter);
        var (scanned, maxScanned) = (0, list.Filter.Search is null ? MaxScanned : MaxSearched);
        foreach (var entry in connections.After(list.After ?? 0))
        {
            if (filterMatch.Is(entry) && entry.Stats.ToStats(entry.Connection) is { } stats)
            {
                found.Add(stats);
            }

            if (found.Count == list.PageSize || ++scanned == maxScanned)
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
}
