using System.Net;
using System.Security.Claims;
using WsActors.Protocol.Handshake;

namespace WsActors.Routing;

/// <summary>Creates requests for unit tests of guards, and of handlers that read their request. Any thread.</summary>
public static class UpgradeRequestFactory
{
    private static readonly HttpHeader[] Handshake =
    [
        new("Host", "127.0.0.1:8080"),
        new("Upgrade", "websocket"),
        new("Connection", "Upgrade"),
        new("Sec-WebSocket-Version", "13"),
        new("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];

    extension(UpgradeRequest)
    {
        /// <summary>Creates a request as an endpoint would, without one: for the unit test of a guard.</summary>
        /// <param name="target">Path and query, as sent: <c>/chat/tea?token=7</c>.</param>
        /// <param name="route">The route's template, such as <c>/chat/{room}</c>; null for the path itself.</param>
        /// <param name="headers">
        /// Headers, such as <c>Cookie</c> or <c>Sec-WebSocket-Protocol</c>. Those of a valid opening handshake are added where their names
        /// are missing.
        /// </param>
        /// <param name="routeValues">
        /// The parameters; null for those that the template finds in the path. With them the template may be in any syntax, such as
        /// <c>/chat/{room:alpha}</c> of ASP.NET Core.
        /// </param>
        /// <param name="clientAddress">The client's address; null for loopback.</param>
        /// <param name="isSecure">Whether the client used TLS.</param>
        /// <param name="principal">The user that the host has authenticated.</param>
        /// <param name="principalExpiresAt">The end of that user's authentication.</param>
        /// <param name="clientCertificate">The certificate of the client.</param>
        /// <exception cref="ArgumentException">An endpoint would refuse the request, or the template does not match the path.</exception>
        public static UpgradeRequest Create(
            string target,
            string? route = null,
            IEnumerable<HttpHeader>? headers = null,
            IReadOnlyDictionary<string, string>? routeValues = null,
            IPAddress? clientAddress = null,
            bool isSecure = false,
            ClaimsPrincipal? principal = null,
            DateTimeOffset? principalExpiresAt = null,
            ClientCertificate? clientCertificate = null)
        {
            var http = RequestHead.ForGet(target, WithHandshake([.. headers ?? []]))
                ?? throw new ArgumentException("The target or a header is not one that HTTP can carry: start the target with '/'.");
            if (!ServerHandshake.Check(http, out var offer, out var refusal))
            {
                throw new ArgumentException(refusal.Reason);
            }

            var origin = Origin.FromAuthority(isSecure ? "https" : "http", http.Host!) // not null: the handshake requires a host
                ?? throw new ArgumentException("The host is malformed.", nameof(headers));
            var name = route ?? http.Path;
            var values = routeValues ?? ValuesOf(route, http.Path);
            return new UpgradeRequest(http, name, values, offer.Subprotocols, clientAddress ?? IPAddress.Loopback, origin)
            {
                Principal = principal,
                PrincipalExpiresAt = principalExpiresAt,
                ClientCertificate = clientCertificate,
            };
        }
    }

    private static IEnumerable<HttpHeader> WithHandshake(HttpHeader[] given) => Handshake
        .ExceptBy(given.Select(static header => header.Name), static header => header.Name, StringComparer.OrdinalIgnoreCase)
        .Concat(given);

    private static IReadOnlyDictionary<string, string> ValuesOf(string? route, string path) => route switch
    {
        null => new Dictionary<string, string>(),
        _ when new RouteTemplate(route).TryMatch(path, out var values) => values,
        _ => throw new ArgumentException(
            $"Route '{route}' does not match the path: name one that does, or give the route's values.", nameof(route)),
    };
}
