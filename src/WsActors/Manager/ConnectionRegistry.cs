using System.Net;
using Akka.Actor;
using WsActors.Connection;
using WsActors.Runtime;
using WsActors.Transport;

namespace WsActors.Manager;

/// <summary>
/// The connections with their limits: handshakes, admitted WebSockets, and the number of each per client address. Owned by the manager.
/// </summary>
internal sealed class ConnectionRegistry(int maxConnections, int? maxPerAddress, int maxHandshakes, int? maxHandshakesPerAddress)
{
    private readonly Dictionary<IActorRef, Entry> _entries = [];

    /// <summary>The handshakes of endpoints without a reserve.</summary>
    private readonly HandshakeOrder _commonHandshakes = new();

    /// <summary>The handshakes of endpoints with reserved connections.</summary>
    private readonly HandshakeOrder _reservedHandshakes = new();

    /// <summary>The handshakes that were evicted and have not ended yet.</summary>
    private int _evicted;

    private readonly ArrivalOrder _order = new();

    private readonly NetworkCounts _admitted = new();

    private readonly NetworkCounts _handshakes = new();

    /// <summary>All connections, admitted or not.</summary>
    public IReadOnlyDictionary<IActorRef, Entry> All => _entries;

    /// <summary>The connections after the one with a number, in the order of their arrival.</summary>
    public IEnumerable<Entry> After(long number) => _order.After(number);

    /// <summary>All connections and holes, in the order of their arrival. Invalid after the next change.</summary>
    public ReadOnlySpan<Entry?> InOrder => _order.AsSpan();

    /// <summary>The same for another thread.</summary>
    public Snapshot<Entry?> ToSnapshot() => _order.ToSnapshot();

    /// <summary>The traffic of all removed connections of the system.</summary>
    public TrafficCounters Removed { get; } = new();

    /// <summary>The open connections by their users.</summary>
    public UserConnections Users { get; } = new();

    /// <summary>The open connections of a user.</summary>
    public IEnumerable<Entry> OfUser(string user) =>
        Users.Of(user).Select(_entries.GetValueOrDefault).OfType<Entry>().Where(entry => entry.Stats.Identity?.User == user);

    /// <summary>The route of an open connection; null for any other.</summary>
    public string? RouteOf(IActorRef connection) => _entries.GetValueOrDefault(connection)?.Stats.Identity?.Route;

    /// <summary>The number of admitted WebSockets.</summary>
    public int Admitted { get; private set; }

    /// <summary>Most sockets, handshakes included. Evicted ones do not count: they are about to end.</summary>
    public int MaxSockets { get; init; } = int.MaxValue;

    /// <param name="reserved">The reserved connections of the endpoint; so below.</param>
    public bool HasRoomForSocket(int reserved) => _entries.Count - _evicted - reserved < MaxSockets;

    public bool HasRoomForHandshake(int reserved) => Handshakes - reserved < maxHandshakes;

    /// <summary>
    /// Whether a refused socket may get a response. It takes a place too, so half of the free places are kept for other sockets.
    /// </summary>
    public bool HasRoomForRefusal => 2L * Handshakes < Math.Min(maxHandshakes, MaxSockets - Admitted);

    private long _lastNumber;

    /// <summary>The sockets whose request is incomplete or refused.</summary>
    public int Handshakes => _entries.Count - Admitted;

    /// <summary>Whether one more handshake of a client is allowed; a null client is not limited.</summary>
    public bool HasRoomForHandshakeOf(IPAddress? client, int reserved) =>
        maxHandshakesPerAddress is not { } max || client is null || _handshakes[NetworkCounts.NetworkOf(client)] - reserved < max;

    /// <param name="connection">The connection.</param>
    /// <param name="wakeUpTime">Its next deadline.</param>
    /// <param name="connectionStats">Its counters.</param>
    /// <param name="client">The client whose limit of handshakes it counts for; null for none.</param>
    public void Add(IActorRef connection, WakeUpTime wakeUpTime, ConnectionStats connectionStats, IPAddress? client)
    {
        var network = client is null ? null : NetworkCounts.NetworkOf(client);
        var entry = new Entry(++_lastNumber, connection, wakeUpTime, connectionStats)
        {
            From = network,
            Reserved = (connectionStats.EndpointContext as ServerEndpointContext)?.Reserved ?? 0,
        };
        _entries.Add(connection, entry);
        _order.Add(entry);
        _handshakes.Add(network);
        OrderOf(entry).Add(entry);
    }

