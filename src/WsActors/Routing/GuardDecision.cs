using System.Security.Claims;
using WsActors.Protocol.Handshake;

namespace WsActors.Routing;

/// <summary>
/// Decides on a request before it is upgraded. Runs off the actors; what it throws is answered 500, and past
/// <c>handshake.guard-timeout</c> the client gets 503 and <paramref name="cancellation"/> is cancelled.
/// </summary>
public delegate Task<GuardDecision> Guard(UpgradeRequest request, CancellationToken cancellation);

/// <summary>The decision of a <see cref="Guard"/>.</summary>
public abstract record GuardDecision
{
    private GuardDecision()
    {
    }

    /// <summary>Upgrade.</summary>
    public sealed record Accepted : GuardDecision
    {
        /// <summary>One of the offered subprotocols; null leaves the choice to the route.</summary>
        public string? Subprotocol { get; init; }

        /// <summary>Further headers of the 101 answer, such as cookies.</summary>
        public IReadOnlyList<HttpHeader> Headers { get; init; } = [];

        /// <summary>The identity of the client; <see cref="Ws.Opened"/> carries it.</summary>
        public ClaimsPrincipal? Principal { get; init; }

        /// <summary>Further values for the handler; <see cref="Ws.Opened"/> carries them.</summary>
        public IReadOnlyDictionary<string, string> Items { get; init; } = EmptyItems;
    }

    /// <summary>Do not upgrade, answer this. A browser's script sees only 1006.</summary>
    public sealed record Rejected(PlainResponse Response) : GuardDecision;

    /// <summary>Upgrade, then close at once: the one way to tell a browser's script why. No handler is made.</summary>
    public sealed record AcceptedAndClosed(Ws.Close Close) : GuardDecision;

    /// <summary>Upgrade.</summary>
    public static GuardDecision Accept(ClaimsPrincipal? principal = null) => new Accepted { Principal = principal };

    /// <summary>Answer with a status and a sentence, such as 401 or 403.</summary>
    public static GuardDecision Reject(int status, string reason) => new Rejected(PlainResponse.Text(status, reason));

    /// <summary>Upgrade, then close with a code of the application (4000–4999) and a reason.</summary>
    public static GuardDecision AcceptAndClose(int code, string reason = "") => new AcceptedAndClosed(new Ws.Close(code, reason));

    private static IReadOnlyDictionary<string, string> EmptyItems { get; } = new Dictionary<string, string>();

    /// <summary>The decision without a guard.</summary>
    internal static Accepted Unguarded { get; } = new();
}
