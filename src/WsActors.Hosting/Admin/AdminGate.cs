using System.Net;
using System.Net.Sockets;
using Akka.Actor;

namespace WsActors.Hosting.Admin;

/// <summary>
/// The connections of one admin page: few, and fewer without a token. One for each page; any thread.
/// </summary>
internal sealed class AdminGate
{
    /// <summary>Most connections that have not sent the token yet.</summary>
    public const int MaxWaiting = 16;

    /// <summary>Most connections with the token, or without need of one.</summary>
    public const int MaxOpen = 32;

    private readonly Lock _gate = new();

    private readonly List<(IActorRef Handler, IPAddress Address)> _waiting = [];

    private readonly HashSet<IActorRef> _open = [];

    /// <summary>A connection waits for the token.</summary>
    /// <returns>
    /// The connection to stop for it; null for none. Too many are taken from the address with the most: an attacker's, not the operator's.
    /// A host with IPv6 has the addresses of a /64, which count as one.
    /// </returns>
    public IActorRef? Wait(IActorRef handler, IPAddress address)
    {
        lock (_gate)
        {
            _waiting.Add((handler, address));
            if (_waiting.Count <= MaxWaiting)
            {
                return null;
            }

            var crowd = _waiting
                .GroupBy(static one => NetworkOf(one.Address))
                .MaxBy(static group => group.Count())!; // not null: there is one
            var evicted = crowd.First();
            _waiting.Remove(evicted);
            return evicted.Handler;
        }
    }

    /// <summary>A connection has sent the token, or needs none.</summary>
    /// <returns>Whether there was room for it.</returns>
    public bool TryOpen(IActorRef handler)
    {
        lock (_gate)
        {
            _waiting.RemoveAll(one => one.Handler.Equals(handler));
            return _open.Count < MaxOpen && _open.Add(handler);
        }
    }

    public void Leave(IActorRef handler)
    {
        lock (_gate)
        {
            _waiting.RemoveAll(one => one.Handler.Equals(handler));
            _open.Remove(handler);
        }
    }

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
}
