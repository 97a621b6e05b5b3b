using System.Net;
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

    private readonly InOrder _inOrder = new();

    private readonly PerNetwork _admitted = new();

    private readonly PerNetwork _asking = new();

    /// <summary>Everyone, admitted or not.</summary>
    public IReadOnlyDictionary<IActorRef, Entry> Everyone => _entries;

    /// <summary>Those that came after the one of a number, in the order in which they came.</summary>
    public IEnumerable<Entry> After(long number) => _inOrder.After(number);

    /// <summary>WebSockets that were admitted.</summary>
    public int Admitted { get; private set; }

    public bool HasRoomForHandshake => Asking < maxHandshakes;

    /// <summary>Whether a socket that is turned away may be told why: that takes a place too, and half of them are kept for others.</summary>
    public bool HasRoomForApology => 2L * Asking < maxHandshakes;

    private long _lastNumber;

    private int Asking => _entries.Count - Admitted;

    /// <summary>The same for sockets of one client; null for nobody in particular.</summary>
    public bool HasRoomForHandshakeOf(IPAddress? client) =>
        maxHandshakesPerAddress is not { } most || client is null || _asking[PerNetwork.Of(client)] < most;

    /// <param name="connection">Who came.</param>
    /// <param name="wakeUp">When it wants to be looked at.</param>
    /// <param name="vitals">What it tells of itself.</param>
    /// <param name="client">Whose unfinished handshake it is; null for nobody's.</param>
    public void Add(IActorRef connection, WakeUp wakeUp, Vitals vitals, IPAddress? client)
    {
        var network = client is null ? null : PerNetwork.Of(client);
        var entry = new Entry(++_lastNumber, connection, wakeUp, vitals) { From = network };
        _entries.Add(connection, entry);
        _inOrder.Add(entry);
        _asking.Add(network);
    }

    /// <summary>Admits a connection that finished its request.</summary>
    /// <returns>Null when it is admitted, else why not.</returns>
    public string? Admit(IActorRef connection, IPAddress client)
    {
        var network = PerNetwork.Of(client);
        if (Admitted >= maxConnections)
        {
            return "The server has as many connections as it takes; come back later.";
        }

        if (PeerAddress.IsKnown(client) && _admitted[network] >= maxPerAddress)
        {
            return "Your address has as many connections as it may; close one first.";
        }

        var entry = _entries[connection];
        _asking.Remove(entry.From);
        (entry.From, entry.IsAdmitted) = (network, true);
        _admitted.Add(network);
        Admitted++;
        return null;
    }

    public void Remove(IActorRef connection)
    {
        if (_entries.Remove(connection, out var entry))
        {
            _inOrder.Remove(entry);
            (entry.IsAdmitted ? _admitted : _asking).Remove(entry.From);
            Admitted -= entry.IsAdmitted ? 1 : 0;
        }
    }

    public void Clear()
    {
        _entries.Clear();
        _inOrder.Clear();
        _admitted.Clear();
        _asking.Clear();
        Admitted = 0;
    }

    internal sealed class Entry(long number, IActorRef connection, WakeUp wakeUp, Vitals vitals)
    {
        /// <summary>How many had come by then.</summary>
        public long Number { get; } = number;

        /// <inheritdoc cref="InOrder"/>
        public int Place { get; set; }

        public IActorRef Connection { get; } = connection;

        public WakeUp WakeUp { get; } = wakeUp;

        public Vitals Vitals { get; } = vitals;

        /// <summary>Whether it was told that the node drains.</summary>
        public bool KnowsOfDrain { get; set; }

        /// <summary>Whether it finished its request, and stays.</summary>
        public bool IsAdmitted { get; set; }

        /// <summary>The network of the socket's other end, null where that is not counted; the client's, once it is admitted.</summary>
        public IPAddress? From { get; set; }
    }
}
