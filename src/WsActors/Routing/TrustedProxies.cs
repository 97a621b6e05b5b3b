using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Akka.Configuration;
using WsActors.Protocol.Handshake;

namespace WsActors.Routing;

/// <summary>The proxies whose forwarding headers are believed. From anyone else those headers are only what a client wrote.</summary>
internal sealed class TrustedProxies
{
    private const string Key = "ws-actors.forwarded-headers";

    private readonly IPNetwork[] _networks;

    private readonly ForwardedHeadersMode _mode;

    /// <summary>The last origin of the server: nearly all requests name the same one and share the object. Null before the first.</summary>
    private volatile NamedOrigin? _lastOrigin;

    /// <param name="entries">Addresses, networks, and <c>unix</c>.</param>
    /// <param name="mode">Which headers they write.</param>
    /// <exception cref="ConfigurationException">An entry is neither an address nor a network.</exception>
    public TrustedProxies(IEnumerable<string> entries, ForwardedHeadersMode mode) => (_networks, _mode) = ([.. entries.Select(Parse)], mode);

    /// <summary>Reads the client's address and the server's origin.</summary>
    /// <param name="http">The request.</param>
    /// <param name="socket">The address at the other end of the socket.</param>
    /// <param name="listener">The scheme of the endpoint: <c>ws</c> or <c>wss</c>.</param>
    /// <param name="caller">Null where that cannot be told.</param>
    /// <param name="refusal">Then: why not.</param>
    public bool TrySee(
        RequestHead http, IPAddress socket, string listener, [NotNullWhen(true)] out Caller? caller, [NotNullWhen(false)] out Refusal? refusal)
    {
        if (!TryRead(http, socket, listener, IsStandard(http), out caller, out refusal))
        {
            return false;
        }

        // Nobody knows which of the two the proxy wrote, and which a client.
        if (AreBoth(http, socket) && !(TryRead(http, socket, listener, isStandard: true, out var other, out _) && other == caller))
        {
            caller = null;
            refusal = new Refusal(400, $"X-Forwarded-* and Forwarded of a trusted proxy do not say the same: name the one that it writes in {Key}.");
            return false;
        }

        return true;
    }

    private bool TryRead(
        RequestHead http,
        IPAddress socket,
        string listener,
        bool isStandard,
        [NotNullWhen(true)] out Caller? caller,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        caller = null;
        if (!TryWalk(http, socket, isStandard, out var client, out var hops, out var said))
        {
            refusal = new Refusal(400, $"{said.HeaderOf("For")} of a trusted proxy is malformed: the proxy must append its client's address, and not pass on what"
                + " clients break it by.");
            return false;
        }

        var self = said is null
            ? OriginOf(listener, http.Host ?? "")
            : OriginOf(said.Scheme(hops) ?? listener, WithPort(said.Host(hops) ?? http.Host ?? "", said.Port(hops)));
        refusal = self is null ? new Refusal(400, Malformed(said, listener, hops)) : null;
        caller = self is null ? null : new Caller(client, self, said is { IsAny: true });
        return caller is not null;
    }

    /// <summary>The sentence for a request whose server's origin cannot be read: it names the header.</summary>
    private string Malformed(ForwardedHeaders? said, string listener, int hops)
    {
        if (said?.Scheme(hops) is { } scheme && OriginOf(scheme, IPAddress.Loopback.ToString()) is null)
        {
            return $"The scheme in {said.HeaderOf("Proto")} of a trusted proxy is malformed: the proxy must name http, https, ws or wss.";
        }

        return said?.Host(hops) is { } host && OriginOf(listener, host) is null
            ? $"The host in {said.HeaderOf("Host")} of a trusted proxy is malformed: the proxy must name one host, with a port or without."
            : "The host that the request names is malformed.";
    }

    /// <summary>The client's address; that of the proxy where it cannot be read.</summary>
    /// <inheritdoc cref="TrySee" path="/param"/>
    public IPAddress ClientOf(RequestHead http, IPAddress socket)
    {
        var isTold = TryWalk(http, socket, IsStandard(http), out var client, out _, out _)
            && (!AreBoth(http, socket) || (TryWalk(http, socket, isStandard: true, out var other, out _, out _) && other.Equals(client)));
        return isTold ? client : Plain(socket);
    }

