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
    /// <param name="Connection">The session.</param>
    /// <param name="SessionId">The name for <see cref="Deliver"/>, on every node. Not a secret: it admits no client.</param>
    /// <param name="IsNew">Whether the client started the session.</param>
    /// <param name="Node">The node that has the client's socket; in a cluster, the session may live on another.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Attached(IActorRef Connection, string SessionId, bool IsNew, Address Node) : IEvent, IDeadLetterSuppression
    {
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
    /// <param name="Connection">The session.</param>
    /// <param name="SessionId">The session's id, as in <see cref="Attached"/>.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Detached(IActorRef Connection, string SessionId) : IEvent, IDeadLetterSuppression;

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

        /// <summary>One message of a publisher to a session.</summary>
        /// <param name="sessionId">The id from <see cref="Attached"/>.</param>
        /// <param name="publisher">The publisher, which numbers the messages: 1 to 255 bytes of UTF-8.</param>
        /// <param name="sequence">The number of the message: 1 for the publisher's first to this session, then one more each.</param>
        /// <param name="message">The message; no stream.</param>
        /// <exception cref="ArgumentException">
        /// The name is empty or too long, the sequence less than 1, or the message is a stream.
        /// </exception>
        public Deliver(string sessionId, string publisher, long sequence, Send message)
        {
            ArgumentException.ThrowIfNullOrEmpty(sessionId);
            ArgumentException.ThrowIfNullOrEmpty(publisher);
            ArgumentOutOfRangeException.ThrowIfLessThan(sequence, 1);
            ArgumentNullException.ThrowIfNull(message);
            if (Encoding.UTF8.GetByteCount(publisher) > MaxPublisherBytes)
            {
                throw new ArgumentException(
                    $"A publisher's name has at most {MaxPublisherBytes} bytes of UTF-8; shorten it.", nameof(publisher));
            }

            if (message.Parts is not null)
            {
                throw new ArgumentException(
                    "A stream is read once, so it cannot be delivered; send each part as a message.", nameof(message));
            }

            (SessionId, Publisher, Sequence, Message) = (sessionId, publisher, sequence, message);
        }

        /// <summary>The session's id.</summary>
        public string SessionId { get; }

        /// <summary>The publisher, which numbers the messages.</summary>
        public string Publisher { get; }

        /// <summary>The number of the message.</summary>
        public long Sequence { get; }

        /// <summary>The message.</summary>
        public Send Message { get; }

        string SessionMessages.IAddressed.Id => SessionId;

        /// <summary>The number without the content: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Deliver)} {{ {SessionId}, {Sequence} }}";
    }

    /// <summary>
    /// The message is in the session's log, now or from an earlier attempt: the client gets it once, or learns that its session is lost.
    /// </summary>
    /// <param name="SessionId">The session.</param>
    /// <param name="Publisher">The publisher of the message.</param>
    /// <param name="Sequence">The number of the message.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Delivered(string SessionId, string Publisher, long Sequence) : IOperation
    {
        /// <summary>Without the publisher's name.</summary>
        public override string ToString() => $"{nameof(Delivered)} {{ {SessionId}, {Sequence} }}";
    }

    /// <summary>The message was not accepted: earlier messages are missing. The publisher continues with the first of them.</summary>
    /// <param name="SessionId">The session.</param>
    /// <param name="Publisher">The publisher of the message.</param>
    /// <param name="Sequence">The number of the first missing message.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record SequenceExpected(string SessionId, string Publisher, long Sequence) : IOperation
    {
        /// <summary>Without the publisher's name.</summary>
        public override string ToString() => $"{nameof(SequenceExpected)} {{ {SessionId}, {Sequence} }}";
    }

    /// <summary>The message was not accepted, and will not be: the session does not exist any more, or knows too many publishers.</summary>
    /// <param name="SessionId">The session.</param>
    /// <param name="Publisher">The publisher of the message.</param>
    /// <param name="Sequence">The number of the message.</param>
    /// <param name="Reason">One sentence.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record DeliverFailed(string SessionId, string Publisher, long Sequence, string Reason) : IOperation
    {
        /// <summary>Without the publisher's name.</summary>
        public override string ToString() => $"{nameof(DeliverFailed)} {{ {SessionId}, {Sequence}, {Reason} }}";
    }
}
