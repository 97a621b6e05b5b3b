using System.Globalization;
using System.Net;
using System.Security.Claims;
using System.Text.Json.Serialization;
using WsActors.Protocol.Handshake;
using WsActors.Serialization;

namespace WsActors;

/// <summary>
/// A request for an upgrade that the endpoint has checked. Guards decide on it, and <see cref="Ws.Opened"/> carries it. The handler of a
/// client connection gets the request that its own end sent. Immutable.
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

    /// <summary>The request as received: path, query, headers, cookies.</summary>
    public RequestHead Http { get; }

    /// <summary>
    /// The route's template, such as <c>/chat/{room}</c>, or a client's <see cref="Ws.Connect.Name"/>. Safe for logs and metrics, unlike
    /// the path.
    /// </summary>
    public string Route { get; }

    /// <summary>The template's parameters, decoded: <c>room</c> of <c>/chat/{room}</c>.</summary>
    public IReadOnlyDictionary<string, string> RouteValues { get; }

    /// <summary>
    /// A parameter of the template as a value, such as <c>GetRouteValue&lt;int&gt;("id")</c>. It is parsed in the invariant culture.
    /// </summary>
    /// <param name="name">The name of the parameter.</param>
    /// <exception cref="KeyNotFoundException">The route has no such parameter.</exception>
    /// <exception cref="FormatException">The client sent no such value.</exception>
    public T GetRouteValue<T>(string name)
        where T : IParsable<T> =>
        !RouteValues.TryGetValue(name, out var text)
            ? throw new KeyNotFoundException($"Route '{Route}' has no parameter '{name}'.")
            : T.TryParse(text, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw new FormatException(
                    $"Parameter '{name}' of route '{Route}' is no {typeof(T).Name}: a guard or a constraint can refuse such a request.");

    /// <summary>
    /// The subprotocols that the client offered, in its order of preference. A script in a browser can send a token only here or in the
    /// URL; a token is never echoed.
    /// </summary>
    public IReadOnlyList<string> Subprotocols { get; }

    /// <summary>
    /// The socket's remote address, or the client address that trusted proxies name. <see cref="IPAddress.None"/> for a Unix socket without
    /// a trusted proxy.
    /// </summary>
    public IPAddress ClientAddress { get; }

    /// <summary>
    /// The server's own origin as the client sees it. Its scheme shows whether the client used TLS, if need be to a trusted proxy.
    /// </summary>
    public Origin ServerOrigin { get; }

    /// <summary>Whether the client used TLS, to this server or to a trusted proxy in front of it.</summary>
    public bool IsSecure => ServerOrigin.Scheme == "https";

    /// <summary>
    /// The verified certificate that the client presented in its TLS handshake with this server. Null without TLS, if clients are not asked
    /// for one (<see cref="TlsOptions.ClientCertificates"/>), and if a proxy terminates TLS.
    /// </summary>
    public ClientCertificate? ClientCertificate { get; internal init; }

    /// <summary>
    /// The user that the host has authenticated before the upgrade, as <c>HttpContext.User</c> of ASP.NET Core. Null for an anonymous user,
    /// and on endpoints that listen themselves. For guards: handlers read <see cref="Ws.Opened.Principal"/>, and this value does not cross
    /// nodes.
    /// </summary>
    public ClaimsPrincipal? Principal { get; internal init; }

    /// <summary>The end of that user's authentication, such as the expiry of the cookie's ticket; null without one.</summary>
    public DateTimeOffset? PrincipalExpiresAt { get; internal init; }
}