    /// <param name="address">Of an IPv4 client its plain one.</param>
    public bool Contains(IPAddress address) => _networks.Any(network => network.Contains(address));

    /// <summary>
    /// The client, how many trusted proxies it came by, and what they said; null where it came by none. False where one of them wrote what
    /// cannot be read: the proxy does not count as the client then: that would hide the client behind an address of ours.
    /// </summary>
    private bool TryWalk(RequestHead http, IPAddress socket, bool isStandard, out IPAddress client, out int hops, [NotNullWhen(false)] out ForwardedHeaders? said)
    {
        (client, hops, said) = (Plain(socket), 0, null);
        if (!Contains(client))
        {
            return true;
        }

        said = new ForwardedHeaders(http, isStandard);
        while (Contains(client))
        {
            hops++;
            if (said.ClientOf(hops) is not { } text)
            {
                return true;
            }

            if (!ForwardedNode.TryParse(text, out var next))
            {
                return false;
            }

            if (next is null)
            {
                return true;
            }

            client = Plain(next);
        }

        return true;
    }

    /// <summary>
    /// Some proxies pass on a host without its port, and name the port beside it. A port that the host has counts. 80 and 443 say nothing: one
    /// is the default, and the other contradicts the scheme, as when a proxy inside names its own port and the TLS balancer the scheme.
    /// </summary>
    private static string WithPort(string authority, string? port)
    {
        // A colon alone names no port (RFC 3986 §3.2.3).
        authority = authority.EndsWith(':') ? authority[..^1] : authority;
        var hasPort = authority.LastIndexOf(':') > authority.LastIndexOf(']');
        return !hasPort && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is not (0 or 80 or 443)
            ? $"{authority}:{number}"
            : authority;
    }

    /// <summary>Whether <c>Forwarded</c> counts, and not <c>X-Forwarded-*</c>.</summary>
    private bool IsStandard(RequestHead http) => _mode switch
    {
        ForwardedHeadersMode.Forwarded => true,
        ForwardedHeadersMode.XForwarded => false,
        _ => !ForwardedHeaders.Came(http, isStandard: false),
    };

    private bool AreBoth(RequestHead http, IPAddress socket) =>
        _mode == ForwardedHeadersMode.Any
        && ForwardedHeaders.Came(http, isStandard: true)
        && ForwardedHeaders.Came(http, isStandard: false)
        && Contains(Plain(socket));

    private Origin? OriginOf(string scheme, string authority)
    {
        if (_lastOrigin is { } namedOrigin && namedOrigin.Scheme == scheme && namedOrigin.Authority == authority)
        {
            return namedOrigin.Origin;
        }

        var origin = Origin.FromAuthority(scheme, authority);
        if (origin is not null)
        {
            _lastOrigin = new NamedOrigin(scheme, authority, origin);
        }

        return origin;
    }

    /// <summary>An IPv4 client of a socket that serves both families has an IPv6 address that carries the IPv4 one.</summary>
    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static IPNetwork Parse(string entry)
    {
        if (IPNetwork.TryParse(entry, out var network))
        {
            // Clients are compared by their plain IPv4 address (RFC 4291 §2.5.5.2).
            const int MappedBits = 96;
            return network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= MappedBits
                ? new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - MappedBits)
                : network;
        }

        if (IPAddress.TryParse(entry, out var address))
        {
            return new IPNetwork(Plain(address), Plain(address).GetAddressBytes().Length * 8);
        }

        // Clients of a Unix socket have no other address.
        return entry == "unix" ? new IPNetwork(IPAddress.None, 32) : throw new ConfigurationException(
            $"ws-actors.trusted-proxies holds '{entry}', which is neither an address nor a network such as 10.0.0.0/8, nor unix.");
    }

    private sealed record NamedOrigin(string Scheme, string Authority, Origin Origin);
}
