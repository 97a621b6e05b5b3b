using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace WsActors.Metrics;

/// <summary>The address of an endpoint, or of a client's server, in the attributes of its metrics.</summary>
/// <param name="Scheme"><c>ws</c> or <c>wss</c>.</param>
/// <param name="Address">The address, the name, or the path of a Unix socket; null where it is not known.</param>
/// <param name="Port">The port; null without one.</param>
internal sealed record EndpointAddress(string? Scheme, string? Address = null, int? Port = null)
{
    public static EndpointAddress FromEndPoint(string scheme, EndPoint endPoint) => endPoint switch
    {
        IPEndPoint ip => new(scheme, ip.Address.ToString(), ip.Port),
        DnsEndPoint dns => new(scheme, dns.Host, dns.Port),
        UnixDomainSocketEndPoint unix => new(scheme, unix.ToString()),
        _ => new(scheme),
    };

    /// <summary>The address in the name of a hosted endpoint, such as <c>http://localhost:5000</c>. Other names have none.</summary>
    public static EndpointAddress FromName(string name)
    {
        var divider = name.IndexOf("://", StringComparison.Ordinal);
        var scheme = divider < 0 ? null : name[..divider] switch
        {
            "http" or "ws" => "ws",
            "https" or "wss" => "wss",
            _ => null,
        };
        var authority = scheme is null ? "" : name[(divider + 3)..].TrimEnd('/');
        var colon = authority.LastIndexOf(':');
        return int.TryParse(authority[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && colon > 0
            ? new(scheme, authority[..colon].Trim('[', ']'), port)
            : new(scheme, authority.Length > 0 && colon < 0 ? authority : null);
    }
}
