using System.Net;
using WsActors.Protocol.Handshake;

namespace WsActors.Routing;

/// <summary>The decision of <see cref="UpgradeRules"/> on a request: it depends on the request only.</summary>
internal abstract record Verdict
{
    internal sealed record Refuse(Refusal Refusal) : Verdict;

    internal sealed record Answer(HttpRoute Route) : Verdict;

    /// <param name="Route">The route that serves the request.</param>
    /// <param name="Request">The request.</param>
    /// <param name="Offer">The client's offer for the handshake.</param>
    /// <param name="Subprotocol">The agreed subprotocol of the handler, or null.</param>
    /// <param name="SessionSubprotocol">
    /// The agreed subprotocol of sessions: it becomes the connection's, and the handler's is used within it. Null without a session.
    /// </param>
    internal sealed record Upgrade(
        WebSocketRoute Route, UpgradeRequest Request, UpgradeOffer Offer, string? Subprotocol, string? SessionSubprotocol = null) : Verdict
    {
        public bool IsSession => SessionSubprotocol is not null;
    }
}

/// <summary>
/// The rules of an endpoint that need no waiting: route, handshake, subprotocol, origin, client address. Pure: the connection applies
/// limits, guard and deadlines.
/// </summary>
internal sealed class UpgradeRules(RouteTable routes, OriginPolicy origins, TrustedProxies proxies, string scheme)
{
    /// <summary>The subprotocols that open a session, the preferred one first.</summary>
    public IReadOnlyList<string> SessionSubprotocols { get; init; } = [];

    /// <summary>The client's address: the socket's remote address, or the client address that trusted proxies name.</summary>
    public IPAddress ClientOf(RequestHead http, IPAddress socket) => proxies.ClientOf(http, socket);

    /// <summary>Whether the remote address is a trusted proxy's, so that many clients may share the address.</summary>
    public bool IsProxy(IPAddress socket) => proxies.Contains(socket);

    /// <summary>Decides on a request.</summary>
    /// <param name="http">The request.</param>
    /// <param name="socket">The socket's remote address.</param>
    /// <param name="certificate">The certificate that the client presented in its TLS handshake; null without one.</param>
    public Verdict Evaluate(RequestHead http, IPAddress socket, ClientCertificate? certificate)
    {
        var matches = routes.Match(http.Path).ToArray();
        if (matches.Length == 0)
        {
            return new Verdict.Refuse(new Refusal(404, "Nothing is served at this path."));
        }

        var sockets = matches.Where(static match => match.Route is WebSocketRoute).ToArray();
        var plain = matches.Select(static match => match.Route).OfType<HttpRoute>().FirstOrDefault();
        return (sockets.Length, plain) switch
        {
            ( > 0, _) when ServerHandshake.IsUpgrade(http) => EvaluateUpgrade(http, socket, certificate, sockets),
            (_, null) => new Verdict.Refuse(UpgradeRequired),
            (_, { } route) when http.Method is "GET" or "HEAD" => new Verdict.Answer(route),
            _ => new Verdict.Refuse(new Refusal(405, "Only GET and HEAD are served here.", new HttpHeader("Allow", "GET, HEAD"))),
        };
    }

    private static Refusal UpgradeRequired { get; } = new(
        426,
        "This path serves WebSockets: ask for an upgrade (RFC 6455).",
        new HttpHeader("Upgrade", "websocket"),
        new HttpHeader("Sec-WebSocket-Version", "13"));

    private Verdict EvaluateUpgrade(
        RequestHead http,
        IPAddress socket,
        ClientCertificate? certificate,
        (Route Route, IReadOnlyDictionary<string, string> Values)[] candidates)
    {
        if (!ServerHandshake.Check(http, out var offer, out var refusal))
        {
            return new Verdict.Refuse(refusal);
        }

        if (!proxies.TryResolve(http, socket, scheme, out var caller, out refusal))
        {
            return new Verdict.Refuse(refusal);
        }

        if (origins.Check(http, caller.Self, caller.IsForwarded) is { } originRefusal)
        {
            return new Verdict.Refuse(originRefusal);
        }

        foreach (var (candidate, values) in candidates)
        {
            var route = (WebSocketRoute)candidate;
            var subprotocol = Subprotocols.Choose(offer.Subprotocols, route.Options.Subprotocols);
            if (subprotocol is not null || route.Options.Subprotocols.Count == 0)
            {
                var request = new UpgradeRequest(http, route.Template.Text, values, offer.Subprotocols, caller.Client, caller.Self)
                {
                    ClientCertificate = certificate,
                };
                var session = route.Options.Sessions ? Subprotocols.Choose(offer.Subprotocols, SessionSubprotocols) : null;
                return new Verdict.Upgrade(route, request, offer, subprotocol, session);
            }
        }

        var supported = candidates.SelectMany(static c => ((WebSocketRoute)c.Route).Options.Subprotocols).Distinct();
        return new Verdict.Refuse(
            new Refusal(400, $"No supported subprotocol was offered; offer one of: {string.Join(", ", supported)}."));
    }
}
