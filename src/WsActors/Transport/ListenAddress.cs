using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Configuration;

namespace WsActors.Transport;

/// <summary>
/// The address of an endpoint in its text form: <c>ws://host:port</c>, <c>wss://host:port</c> for TLS, or <c>ws+unix:///path</c>.
/// </summary>
/// <param name="Scheme"><c>ws</c> or <c>wss</c>: the scheme of its own origin.</param>
/// <param name="EndPoint">The address and the port, or the path.</param>
internal sealed record ListenAddress(string Scheme, EndPoint EndPoint)
{
    /// <summary>
    /// The other loopback address of <c>localhost</c>, on a machine with both families. The endpoint listens there, too, with the same
    /// port.
    /// </summary>
    public IPEndPoint? OtherLoopback { get; init; }

    public bool IsSecure => Scheme == "wss";

    /// <summary>Whether the address is a loopback address.</summary>
    public bool IsLoopback => EndPoint is IPEndPoint { Address: var address } && IPAddress.IsLoopback(Plain(address));

    public bool IsUnix => EndPoint is UnixDomainSocketEndPoint;

    /// <exception cref="ConfigurationException">The text is not such an address; the sentence describes the form.</exception>
    public static ListenAddress Parse(string text)
    {
        const string Form = "write ws://host:port or wss://host:port, the host an IP address, localhost or *, the port 0 to 65535, "
            + "such as ws://127.0.0.1:8080 or ws://[::]:8080";
        var divider = text.IndexOf("://", StringComparison.Ordinal);
        var scheme = divider < 0 ? "" : text[..divider].ToLowerInvariant();
        if (scheme == UnixSocketPath.Scheme)
        {
            return new ListenAddress(
                "ws",
                UnixSocketPath.TryParse(text[(divider + 3)..])
                    ?? throw new ConfigurationException($"Cannot listen on {text}: {UnixSocketPath.Form}."));
        }

        if (scheme is not ("ws" or "wss"))
        {
            throw new ConfigurationException($"Cannot listen on {text}: {Form}.");
        }

        var authority = text[(divider + 3)..].TrimEnd('/');
        var colon = authority.LastIndexOf(':');
        if (colon < 0 || colon < authority.LastIndexOf(']')
            || !int.TryParse(authority[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port > IPEndPoint.MaxPort
            || ParseHost(authority[..colon]) is not { } host)
        {
            throw new ConfigurationException($"Cannot listen on {text}: {Form}.");
        }

        return new ListenAddress(scheme, new IPEndPoint(host, port))
        {
            OtherLoopback = IsLocalhost(authority[..colon]) && Socket.OSSupportsIPv6 ? new IPEndPoint(IPAddress.IPv6Loopback, port) : null,
        };
    }

    /// <summary>Whether a connection with this local address was accepted by a listener bound to that one.</summary>
    public static bool Covers(EndPoint bound, EndPoint local) => (bound, local) switch
    {
        (IPEndPoint b, IPEndPoint l) => b.Port == l.Port
            && (b.Address.Equals(IPAddress.Any) || b.Address.Equals(IPAddress.IPv6Any) || Plain(b.Address).Equals(Plain(l.Address))),
        _ => bound.Equals(local),
    };

    private static bool IsLocalhost(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static IPAddress? ParseHost(string host) => host switch
    {
        "*" => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any,
        _ when IsLocalhost(host) => IPAddress.Loopback,
        ['[', .., ']'] => IPAddress.TryParse(host[1..^1], out var v6) ? v6 : null,
        _ => IPAddress.TryParse(host, out var v4) ? v4 : null,
    };
}
