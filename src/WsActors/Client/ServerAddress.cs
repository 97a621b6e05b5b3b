using System.Net;
using System.Net.Sockets;
using Akka.Configuration;
using WsActors.Runtime;
using WsActors.Transport;

namespace WsActors.Client;

/// <summary>The address of a server, parsed from a URI (RFC 6455 §3).</summary>
/// <param name="Text">The URI for logs and failure texts: without the query.</param>
/// <param name="EndPoint">The endpoint to dial.</param>
/// <param name="Authority">The host, with a port unless it is the scheme's.</param>
/// <param name="Target">Path and query, percent-encoded.</param>
/// <param name="Origin">The server's own origin.</param>
/// <param name="TlsHost">The name or address that the server's certificate must have; null without TLS.</param>
internal sealed record ServerAddress(string Text, EndPoint EndPoint, string Authority, string Target, Origin Origin, string? TlsHost)
{
    /// <summary>Whether only the socket source can connect to it.</summary>
    public bool NeedsSockets => TlsHost is not null || EndPoint is UnixDomainSocketEndPoint;

    /// <exception cref="ConfigurationException">The URI is not valid; the message says the cure.</exception>
    public static ServerAddress Parse(string text)
    {
        if (text.StartsWith(UnixSocketPath.Scheme + "://", StringComparison.OrdinalIgnoreCase))
        {
            return FromUnixUri(text);
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri))
        {
            throw Wrong(text, "write ws://host:port/path, such as ws://example.com/chat or ws://[::1]:8080/");
        }

        return uri switch
        {
            { Scheme: not ("ws" or "wss") } => throw Wrong(text, $"{uri.Scheme}:// is no WebSocket; write ws:// or wss://"),
            _ when UriText.AuthorityOf(text).Contains('@') =>
                throw Wrong(text, "a WebSocket URI has no user information (RFC 6455 §3); send an Authorization header"),
            _ when text.Contains('#') =>
                throw Wrong(text, "a WebSocket URI has no fragment (RFC 6455 §3); write %23 for a # that is meant"),
            { Port: 0 } => throw Wrong(text, "port 0 cannot be dialed; name the server's port"),
            _ => FromUri(uri, UriText.WithoutSecrets(text)),
        };
    }

    private static ServerAddress FromUri(Uri uri, string text)
    {
        var authority = (uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost) + (uri.IsDefaultPort ? "" : $":{uri.Port}");
        EndPoint endPoint = IPAddress.TryParse(uri.DnsSafeHost.Replace("%25", "%", StringComparison.Ordinal), out var address)
            ? new IPEndPoint(address, uri.Port)
            : new DnsEndPoint(uri.IdnHost, uri.Port);
        var origin = Origin.FromAuthority(uri.Scheme, authority) ?? throw Wrong(text, "the host is not one that a Host header may name");
        return new ServerAddress(text, endPoint, authority, uri.PathAndQuery, origin, uri.Scheme == "wss" ? HostOf(endPoint) : null);
    }

    // The form of Node's ws: socket path, colon, request target. The server's name is localhost.
    private static ServerAddress FromUnixUri(string text)
    {
        var rest = text[(UnixSocketPath.Scheme.Length + 3)..];
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        var target = colon < 0 ? "/" : rest[(colon + 1)..];
        var path = UnixSocketPath.TryParse(colon < 0 ? rest : rest[..colon]);
        if (path is null
            || !target.StartsWith('/')
            || !Uri.TryCreate($"ws://localhost{target}", UriKind.Absolute, out var uri)
            || text.Contains('#'))
        {
            throw Wrong(text, "write ws+unix:///path.sock:/chat, an absolute path, a colon, and the request target");
        }

        var origin = new Origin("http", "localhost", 80);
        return new ServerAddress(UriText.WithoutSecrets(text), path, "localhost", uri.PathAndQuery, origin, TlsHost: null);
    }

    private static string HostOf(EndPoint endPoint) => endPoint is DnsEndPoint name ? name.Host : ((IPEndPoint)endPoint).Address.ToString();

    private static ConfigurationException Wrong(string text, string cure) =>
        new($"Cannot connect to {UriText.WithoutSecrets(text)}: {cure}.");
}
