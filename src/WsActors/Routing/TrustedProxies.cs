using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Akka.Configuration;
using WsActors.Protocol.Handshake;

namespace WsActors.Routing;

/// <summary>The proxies whose forwarding headers are trusted. In other requests the client may have written these headers.</summary>
internal sealed class TrustedProxies
{
    private const string Key = "ws-actors.forwarded-headers";

    private readonly IPNetwork[] _networks;

    private readonly ForwardedHeadersMode _mode;

    /// <summary>The server's last origin. Nearly all requests name the same origin and share the object. Null before the first.</summary>
    private volatile NamedOrigin? _lastOrigin;

    /// <param name="entries">Addresses, networks, and <c>unix</c>.</param>
    /// <param name="mode">The headers that the proxies write.</param>
    /// <exception cref="ConfigurationException">An entry is neither an address, nor a network, nor <c>unix</c>.</exception>
    public TrustedProxies(IEnumerable<string> entries, ForwardedHeadersMode mode) =>
        (_networks, _mode) = ([.. entries.Select(Parse)], mode);

    /// <summary>Reads the client's address and the server's origin.</summary>
    /// <param name="http">The request.</param>
    /// <param name="socket">The address at the other end of the socket.</param>
    /// <param name="listener">The scheme of the endpoint: <c>ws</c> or <c>wss</c>.</param>
    /// <param name="caller">The two; null when a header is malformed.</param>
    /// <param name="refusal">The refusal when a header is malformed.</param>
    public bool TryResolve(
        RequestHead http,
        IPAddress socket,
        string listener,
        [NotNullWhen(true)] out Caller? caller,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        if (!TryRead(http, socket, listener, IsStandard(http), out caller, out refusal))
        {
            return false;
        }

        // The proxy may have written either kind of headers, and a client the other. Both are safe only if they agree.
        if (AreBoth(http, socket) && !(TryRead(http, socket, listener, isStandard: true, out var other, out _) && other == caller))
        {
            caller = null;
            refusal = new Refusal(
                400,
                $"X-Forwarded-* and Forwarded of a trusted proxy contradict each other: set {Key} to the kind that the proxy writes.");
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
        if (!TryWalk(http, socket, isStandard, out var client, out var hops, out var headers))
        {
            refusal = new Refusal(
                400,
                $"{headers.HeaderOf("For")} of a trusted proxy is malformed: the proxy must append its client's address, and must not pass"
                + " on a malformed header of a client.");
            return false;
        }

        var self = headers is null
            ? OriginOf(listener, http.Host ?? "")
            : OriginOf(headers.Scheme(hops) ?? listener, WithPort(headers.Host(hops) ?? http.Host ?? "", headers.Port(hops)));
        refusal = self is null ? new Refusal(400, Malformed(headers, listener, hops)) : null;
        caller = self is null ? null : new Caller(client, self, headers is { IsAny: true });
        return caller is not null;
    }

    /// <summary>The sentence for a malformed origin of the server. It names the header.</summary>
    private string Malformed(ForwardedHops? headers, string listener, int hops)
    {
        if (headers?.Scheme(hops) is { } scheme && OriginOf(scheme, IPAddress.Loopback.ToString()) is null)
        {
            return $"The scheme in {headers.HeaderOf("Proto")} of a trusted proxy is malformed:"
                + " the proxy must name http, https, ws or wss.";
        }

        return headers?.Host(hops) is { } host && OriginOf(listener, host) is null
            ? $"The host in {headers.HeaderOf("Host")} of a trusted proxy is malformed:"
                + " the proxy must name one host, with a port or without."
            : "The host that the request names is malformed: send a name or an address, with a port if needed.";
    }

    /// <summary>The client's address; the proxy's address if the forwarding headers are malformed or contradict each other.</summary>
    /// <inheritdoc cref="TryResolve" path="/param"/>
    public IPAddress ClientOf(RequestHead http, IPAddress socket)
    {
        var isKnown = TryWalk(http, socket, IsStandard(http), out var client, out _, out _)
            && (!AreBoth(http, socket) || (TryWalk(http, socket, isStandard: true, out var other, out _, out _) && other.Equals(client)));
        return isKnown ? client : Plain(socket);
    }

    /// <summary>Whether an address is a trusted proxy's. An IPv4 address must not be mapped to IPv6.</summary>
    public bool Contains(IPAddress address) => _networks.Any(network => network.Contains(address));

    /// <summary>
    /// Walks the forwarding headers from the nearest proxy to the client. Yields the client, the number of trusted proxies before it, and
    /// their headers (null without a trusted proxy). False when a trusted proxy wrote a malformed client. The proxy is not taken for the
    /// client then: that would hide the client behind an address of the operator.
    /// </summary>
    private bool TryWalk(
        RequestHead http,
        IPAddress socket,
        bool isStandard,
        out IPAddress client,
        out int hops,
        [NotNullWhen(false)] out ForwardedHops? headers)
    {
        (client, hops, headers) = (Plain(socket), 0, null);
        if (!Contains(client))
        {
            return true;
        }

        headers = new ForwardedHops(http, isStandard);
        while (Contains(client))
        {
            hops++;
            if (headers.ClientOf(hops) is not { } text)
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
    /// Adds the port of <c>X-Forwarded-Port</c> to a host without one: some proxies forward the two apart. A port in the host takes
    /// precedence. 80 and 443 are ignored: one is the scheme's default, and the other contradicts the scheme, as when an inner proxy names
    /// its own port and the TLS balancer the scheme.
    /// </summary>
    private static string WithPort(string authority, string? port)
    {
        // A colon without digits names no port (RFC 3986 §3.2.3).
        authority = authority.EndsWith(':') ? authority[..^1] : authority;
        var hasPort = authority.LastIndexOf(':') > authority.LastIndexOf(']');
        return !hasPort
            && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is not (0 or 80 or 443)
                ? $"{authority}:{number}"
                : authority;
    }

    /// <summary>Whether <c>Forwarded</c> is read, and not <c>X-Forwarded-*</c>.</summary>
    private bool IsStandard(RequestHead http) => _mode switch
    {
        ForwardedHeadersMode.Forwarded => true,
        ForwardedHeadersMode.XForwarded => false,
        _ => !ForwardedHops.ArePresent(http, isStandard: false),
    };

    private bool AreBoth(RequestHead http, IPAddress socket) =>
        _mode == ForwardedHeadersMode.Any
        && ForwardedHops.ArePresent(http, isStandard: true)
        && ForwardedHops.ArePresent(http, isStandard: false)
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

    /// <summary>The IPv4 address of an IPv4-mapped IPv6 address, which IPv4 clients have on a dual-mode socket.</summary>
    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static IPNetwork Parse(string entry)
    {
        if (IPNetwork.TryParse(entry, out var network))
        {
            // Clients are compared by IPv4 address, never by the IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2).
            const int MappedBits = 96;
            return network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= MappedBits
                ? new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - MappedBits)
                : network;
        }

        if (IPAddress.TryParse(entry, out var address))
        {
            return new IPNetwork(Plain(address), Plain(address).GetAddressBytes().Length * 8);
        }

        // Clients of a Unix socket have this address.
        return entry == "unix" ? new IPNetwork(IPAddress.None, 32) : throw new ConfigurationException(
            $"ws-actors.trusted-proxies holds '{entry}', which is neither an address nor a network such as 10.0.0.0/8, nor unix.");
    }

    private sealed record NamedOrigin(string Scheme, string Authority, Origin Origin);
}
