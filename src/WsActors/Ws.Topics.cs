using System.Collections.ObjectModel;
using System.Text.Json.Serialization;
using Akka.Actor;
using Akka.Event;
using WsActors.Serialization;

namespace WsActors;

/// <content>The messages of topics: membership and publishing.</content>
public static partial class Ws
{
    /// <summary>
    /// Makes the connection a member of a topic, until it leaves or closes. Sent to a connection, by any actor with its reference. Answered
    /// with <see cref="Joined"/> or <see cref="JoinFailed"/>; a connection that has stopped does not answer. A second join only changes
    /// <see cref="PresenceData"/>.
    /// </summary>
    /// <param name="Topic">
    /// A name of 1 to <c>ws-actors.topics.max-name-size</c> bytes of UTF-8. All characters are literal: there are no wildcards.
    /// </param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Join(string Topic) : ICommand
    {
        /// <summary>The name.</summary>
        public string Topic { get; } = Topic ?? throw new ArgumentNullException(nameof(Topic));

        /// <summary>
        /// The data of the member that <see cref="Presence"/> shows, such as a display name; null for a member that presence does not show.
        /// At most <c>ws-actors.topics.max-presence-size</c> bytes of UTF-8. The user of the guard's principal is shown beside it.
        /// </summary>
        /// <remarks>Copied: later changes of the dictionary do not change the message.</remarks>
        /// <exception cref="ArgumentException">A key or a value is null.</exception>
        public IReadOnlyDictionary<string, string>? PresenceData { get; init => field = value is null ? null : Copy(value); }

        /// <summary>Without the topic, which a client may have named: an unhandled message reaches a log.</summary>
        public override string ToString() => nameof(Join);

        private static ReadOnlyDictionary<string, string> Copy(IReadOnlyDictionary<string, string> shown)
        {
            var copy = new Dictionary<string, string>(shown.Count, StringComparer.Ordinal);
            foreach (var (key, value) in shown)
            {
                copy[key ?? throw NoNull()] = value ?? throw NoNull();
            }

            return copy.AsReadOnly();
        }

        private static ArgumentException NoNull() => new("A member shows texts: no key or value may be null.", nameof(PresenceData));
    }

    /// <summary>Ends a membership. Sent to a connection.</summary>
    /// <param name="Topic">The name, exactly.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Leave(string Topic) : ICommand
    {
        /// <summary>The name.</summary>
        public string Topic { get; } = Topic ?? throw new ArgumentNullException(nameof(Topic));

        /// <summary>Without the topic.</summary>
        public override string ToString() => nameof(Leave);
    }

    /// <summary>
    /// The connection is a member. It gets messages that are published on its node from now on. Messages of other nodes follow once these
    /// have heard of the first member here, usually within a second or two.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Joined : IEvent, IDeadLetterSuppression
    {
        /// <summary>The connection.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>The name of the topic.</summary>
        public required string Topic { get; init; }

        /// <summary>Without the topic.</summary>
        public override string ToString() => nameof(Joined);
    }

    /// <summary>The connection has not become a member.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record JoinFailed : IEvent
    {
        /// <summary>The connection.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>The name of the topic.</summary>
        public required string Topic { get; init; }

        /// <summary>One sentence that names the limit.</summary>
        public required string Reason { get; init; }

        /// <summary>Without the topic.</summary>
        public override string ToString() => $"{nameof(JoinFailed)} {{ {Reason} }}";
    }

    /// <summary>
    /// Publishes a message to all members of a topic, on every node of a cluster. Sent to <see cref="WebSocketExtension.Topics"/>. Messages
    /// of one publisher to one topic arrive at each member in order. For a member that reads slowly the message's
    /// <see cref="OverflowPolicy"/> applies, and no other member waits. With an <see cref="Send.Ack"/>, the publisher gets an
    /// acknowledgement of each member.
    /// </summary>
    /// <param name="Topic">The name, exactly. Nothing happens when it has no members.</param>
    /// <param name="Message">The message for the members. It is encoded once a node, for all of them.</param>
    /// <exception cref="ArgumentException">The message is a stream.</exception>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Publish(string Topic, Send Message) : IOperation
    {
        /// <summary>The name.</summary>
        public string Topic { get; } = Topic ?? throw new ArgumentNullException(nameof(Topic));

        /// <summary>The message for the members.</summary>
        public Send Message { get; } = Message switch
        {
            null => throw new ArgumentNullException(nameof(Message)),
            { Parts: null } => Message,
            _ => throw new ArgumentException(
                "A stream is read once, so it cannot be published; send each part as a message.", nameof(Message)),
        };

        /// <summary>Without the topic.</summary>
        public override string ToString() => $"{nameof(Publish)} {{ {Message} }}";
    }
}
