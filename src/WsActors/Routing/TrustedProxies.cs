using System.Globalization;
using System.Net;
using Akka.Configuration;
using WsActors.Protocol.Handshake;

namespace WsActors.Routing;

/// <summary>The proxies whose forwarding headers are believed. From anyone else those headers are only what a client wrote.</summary>
internal sealed class TrustedProxies
{
    private readonly IPNetwork[] _networks;

    /// <summary>What the server was called last: nearly all call it the same, and share one origin. Null before anyone did.</summary>
    private volatile Called? _called;

    /// <exception cref="ConfigurationException">An entry is neither an address nor a network.</exception>
    public TrustedProxies(IEnumerable<string> entries) => _networks = [.. entries.Select(Parse)];

    /// <summary>Who asked, and what they call this server.</summary>
    /// <param name="http">The request.</param>
    /// <param name="socket">The address at the other end of the socket.</param>
    /// <param name="listener">The scheme of the endpoint: <c>ws</c> or <c>wss</c>.</param>
    /// <returns>
    /// The client's address; the server's own origin, null when the host that was named is malformed; and whether a trusted proxy passed that on.
    /// </returns>
    public (IPAddress Client, Origin? Self, bool IsForwarded) See(HttpRequest http, IPAddress socket, string listener)
    {
        var (client, hops, said) = Walk(http, socket);
        return said is null
            ? (client, OriginOf(listener, http.Host ?? ""), false)
            : (client, OriginOf(said.Scheme(hops) ?? listener, WithPort(said.Host(hops) ?? http.Host ?? "", said.Port(hops))), said.IsAny);
    }

    /// <summary>Who asked.</summary>
    /// <inheritdoc cref="See" path="/param"/>
    public IPAddress ClientOf(HttpRequest http, IPAddress socket) => Walk(http, socket).Client;

    /// <param name="address">Of an IPv4 client its plain one.</param>
    public bool Contains(IPAddress address) => _networks.Any(network => network.Contains(address));

    /// <summary>The client, how many trusted proxies it came by, and what they said; null where it came by none.</summary>
    private (IPAddress Client, int Hops, Forwarding? Said) Walk(HttpRequest http, IPAddress socket)
    {
        var client = Plain(socket);
        if (!Contains(client))
        {
            return (client, 0, null);
        }

        var hops = 0;
        var said = new Forwarding(http);
        while (Contains(client))
        {
            // What cannot be read ends the walk at the proxy that wrote it.
            hops++;
            if (said.ClientOf(hops) is not { } text || !TryParseAddress(text, out var next))
            {
                break;
            }

            client = Plain(next);
        }

        return (client, hops, said);
    }

    /// <summary>Some proxies pass on a host without its port, and name the port beside it. A port that the host has counts.</summary>
    private static string WithPort(string authority, string? port)
    {
        var hasPort = authority.LastIndexOf(':') > authority.LastIndexOf(']');
        return !hasPort && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? $"{authority}:{number}"
            : authority;
    }

    private Origin? OriginOf(string scheme, string authority)
    {
        if (_called is { } called && called.Scheme == scheme && called.Authority == authority)
        {
            return called.Origin;
        }

        var origin = Origin.FromAuthority(scheme, authority);
        if (origin is not null)
        {
            _called = new Called(scheme, authority, origin);
        }

        return origin;
    }

    // Proxies write an address, or an address and a port: 192.0.2.1:4711, [2001:db8::1]:4711.
    private static bool TryParseAddress(string text, out IPAddress address)
    {
        if (IPAddress.TryParse(text, out var plain))
        {
            address = plain;
            return true;
        }

        var parsed = IPEndPoint.TryParse(text, out var endPoint);
        address = endPoint?.Address ?? IPAddress.None;
        return parsed;
    }

    /// <summary>An IPv4 client of a socket that serves both families has an IPv6 address that carries the IPv4 one.</summary>
    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static IPNetwork Parse(string entry)
    {
        if (IPNetwork.TryParse(entry, out var network))
        {
            return network;
        }

        if (IPAddress.TryParse(entry, out var address))
        {
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        }

        // Whoever comes by a Unix socket has no other address.
        return entry == "unix" ? new IPNetwork(IPAddress.None, 32) : throw new ConfigurationException(
            $"ws-actors.trusted-proxies holds '{entry}', which is neither an address nor a network such as 10.0.0.0/8, nor unix.");
    }

    private sealed record Called(string Scheme, string Authority, Origin Origin);
}
