using System.Net;
using WsActors.Protocol.Handshake;

namespace WsActors.Routing;

/// <summary>The decision on a request by the request alone.</summary>
internal abstract record Verdict
{
    internal sealed record Refuse(Refusal Refusal) : Verdict;

    internal sealed record Answer(HttpRoute Route) : Verdict;

    /// <param name="Route">Who serves it.</param>
    /// <param name="Request">What was asked.</param>
    /// <param name="Offer">What the handshake needs.</param>
    /// <param name="Subprotocol">The handler's own that was agreed on, or null.</param>
    /// <param name="SessionSubprotocol">The session's, which is the connection's then, and within which the handler's is spoken; null for no session.</param>
    internal sealed record Upgrade(
        WebSocketRoute Route, UpgradeRequest Request, UpgradeOffer Offer, string? Subprotocol, string? SessionSubprotocol = null) : Verdict
    {
        public bool IsSession => SessionSubprotocol is not null;
    }
}

/// <summary>
/// The rules of an endpoint that need no waiting: route, handshake, subprotocol, origin, client address. Pure; the limits, the guard
/// and the clock are the connection's.
/// </summary>
internal sealed class UpgradeRules(RouteTable routes, OriginPolicy origins, TrustedProxies proxies, string scheme)
{
    /// <summary>The subprotocols that open a session, the preferred one first.</summary>
    public IReadOnlyList<string> SessionSubprotocols { get; init; } = [];

    /// <summary>The client: the other end of the socket, or the address that trusted proxies name.</summary>
    public IPAddress ClientOf(RequestHead http, IPAddress socket) => proxies.ClientOf(http, socket);

    /// <summary>Whether many clients may be behind the other end of a socket: a trusted proxy.</summary>
    public bool IsProxy(IPAddress socket) => proxies.Contains(socket);

    /// <param name="http">The request.</param>
    /// <param name="socket">The address at the other end of the socket.</param>
    /// <param name="certificate">What the client showed in its TLS handshake; null for nothing.</param>
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
        RequestHead http, IPAddress socket, ClientCertificate? certificate, (Route Route, IReadOnlyDictionary<string, string> Values)[] candidates)
    {
        if (!ServerHandshake.Check(http, out var offer, out var refusal))
        {
            return new Verdict.Refuse(refusal);
        }

        if (!proxies.TrySee(http, socket, scheme, out var caller, out refusal))
        {
            return new Verdict.Refuse(refusal);
        }

        if (origins.Check(http, caller.Self, caller.IsForwarded) is { } foreign)
        {
            return new Verdict.Refuse(foreign);
        }

        foreach (var (candidate, values) in candidates)
        {
            var route = (WebSocketRoute)candidate;
            var subprotocol = Subprotocols.Choose(offer.Subprotocols, route.Options.Subprotocols);
            if (subprotocol is not null || route.Options.Subprotocols.Count == 0)
            {
                var request = new UpgradeRequest(http, route.Template.Text, values, offer.Subprotocols, caller.Client, caller.Self) { ClientCertificate = certificate };
                var session = route.Options.Sessions ? Subprotocols.Choose(offer.Subprotocols, SessionSubprotocols) : null;
                return new Verdict.Upgrade(route, request, offer, subprotocol, session);
            }
        }

        var spoken = candidates.SelectMany(static c => ((WebSocketRoute)c.Route).Options.Subprotocols).Distinct();
        return new Verdict.Refuse(new Refusal(400, $"None of the offered subprotocols is spoken here; offer one of: {string.Join(", ", spoken)}."));
    }
}
