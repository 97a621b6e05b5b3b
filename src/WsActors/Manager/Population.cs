using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using WsActors.Connection;
using WsActors.Transport;

namespace WsActors.Manager;

/// <summary>
/// Who is connected, and who may: sockets that still ask, WebSockets that were admitted, and how many each client address has.
/// Owned by the manager.
/// </summary>
internal sealed class Population(int maxConnections, int? maxPerAddress, int maxHandshakes, int? maxHandshakesPerAddress)
{
    private readonly Dictionary<IActorRef, Entry> _entries = [];

    /// <summary>The same in the order in which they came.</summary>
    private readonly SortedSet<Entry> _inOrder = new(Comparer<Entry>.Create(static (one, other) => one.Number.CompareTo(other.Number)));

    private readonly PerNetwork _admitted = new();

    private readonly PerNetwork _asking = new();

    /// <summary>Everyone, admitted or not.</summary>
    public IReadOnlyDictionary<IActorRef, Entry> Everyone => _entries;

    /// <summary>Those that came after the one of a number, in the order in which they came.</summary>
    public IEnumerable<Entry> After(long number) =>
        _inOrder.Max is { } last && last.Number > number ? _inOrder.GetViewBetween(Entry.Bound(number + 1), last) : [];

    /// <summary>WebSockets that were admitted.</summary>
    public int Admitted { get; private set; }

    public bool HasRoomForHandshake => Asking < maxHandshakes;

    /// <summary>Whether a socket that is turned away may be told why: that takes a place too, and half of them are kept for others.</summary>
    public bool HasRoomForApology => 2L * Asking < maxHandshakes;

    private long _lastNumber;

    private int Asking => _entries.Count - Admitted;

    /// <summary>The same for sockets of one client; null for nobody in particular.</summary>
    public bool HasRoomForHandshakeOf(IPAddress? client) =>
        maxHandshakesPerAddress is not { } most || client is null || _asking[NetworkOf(client)] < most;

    /// <param name="connection">Who came.</param>
    /// <param name="endpoint">Where.</param>
    /// <param name="wakeUp">When it wants to be looked at.</param>
    /// <param name="vitals">What it tells of itself.</param>
    /// <param name="client">Whose unfinished handshake it is; null for nobody's.</param>
    public void Add(IActorRef connection, Endpoint endpoint, WakeUp wakeUp, Vitals vitals, IPAddress? client)
    {
        var network = client is null ? null : NetworkOf(client);
        var entry = new Entry(++_lastNumber, connection, endpoint, wakeUp, vitals) { AsksFrom = network };
        _entries.Add(connection, entry);
        _inOrder.Add(entry);
        _asking.Add(network);
    }

    /// <summary>Admits a connection that finished its request.</summary>
    /// <returns>Null when it is admitted, else why not.</returns>
    public string? Admit(IActorRef connection, IPAddress client)
    {
        var network = NetworkOf(client);
        if (Admitted >= maxConnections)
        {
            return "The server has as many connections as it takes; come back later.";
        }

        if (PeerAddress.IsKnown(client) && _admitted[network] >= maxPerAddress)
        {
            return "Your address has as many connections as it may; close one first.";
        }

        var entry = _entries[connection];
        _asking.Remove(entry.AsksFrom);
        (entry.AsksFrom, entry.AdmittedFrom) = (null, network);
        _admitted.Add(network);
        Admitted++;
        return null;
    }

    public void Remove(IActorRef connection)
    {
        if (_entries.Remove(connection, out var entry))
        {
            _inOrder.Remove(entry);
            _asking.Remove(entry.AsksFrom);
            _admitted.Remove(entry.AdmittedFrom);
            Admitted -= entry.AdmittedFrom is null ? 0 : 1;
        }
    }

    /// <summary>What counts as one client: an IPv4 address, or the /64 that an IPv6 host may choose its addresses from.</summary>
    private static IPAddress NetworkOf(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    internal sealed class Entry(long number, IActorRef connection, Endpoint endpoint, WakeUp wakeUp, Vitals vitals)
    {
        /// <summary>How many had come by then.</summary>
        public long Number { get; } = number;

        public IActorRef Connection { get; } = connection;

        public Endpoint Endpoint { get; } = endpoint;

        public WakeUp WakeUp { get; } = wakeUp;

        public Vitals Vitals { get; } = vitals;

        /// <summary>Whether it was told that the node drains.</summary>
        public bool KnowsOfDrain { get; set; }

        /// <summary>Nobody, to compare with.</summary>
        public static Entry Bound(long number) => new(number, ActorRefs.Nobody, null!, null!, null!);

        /// <summary>The network of the socket's other end, until it is admitted; null where that is not counted.</summary>
        public IPAddress? AsksFrom { get; set; }

        /// <summary>The client's network, once it is admitted.</summary>
        public IPAddress? AdmittedFrom { get; set; }
    }

    /// <summary>How many each network has; those that have none are not kept, and null has none.</summary>
    private sealed class PerNetwork
    {
        private readonly Dictionary<IPAddress, int> _counts = [];

        public int this[IPAddress network] => _counts.GetValueOrDefault(network);

        public void Add(IPAddress? network)
        {
            if (network is not null)
            {
                _counts[network] = this[network] + 1;
            }
        }

        public void Remove(IPAddress? network)
        {
            if (network is not null && --_counts[network] == 0)
            {
                _counts.Remove(network);
            }
        }
    }
}
