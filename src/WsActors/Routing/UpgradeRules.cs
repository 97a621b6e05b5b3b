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

    /// <summary>Decides on a request that another HTTP server has parsed, routed and authenticated.</summary>
    /// <param name="route">The route.</param>
    /// <param name="request">The request, as that server sees it.</param>
    public Verdict EvaluateHosted(WebSocketRoute route, HostedRequest request)
    {
        if (RequestHead.ForGet(request.Target, request.Headers) is not { } http)
        {
            return new Verdict.Refuse(new Refusal(400, "The request is not one that HTTP/1.1 could carry: send a plain path and headers."));
        }

        if (!request.IsUpgrade)
        {
            return new Verdict.Refuse(UpgradeRequired);
        }

        UpgradeOffer? offer;
        Refusal? refusal;
        if (!(request.IsExtendedConnect
            ? ServerHandshake.CheckExtendedConnect(http, out offer, out refusal)
            : ServerHandshake.Check(http, out offer, out refusal)))
        {
            return new Verdict.Refuse(refusal);
        }

        if (!request.IsOriginAllowed && origins.Check(http, request.ServerOrigin, isForwarded: !request.IsLocal) is { } originRefusal)
        {
            return new Verdict.Refuse(originRefusal);
        }

        var upgrade = new UpgradeRequest(
            http, route.Template.Text, request.RouteValues, offer.Subprotocols, request.ClientAddress, request.ServerOrigin)
        {
            ClientCertificate = request.ClientCertificate,
            Principal = request.Principal,
            PrincipalExpiresAt = request.PrincipalExpiresAt,
        };
        return AgreeOn(route, upgrade, offer) as Verdict ?? NoSubprotocol(route.Options.Subprotocols);
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
            var request = new UpgradeRequest(http, route.Template.Text, values, offer.Subprotocols, caller.Client, caller.Self)
            {
                ClientCertificate = certificate,
            };
            if (AgreeOn(route, request, offer) is { } upgrade)
            {
                return upgrade;
            }
        }

        return NoSubprotocol(candidates.SelectMany(static c => ((WebSocketRoute)c.Route).Options.Subprotocols));
    }

    /// <summary>Chooses the subprotocols; null when the route supports none of the offered ones.</summary>
    private Verdict.Upgrade? AgreeOn(WebSocketRoute route, UpgradeRequest request, UpgradeOffer offer)
    {
        var subprotocol = Subprotocols.Choose(offer.Subprotocols, route.Options.Subprotocols);
        var session = route.Options.Sessions ? Subprotocols.Choose(offer.Subprotocols, SessionSubprotocols) : null;
        return subprotocol is not null || route.Options.Subprotocols.Count == 0
            ? new Verdict.Upgrade(route, request, offer, subprotocol, session)
            : null;
    }

    private static Verdict.Refuse NoSubprotocol(IEnumerable<string> supported) => new(
        new Refusal(400, $"No supported subprotocol was offered; offer one of: {string.Join(", ", supported.Distinct())}."));
}
