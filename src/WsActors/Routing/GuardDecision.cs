using System.Security.Claims;
using WsActors.Protocol.Handshake;

namespace WsActors.Routing;

/// <summary>
/// Decides on a request before the upgrade. It runs on a thread apart from the actors. An exception is answered with 500. After
/// <c>guard.timeout</c> the client gets 503, and <paramref name="cancellation"/> is cancelled.
/// </summary>
public delegate Task<GuardDecision> Guard(UpgradeRequest request, CancellationToken cancellation);

/// <summary>The decision of a <see cref="Guard"/>.</summary>
public abstract record GuardDecision
{
    private GuardDecision()
    {
    }

    /// <summary>The request is upgraded.</summary>
    public sealed record Accepted : GuardDecision
    {
        /// <summary>The subprotocol, one of the offered ones; null leaves the choice to the route.</summary>
        public string? Subprotocol { get; init; }

        /// <summary>Further headers of the 101 response, such as cookies.</summary>
        public IReadOnlyList<HttpHeader> Headers { get; init; } = [];

        /// <summary>The identity of the client; <see cref="Ws.Opened"/> carries it.</summary>
        public ClaimsPrincipal? Principal { get; init; }

        /// <summary>
        /// The time at which the authentication expires, by the server's clock; null for never. The handler is told
        /// <see cref="Ws.Expiring"/> before, and the connection is closed with <see cref="Ws.ExpiredCode"/> then, unless
        /// <see cref="Ws.Renew"/> moves it. If it has passed, the upgrade is followed by that close at once, and no handler is created.
        /// </summary>
        public DateTimeOffset? ExpiresAt { get; init; }

        /// <summary>Further values for the handler; <see cref="Ws.Opened"/> carries them.</summary>
        public IReadOnlyDictionary<string, string> Items { get; init; } = EmptyItems;
    }

    /// <summary>The request is answered with this response and not upgraded. A script in a browser sees only close code 1006.</summary>
    public sealed record Rejected(PlainResponse Response) : GuardDecision;

    /// <summary>
    /// The request is upgraded, and the WebSocket is closed at once. Only this way can a script in a browser see a reason. No handler is
    /// created.
    /// </summary>
    public sealed record AcceptedAndClosed(Ws.Close Close) : GuardDecision;

    /// <summary>Upgrades the request.</summary>
    /// <param name="principal">See <see cref="Accepted.Principal"/>.</param>
    /// <param name="expiresAt">See <see cref="Accepted.ExpiresAt"/>.</param>
    public static GuardDecision Accept(ClaimsPrincipal? principal = null, DateTimeOffset? expiresAt = null) =>
        new Accepted { Principal = principal, ExpiresAt = expiresAt };

    /// <summary>Refuses the request with a status, such as 401 or 403, and a sentence.</summary>
    public static GuardDecision Reject(int status, string reason) => new Rejected(PlainResponse.Text(status, reason));

    /// <summary>Upgrades the request, then closes with a code of the application (4000–4999) and a reason.</summary>
    public static GuardDecision AcceptAndClose(int code, string reason = "") => new AcceptedAndClosed(new Ws.Close(code, reason));

    private static IReadOnlyDictionary<string, string> EmptyItems { get; } = new Dictionary<string, string>();

    /// <summary>The decision without a guard.</summary>
    internal static Accepted Unguarded { get; } = new();
}
