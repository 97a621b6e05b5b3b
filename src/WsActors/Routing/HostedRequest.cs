using System.Collections.ObjectModel;
using System.Net;
using System.Security.Claims;
using WsActors.Protocol.Handshake;

namespace WsActors.Routing;

/// <summary>
/// A request that the HTTP server of a host has parsed, routed, authenticated and authorized, as that server sees it: behind its forwarded
/// headers. Immutable.
/// </summary>
public sealed record HostedRequest
{
    /// <summary>The template of the route, as it was mapped.</summary>
    public required string Route { get; init; }

    /// <summary>The path with the query, as sent: starts with a slash, not decoded.</summary>
    public required string Target { get; init; }

    /// <summary>All headers, <c>Host</c> included. Pseudo-headers of HTTP/2 are left out.</summary>
    public required IReadOnlyList<HttpHeader> Headers { get; init; }

    /// <summary>Whether the client asks for a WebSocket and the connection can carry one. If not, the response is 426.</summary>
    public required bool IsUpgrade { get; init; }

    /// <summary>Whether it is an extended CONNECT of HTTP/2 (RFC 8441).</summary>
    public bool IsExtendedConnect { get; init; }

    /// <summary>The parameters of the route, decoded.</summary>
    public IReadOnlyDictionary<string, string> RouteValues { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The client's address; <see cref="IPAddress.None"/> where there is none.</summary>
    public required IPAddress ClientAddress { get; init; }

    /// <summary>The server's own origin as the client sees it.</summary>
    public required Origin ServerOrigin { get; init; }

    /// <summary>
    /// Whether both ends are on this machine. An origin of another name than this machine's is then refused, because an attacker can make a
    /// DNS name point at loopback (DNS rebinding).
    /// </summary>
    public bool IsLocal { get; init; }

    /// <summary>Whether the host has allowed the request's origin, by a CORS policy for example. Then no origin is checked.</summary>
    public bool IsOriginAllowed { get; init; }

    /// <summary>The authenticated user; null for an anonymous one.</summary>
    public ClaimsPrincipal? Principal { get; init; }

    /// <summary>The end of that user's authentication; null without one. See <see cref="GuardDecision.Accepted.ExpiresAt"/>.</summary>
    public DateTimeOffset? PrincipalExpiresAt { get; init; }

    /// <summary>The verified certificate that the client presented; null without one.</summary>
    public ClientCertificate? ClientCertificate { get; init; }
}
