using System.Net;
using Akka.Actor;
using WsActors.Connection;
using WsActors.Transport;

namespace WsActors.Manager;

/// <summary>
/// Who is connected, and who may: sockets that still ask, WebSockets that were admitted, and how many each client address has.
/// Owned by the manager.
/// </summary>
internal sealed class ConnectionRegistry(int maxConnections, int? maxPerAddress, int maxHandshakes, int? maxHandshakesPerAddress)
{
    private readonly Dictionary<IActorRef, Entry> _entries = [];

    /// <summary>The handshakes in the order of their arrival, with some that are over: at least a third still runs.</summary>
    private Queue<Entry> _handshakesInOrder = [];

    /// <summary>The handshakes that were evicted and have not ended yet.</summary>
    private int _evicted;

    private readonly ConnectionOrder _order = new();

    private readonly NetworkCounts _admitted = new();

    private readonly NetworkCounts _handshakes = new();

    /// <summary>Everyone, admitted or not.</summary>
    public IReadOnlyDictionary<IActorRef, Entry> All => _entries;

    /// <summary>The connections after the one with a number, in the order of their arrival.</summary>
    public IEnumerable<Entry> After(long number) => _order.After(number);

    /// <summary>WebSockets that were admitted.</summary>
    public int Admitted { get; private set; }

    /// <summary>Most sockets, open or not; who was evicted is as good as gone.</summary>
    public int MaxSockets { get; init; } = int.MaxValue;

    public bool HasRoomForSocket => _entries.Count - _evicted < MaxSockets;

    public bool HasRoomForHandshake => Handshakes < maxHandshakes;

    /// <summary>
    /// Whether a socket that is turned away may be told why: that takes a place too, and half of those that are free are kept for others.
    /// </summary>
    public bool HasRoomForRefusal => 2L * Handshakes < Math.Min(maxHandshakes, MaxSockets - Admitted);

    /// <summary>So many that ask no more are not worth looking for.</summary>
    private const int Few = 16;

    private long _lastNumber;

    /// <summary>The sockets whose request is incomplete or refused.</summary>
    public int Handshakes => _entries.Count - Admitted;

    /// <summary>The same for sockets of one client; null for nobody in particular.</summary>
    public bool HasRoomForHandshakeOf(IPAddress? client) =>
        maxHandshakesPerAddress is not { } most || client is null || _handshakes[NetworkCounts.NetworkOf(client)] < most;

    /// <param name="connection">Who came.</param>
    /// <param name="wakeUpTime">When it wants to be looked at.</param>
    /// <param name="connectionStats">What it tells of itself.</param>
    /// <param name="client">Whose unfinished handshake it is; null for nobody's.</param>
    public void Add(IActorRef connection, WakeUpTime wakeUpTime, ConnectionStats connectionStats, IPAddress? client)
    {
        var network = client is null ? null : NetworkCounts.NetworkOf(client);
        var entry = new Entry(++_lastNumber, connection, wakeUpTime, connectionStats) { From = network };
        _entries.Add(connection, entry);
        _order.Add(entry);
        _handshakes.Add(network);
        _handshakesInOrder.Enqueue(entry);
        if (_handshakesInOrder.Count > (3 * Handshakes) + Few)
        {
            _handshakesInOrder = new(_handshakesInOrder.Where(IsHandshaking));
        }
    }

    /// <summary>Takes away the place of the one that has asked for longest: it is to be reset.</summary>
    /// <returns>Null where nobody asks.</returns>
    public Entry? EvictOldest()
    {
        while (_handshakesInOrder.TryDequeue(out var entry))
        {
            if (IsHandshaking(entry))
            {
                entry.IsEvicted = true;
                _evicted++;
                return entry;
            }
        }

        return null;
    }

    /// <summary>Admits a connection that finished its request.</summary>
    /// <returns>Null when it is admitted, else why not.</returns>
    public string? Admit(IActorRef connection, IPAddress client)
    {
        var network = NetworkCounts.NetworkOf(client);
        if (_entries[connection].IsEvicted)
        {
            return "The server has as many sockets as it can have open files; come back later.";
        }

        if (Admitted >= maxConnections)
        {
            return "The server has as many connections as it takes; come back later.";
        }

        if (PeerAddress.IsKnown(client) && _admitted[network] >= maxPerAddress)
        {
            return "Your address has as many connections as it may; close one first.";
        }

        var entry = _entries[connection];
        _handshakes.Remove(entry.From);
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
            (entry.IsAdmitted ? _admitted : _handshakes).Remove(entry.From);
            Admitted -= entry.IsAdmitted ? 1 : 0;
            _evicted -= entry.IsEvicted ? 1 : 0;
            if (Handshakes == 0)
            {
                _handshakesInOrder.Clear();
            }
        }
    }

    public void Clear()
    {
        _entries.Clear();
        _order.Clear();
        _admitted.Clear();
        _handshakes.Clear();
        _handshakesInOrder.Clear();
        _evicted = 0;
        Admitted = 0;
    }

    private bool IsHandshaking(Entry entry) => entry is { IsAdmitted: false, IsEvicted: false } && _entries.ContainsKey(entry.Connection);

    internal sealed class Entry(long number, IActorRef connection, WakeUpTime wakeUpTime, ConnectionStats stats)
    {
        /// <summary>The number of sockets accepted before it.</summary>
        public long Number { get; } = number;

        /// <inheritdoc cref="ConnectionOrder"/>
        public int Place { get; set; }

        public IActorRef Connection { get; } = connection;

        public WakeUpTime WakeUpTime { get; } = wakeUpTime;

        public ConnectionStats Stats { get; } = stats;

        /// <summary>Whether it was told that the node drains.</summary>
        public bool IsToldOfDrain { get; set; }

        /// <summary>Whether it finished its request, and stays.</summary>
        public bool IsAdmitted { get; set; }

        /// <summary>Whether it asked for longest when there was no descriptor for another.</summary>
        public bool IsEvicted { get; set; }

        /// <summary>The network of the socket's other end, null where that is not counted; the client's, once it is admitted.</summary>
        public IPAddress? From { get; set; }
    }
}
