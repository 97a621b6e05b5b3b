using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using WsActors.Connection;

namespace WsActors.Manager;

/// <summary>
/// Who is connected, and who may: sockets that still ask, WebSockets that were admitted, and how many each client address has.
/// Owned by the manager.
/// </summary>
internal sealed class Population(int maxConnections, int? maxPerAddress, int maxHandshakes)
{
    private readonly Dictionary<IActorRef, Entry> _entries = [];

    private readonly Dictionary<IPAddress, int> _admittedOf = [];

    /// <summary>Everyone, admitted or not.</summary>
    public IReadOnlyDictionary<IActorRef, Entry> Everyone => _entries;

    /// <summary>WebSockets that were admitted.</summary>
    public int Admitted { get; private set; }

    public bool HasRoomForHandshake => Asking < maxHandshakes;

    /// <summary>Whether a socket that is turned away may be told why: that takes a place too, and half of them are kept for others.</summary>
    public bool HasRoomForApology => 2L * Asking < maxHandshakes;

    private int Asking => _entries.Count - Admitted;

    public void Add(IActorRef connection, Endpoint endpoint, WakeUp wakeUp) => _entries.Add(connection, new Entry(endpoint, wakeUp));

    /// <summary>Admits a connection that finished its request.</summary>
    /// <returns>Null when it is admitted, else why not.</returns>
    public string? Admit(IActorRef connection, IPAddress client)
    {
        var network = NetworkOf(client);
        if (Admitted >= maxConnections)
        {
            return "The server has as many connections as it takes; come back later.";
        }

        var ofClient = _admittedOf.GetValueOrDefault(network);
        if (ofClient >= maxPerAddress)
        {
            return "Your address has as many connections as it may; close one first.";
        }

        _entries[connection].AdmittedFrom = network;
        _admittedOf[network] = ofClient + 1;
        Admitted++;
        return null;
    }

    public void Remove(IActorRef connection)
    {
        if (!_entries.Remove(connection, out var entry) || entry.AdmittedFrom is not { } network)
        {
            return;
        }

        Admitted--;
        if (--_admittedOf[network] == 0)
        {
            _admittedOf.Remove(network);
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

    internal sealed class Entry(Endpoint endpoint, WakeUp wakeUp)
    {
        public Endpoint Endpoint { get; } = endpoint;

        public WakeUp WakeUp { get; } = wakeUp;

        /// <summary>The client's network, once it is admitted.</summary>
        public IPAddress? AdmittedFrom { get; set; }
    }
}