    /// <summary>
    /// Evicts the oldest handshake: its connection is to be reset. As many as are reserved for an endpoint are passed over while there are
    /// others: a flood at a public port evicted the operator's handshake.
    /// </summary>
    /// <returns>Null when no handshake is in progress.</returns>
    public Entry? EvictOldest()
    {
        var (common, reserved) = (_commonHandshakes.Oldest, _reservedHandshakes.Oldest);
        var isReservedFirst = reserved is not null
            && (common is null || (_reservedHandshakes.Count > reserved.Reserved && reserved.Number < common.Number));
        if ((isReservedFirst ? reserved : common) is not { } oldest)
        {
            return null;
        }

        OrderOf(oldest).Complete(oldest);
        oldest.IsEvicted = true;
        _evicted++;
        return oldest;
    }

    /// <summary>Admits a connection whose request is complete.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="client">Its client.</param>
    /// <param name="reserved">The reserved connections of its route.</param>
    /// <returns>Null when it is admitted, else the reason for the client.</returns>
    public string? Admit(IActorRef connection, IPAddress client, int reserved)
    {
        var network = NetworkCounts.NetworkOf(client);
        if (_entries[connection].IsEvicted)
        {
            return "The server has as many sockets as it can have open files; come back later.";
        }

        if (Admitted - reserved >= maxConnections)
        {
            return "The server has as many connections as it takes; come back later.";
        }

        if (PeerAddress.IsKnown(client) && _admitted[network] - reserved >= maxPerAddress)
        {
            return "Your address has as many connections as it may; close one first.";
        }

        var entry = _entries[connection];
        _handshakes.Remove(entry.From);
        OrderOf(entry).Complete(entry);
        (entry.From, entry.IsAdmitted) = (network, true);
        _admitted.Add(network);
        Admitted++;
        return null;
    }

    public void Remove(IActorRef connection)
    {
        if (_entries.Remove(connection, out var entry))
        {
            _order.Remove(entry);
            CountRemoved(entry);
            if (entry.Stats.IndexedUser is { } user)
            {
                Users.Remove(user, connection);
            }

            (entry.IsAdmitted ? _admitted : _handshakes).Remove(entry.From);
            Admitted -= entry.IsAdmitted ? 1 : 0;
            _evicted -= entry.IsEvicted ? 1 : 0;
            OrderOf(entry).Complete(entry);
        }
    }

    public void Clear()
    {
        foreach (var entry in _entries.Values)
        {
            CountRemoved(entry);
        }

        _entries.Clear();
        _order.Clear();
        Users.Clear();
        _admitted.Clear();
        _handshakes.Clear();
        _commonHandshakes.Clear();
        _reservedHandshakes.Clear();
        _evicted = 0;
        Admitted = 0;
    }

    private void CountRemoved(Entry entry)
    {
        entry.Stats.AddTo(entry.Stats.EndpointContext.Removed);
        entry.Stats.AddTo(Removed);
    }

    private HandshakeOrder OrderOf(Entry entry) => entry.Reserved > 0 ? _reservedHandshakes : _commonHandshakes;

    internal sealed class Entry(long number, IActorRef connection, WakeUpTime wakeUpTime, ConnectionStats stats)
    {
        /// <summary>The number of sockets accepted before it.</summary>
        public long Number { get; } = number;

        /// <inheritdoc cref="ArrivalOrder"/>
        public int Place { get; set; }

        public IActorRef Connection { get; } = connection;

        public WakeUpTime WakeUpTime { get; } = wakeUpTime;

        public ConnectionStats Stats { get; } = stats;

        /// <summary>Whether it was told <see cref="Ws.Draining"/>.</summary>
        public bool IsToldOfDrain { get; set; }

        /// <summary>The reserved connections of its endpoint.</summary>
        public int Reserved { get; init; }

        /// <summary>Whether its request is incomplete or refused, and it was not evicted and has not ended.</summary>
        public bool IsHandshaking { get; set; } = true;

        /// <summary>Whether it was admitted as a WebSocket.</summary>
        public bool IsAdmitted { get; set; }

        /// <summary>Whether it was evicted, as the oldest handshake when no descriptor was left for another socket.</summary>
        public bool IsEvicted { get; set; }

        /// <summary>The network of the socket's peer, null where it is not counted; the client's network once it is admitted.</summary>
        public IPAddress? From { get; set; }
    }
}
