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
/// Their
/// handlers are told and tell what any other does; this is what they are told besides, and how a session is told something exactly once.
/// </content>
public static partial class Ws
{
    /// <summary>A client came: the one with which the session began, behind <see cref="Opened"/>, or one that came back.</summary>
    /// <param name="Connection">The session.</param>
    /// <param name="SessionId">The name for <see cref="Deliver"/>, on every node. Not a secret: it admits no client.</param>
    /// <param name="IsNew">Whether it began with it.</param>
    /// <param name="Node">The node that has the client's socket; in a cluster, the session may live on another.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Attached(IActorRef Connection, string SessionId, bool IsNew, Address Node) : IEvent, IDeadLetterSuppression
    {
        /// <summary>
        /// Who it is, as the route's guard says now; null without a guard. The user is the one who began the session, the claims may have
        /// changed.
        /// <see cref="Opened"/>, told again after a failure or a move, carries this one, too.
        /// </summary>
        public ClaimsPrincipal? Principal { get; init; }

        /// <summary>Further values from the route's guard, as of now.</summary>
        public IReadOnlyDictionary<string, string> Items { get; init; } = ReadOnlyDictionary<string, string>.Empty;

        /// <summary>The session without its user: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Attached)} {{ {SessionId} }}";
    }

    /// <summary>
    /// The client went. What is sent meanwhile waits for its return; <see cref="Closed"/> follows when it does not return in time.
    /// </summary>
    /// <param name="Connection">The session.</param>
    /// <param name="SessionId">As above.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Detached(IActorRef Connection, string SessionId) : IEvent, IDeadLetterSuppression;

    /// <summary>
    /// Sends a message to a session, wherever it is, exactly once: told again, as often as it takes, it is logged once. Told to
    /// <see cref="WebSocketExtension.Sessions"/> of any node. Answered with <see cref="Delivered"/>, <see cref="SequenceExpected"/> or
    /// <see cref="DeliverFailed"/>; who hears nothing within seconds tells it again, for the session may be on its way to another node.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Deliver : SessionMessages.IAddressed
    {
        /// <summary>Longest name of a publisher, in bytes of UTF-8.</summary>
        public const int MaxPublisherBytes = 255;

        /// <summary>One message of a publisher to a session.</summary>
        /// <param name="sessionId">The id from <see cref="Attached"/>.</param>
        /// <param name="publisher">The publisher, which numbers the messages: 1 to 255 bytes of UTF-8.</param>
        /// <param name="sequence">1 for its first message to this session, then one more each.</param>
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
                throw new ArgumentException($"A publisher's name has at most {MaxPublisherBytes} bytes of UTF-8; shorten it.", nameof(publisher));
            }

            if (message.Parts is not null)
            {
                throw new ArgumentException("A stream is read once, so it cannot be delivered; send each part as a message.", nameof(message));
            }

            (SessionId, Publisher, Sequence, Message) = (sessionId, publisher, sequence, message);
        }

        /// <summary>The session's id.</summary>
        public string SessionId { get; }

        /// <summary>The publisher, which numbers the messages.</summary>
        public string Publisher { get; }

        /// <summary>The number of this one.</summary>
        public long Sequence { get; }

        /// <summary>The message.</summary>
        public Send Message { get; }

        string SessionMessages.IAddressed.Id => SessionId;

        /// <summary>The number without the content: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Deliver)} {{ {SessionId}, {Sequence} }}";
    }

    /// <summary>It is in the session's log, or was already: the client gets it once, or is told that its session is lost.</summary>
    /// <param name="SessionId">The session.</param>
    /// <param name="Publisher">As it was told.</param>
    /// <param name="Sequence">As it was told.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Delivered(string SessionId, string Publisher, long Sequence) : IOperation
    {
        /// <summary>Without the publisher's name.</summary>
        public override string ToString() => $"{nameof(Delivered)} {{ {SessionId}, {Sequence} }}";
    }

    /// <summary>It was not taken: messages before it are missing. Go on from that one.</summary>
    /// <param name="SessionId">The session.</param>
    /// <param name="Publisher">As it was told.</param>
    /// <param name="Sequence">The first that is missing.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record SequenceExpected(string SessionId, string Publisher, long Sequence) : IOperation
    {
        /// <summary>Without the publisher's name.</summary>
        public override string ToString() => $"{nameof(SequenceExpected)} {{ {SessionId}, {Sequence} }}";
    }

    /// <summary>It was not taken, and will not be: there is no such session any more, or it knows too many publishers.</summary>
    /// <param name="SessionId">The session.</param>
    /// <param name="Publisher">As it was told.</param>
    /// <param name="Sequence">As it was told.</param>
    /// <param name="Reason">One sentence.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record DeliverFailed(string SessionId, string Publisher, long Sequence, string Reason) : IOperation
    {
        /// <summary>Without the publisher's name.</summary>
        public override string ToString() => $"{nameof(DeliverFailed)} {{ {SessionId}, {Sequence}, {Reason} }}";
    }
}
