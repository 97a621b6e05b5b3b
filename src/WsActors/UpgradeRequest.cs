using System.Net;
using System.Text.Json.Serialization;
using WsActors.Protocol.Handshake;
using WsActors.Serialization;

namespace WsActors;

/// <summary>
/// What a client asked before the upgrade, judged by the endpoint: what guards decide on and <see cref="Ws.Opened"/> carries. The handler of
/// a client gets what its own end asked.
/// </summary>
[JsonConverter(typeof(WsJsonConverter))]
public sealed class UpgradeRequest : Ws.IValue
{
    internal UpgradeRequest(
        RequestHead http,
        string route,
        IReadOnlyDictionary<string, string> values,
        IReadOnlyList<string> subprotocols,
        IPAddress clientAddress,
        Origin self)
    {
        Http = http;
        Route = route;
        RouteValues = values;
        Subprotocols = subprotocols;
        ClientAddress = clientAddress;
        ServerOrigin = self;
    }

    /// <summary>The request as it came: path, query, headers, cookies.</summary>
    public RequestHead Http { get; }

    /// <summary>
    /// The route's template, such as <c>/chat/{room}</c>, or a client's <see cref="Ws.Connect.Name"/>: fit for logs and metrics, unlike the path.
    /// </summary>
    public string Route { get; }

    /// <summary>The template's parameters, decoded: <c>room</c> of <c>/chat/{room}</c>.</summary>
    public IReadOnlyDictionary<string, string> RouteValues { get; }

    /// <summary>The subprotocols that the client offered, in its order. Browsers can send a token only here; it is never echoed.</summary>
    public IReadOnlyList<string> Subprotocols { get; }

    /// <summary>
    /// The socket's address, or the one that trusted proxies name. <see cref="IPAddress.None"/> for a Unix socket without such a proxy.
    /// </summary>
    public IPAddress ClientAddress { get; }

    /// <summary>The server's own origin as the client sees it: its scheme tells whether TLS was used as far as a trusted proxy.</summary>
    public Origin ServerOrigin { get; }

    /// <summary>Whether the client came by TLS, to this server or to a trusted proxy before it.</summary>
    public bool IsSecure => ServerOrigin.Scheme == "https";

    /// <summary>
    /// What the client showed in its TLS handshake with this server, verified; null without TLS, where clients are not asked for one
    /// (<see cref="TlsOptions.ClientCertificates"/>), and where a proxy ends TLS.
    /// </summary>
    public ClientCertificate? ClientCertificate { get; internal init; }
}
