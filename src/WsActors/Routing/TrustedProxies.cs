using System.Net;
using Akka.Configuration;
using WsActors.Protocol.Handshake;

namespace WsActors.Routing;

/// <summary>The proxies whose forwarding headers are believed. From anyone else those headers are only what a client wrote.</summary>
internal sealed class TrustedProxies
{
    private static readonly string[] ForwardingHeaders = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"];

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
        var (client, hops) = Walk(http, socket);
        return hops == 0
            ? (client, OriginOf(listener, http.Host ?? ""), false)
            : (client, OriginOf(Said(http, "X-Forwarded-Proto", hops) ?? listener, Said(http, "X-Forwarded-Host", hops) ?? http.Host ?? ""), IsForwarded(http));
    }

    /// <summary>Who asked.</summary>
    /// <inheritdoc cref="See" path="/param"/>
    public IPAddress ClientOf(HttpRequest http, IPAddress socket) => Walk(http, socket).Client;

    /// <param name="address">Of an IPv4 client its plain one.</param>
    public bool Contains(IPAddress address) => _networks.Any(network => network.Contains(address));

    /// <summary>The client, and how many trusted proxies it came by.</summary>
    private (IPAddress Client, int Hops) Walk(HttpRequest http, IPAddress socket)
    {
        var client = Plain(socket);
        if (!Contains(client))
        {
            return (client, 0);
        }

        var hops = 0;
        var forwarded = List(http, "X-Forwarded-For");
        while (Contains(client))
        {
            // The nearest proxy wrote the last entry. What cannot be read ends the walk at the proxy that wrote it.
            hops++;
            if (hops > forwarded.Length || !TryParseAddress(forwarded[^hops], out var next))
            {
                break;
            }

            client = Plain(next);
        }

        return (client, hops);
    }

    // A browser on the proxy's machine has its address, too, but its scripts cannot add these headers to a handshake.
    private static bool IsForwarded(HttpRequest http) =>
        Array.Exists(ForwardingHeaders, header => http.Headers.CountOf(header) > 0);

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

    /// <summary>What the outermost trusted proxy said: a list has an entry for each, a single value stands for all.</summary>
    private static string? Said(HttpRequest http, string header, int hops)
    {
        var list = List(http, header);
        return list.Length == 0 ? null : list[Math.Max(0, list.Length - hops)];
    }

    private static string[] List(HttpRequest http, string header) =>
        [.. http.Headers.All(header).SelectMany(static line => line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

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
