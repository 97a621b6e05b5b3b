using System.Security.Claims;
using System.Text.Json.Serialization;
using Akka.Actor;
using Akka.Event;
using WsActors.Serialization;

namespace WsActors;

/// <content>
/// The messages of authentication that expires: of a connection whose guard set <see cref="Routing.GuardDecision.Accepted.ExpiresAt"/>.
/// </content>
public static partial class Ws
{
    /// <summary>
    /// The close code of a connection whose authentication has expired. It is not final: a client reconnects with a new token, and its
    /// session continues.
    /// </summary>
    public const int ExpiredCode = 4401;

    /// <summary>
    /// The authentication of the connection expires soon: <c>ws-actors.auth.expiry-warning</c> before the time, or behind
    /// <see cref="Opened"/>, <see cref="Attached"/> or <see cref="Renewed"/> if less is left. Without a <see cref="Renew"/> the connection
    /// is closed with <see cref="ExpiredCode"/> at the first tick after the time.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Expiring : IEvent, IDeadLetterSuppression
    {
        /// <summary>The connection.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>The time of the close, by the server's clock.</summary>
        public required DateTimeOffset ExpiresAt { get; init; }
    }

    /// <summary>
    /// Replaces the principal of a connection and the time at which it expires, also of a connection that did not expire. Sent to a
    /// connection, by any actor with its reference. Answered with <see cref="Renewed"/> or <see cref="RenewFailed"/>, also once the
    /// connection has stopped. Between nodes a principal is its identities with their claims: no subclass, actor or property of a claim.
    /// </summary>
    /// <param name="Principal">
    /// The principal; its user (<see cref="Opened.User"/>) must be that of the connection. Null for no user.
    /// </param>
    /// <param name="Until">The time at which it expires, by the server's clock; later than now.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Renew(ClaimsPrincipal? Principal, DateTimeOffset Until) : ICommand
    {
        /// <summary>Without the principal: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Renew)} {{ {Until:O} }}";
    }

    /// <summary>
    /// The connection has a new principal and a new expiry. Told to the handler, and to the sender of <see cref="Renew"/> if that is
    /// another actor. A handler that is restarted gets the principal in its <see cref="Opened"/>.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Renewed : IEvent, IDeadLetterSuppression
    {
        /// <summary>The connection.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>The principal; null for no user.</summary>
        public ClaimsPrincipal? Principal { get; init; }

        /// <summary>The time at which it expires, by the server's clock.</summary>
        public required DateTimeOffset ExpiresAt { get; init; }

        /// <summary>Without the principal: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Renewed)} {{ {ExpiresAt:O} }}";
    }

    /// <summary>Principal and expiry of the connection are unchanged. Told to the sender of <see cref="Renew"/>.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record RenewFailed : IEvent
    {
        /// <summary>The connection.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>One sentence, without a user's name.</summary>
        public required string Reason { get; init; }
    }
}
