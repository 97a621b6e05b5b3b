using System.Collections.ObjectModel;
using System.Security.Claims;
using System.Text;
using System.Text.Json.Serialization;
using Akka.Actor;
using Akka.Event;
using WsActors.Messages;
using WsActors.Serialization;

namespace WsActors;

/// <content>
/// The messages of sessions: connections that outlive their sockets, on routes with <see cref="Routing.WebSocketRouteOptions.Sessions"/>.
/// Their handlers get and send the same messages as any other handler. These are the additional events of sessions, and the exactly-once
/// delivery of messages to them.
/// </content>
public static partial class Ws
{
    /// <summary>A client is attached: the one that started the session, after <see cref="Opened"/>, or one that returned.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Attached : IEvent, IDeadLetterSuppression
    {
        /// <summary>The session.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>The name for <see cref="Deliver"/>, on every node. Not a secret: it admits no client.</summary>
        public required string SessionId { get; init; }

        /// <summary>Whether the client started the session.</summary>
        public required bool IsNew { get; init; }

        /// <summary>
        /// Whether a client that returned has lost what it was shown: its page was reloaded. Only the messages that it missed follow by
        /// themselves; the handler sends the current state. False for a client before <c>wsactors.session.v3</c>.
        /// </summary>
        public bool IsReloaded { get; init; }

        /// <summary>The node that has the client's socket; in a cluster, the session may live on another.</summary>
        public required Address Node { get; init; }

        /// <summary>
        /// The client's current principal from the route's guard; null without a guard. The user is the one who started the session; claims
        /// may have changed. <see cref="Opened"/> carries it, too, when it is sent again after a failure or a move.
        /// </summary>
        public ClaimsPrincipal? Principal { get; init; }

        /// <summary>Further current values from the route's guard.</summary>
        public IReadOnlyDictionary<string, string> Items { get; init; } = ReadOnlyDictionary<string, string>.Empty;

        /// <summary>The session without its user: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Attached)} {{ {SessionId} }}";
    }

    /// <summary>The client is detached. Messages wait for its return; <see cref="Closed"/> follows if it does not return in time.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Detached : IEvent, IDeadLetterSuppression
    {
        /// <summary>The session.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>The session's id, as in <see cref="Attached"/>.</summary>
        public required string SessionId { get; init; }
    }

    /// <summary>
    /// Sends a message to a session on any node, exactly once: a repeated message is logged only once. Sent to
    /// <see cref="WebSocketExtension.Sessions"/> of any node. Answered with <see cref="Delivered"/>, <see cref="SequenceExpected"/> or
    /// <see cref="DeliverFailed"/>. Without an answer within seconds the publisher sends it again: the session may be moving to another
    /// node.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Deliver : SessionMessages.IAddressed
    {
        /// <summary>The longest name of a publisher, in bytes of UTF-8.</summary>
        public const int MaxPublisherBytes = 255;

        /// <summary>The session's id from <see cref="Attached"/>.</summary>
        /// <exception cref="ArgumentException">The id is null or empty.</exception>
        public required string SessionId
        {
            get;
            init
            {
                ArgumentException.ThrowIfNullOrEmpty(value, nameof(SessionId));
                field = value;
            }
        }

        /// <summary>The publisher, which numbers the messages: 1 to 255 bytes of UTF-8.</summary>
        /// <exception cref="ArgumentException">The name is null, empty or too long.</exception>
        public required string Publisher
        {
            get;
            init
            {
                ArgumentException.ThrowIfNullOrEmpty(value, nameof(Publisher));
                if (Encoding.UTF8.GetByteCount(value) > MaxPublisherBytes)
                {
                    throw new ArgumentException(
                        $"A publisher's name has at most {MaxPublisherBytes} bytes of UTF-8; shorten it.", nameof(Publisher));
                }

                field = value;
            }
        }

        /// <summary>The number of the message: 1 for the publisher's first to this session, then one more each.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The number is less than 1.</exception>
        public required long Sequence
        {
            get;
            init
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Sequence));
                field = value;
            }
        }

        /// <summary>The message; no stream.</summary>
        /// <exception cref="ArgumentException">The message is null or a stream.</exception>
        public required Send Message
        {
            get;
            init
            {
                ArgumentNullException.ThrowIfNull(value, nameof(Message));
                if (value.Parts is not null)
                {
                    throw new ArgumentException(
                        "A stream is read once, so it cannot be delivered; send each part as a message.", nameof(Message));
                }

                field = value;
            }
        }

        string SessionMessages.IAddressed.Id => SessionId;

        /// <summary>The number without the content: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Deliver)} {{ {SessionId}, {Sequence} }}";
    }

    /// <summary>
    /// The message is in the session's log, now or from an earlier attempt: the client gets it once, or learns that its session is lost.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Delivered : IOperation
    {
        /// <summary>The session.</summary>
        public required string SessionId { get; init; }

        /// <summary>The publisher of the message.</summary>
        public required string Publisher { get; init; }

        /// <summary>The number of the message.</summary>
        public required long Sequence { get; init; }

        /// <summary>Without the publisher's name.</summary>
        public override string ToString() => $"{nameof(Delivered)} {{ {SessionId}, {Sequence} }}";
    }

    /// <summary>The message was not accepted: earlier messages are missing. The publisher continues with the first of them.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record SequenceExpected : IOperation
    {
        /// <summary>The session.</summary>
        public required string SessionId { get; init; }

        /// <summary>The publisher of the message.</summary>
        public required string Publisher { get; init; }

        /// <summary>The number of the first missing message.</summary>
        public required long Sequence { get; init; }

        /// <summary>Without the publisher's name.</summary>
        public override string ToString() => $"{nameof(SequenceExpected)} {{ {SessionId}, {Sequence} }}";
    }

    /// <summary>The message was not accepted, and will not be: the session does not exist any more, or knows too many publishers.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record DeliverFailed : IOperation
    {
        /// <summary>The session.</summary>
        public required string SessionId { get; init; }

        /// <summary>The publisher of the message.</summary>
        public required string Publisher { get; init; }

        /// <summary>The number of the message.</summary>
        public required long Sequence { get; init; }

        /// <summary>One sentence.</summary>
        public required string Reason { get; init; }

        /// <summary>Without the publisher's name.</summary>
        public override string ToString() => $"{nameof(DeliverFailed)} {{ {SessionId}, {Sequence}, {Reason} }}";
    }
}
