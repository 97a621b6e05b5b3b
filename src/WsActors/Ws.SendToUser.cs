using System.Text.Json.Serialization;
using Akka.Actor;
using WsActors.Serialization;

namespace WsActors;

/// <content>Sending to a user, wherever the user is connected.</content>
public static partial class Ws
{
    /// <summary>
    /// Sends a message to all connections and sessions of a user, on every node; sessions without a client log it. Sent to the manager of
    /// any node. Answered with <see cref="SentToUser"/>. Messages of one sender, by one manager, reach each connection in order, and at
    /// most once: a session that moves to another node meanwhile may miss one, and only <see cref="Deliver"/> is repeatable. With a <see
    /// cref="Send.Ack"/>, the sender gets an acknowledgement of each connection and session, before the answer or after it.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record SendToUser : IClusterOperation
    {
        /// <param name="user">The user, exactly, see <see cref="Opened.User"/>.</param>
        /// <param name="message">The message for the user; its <see cref="Send.Overflow"/> applies at each connection.</param>
        /// <exception cref="ArgumentException">The user is null or empty, or the message is null or a stream.</exception>
        public SendToUser(string user, Send message)
        {
            ArgumentException.ThrowIfNullOrEmpty(user);
            (User, Message) = (user, NoStream(message, nameof(message)));
        }

        /// <summary>The user.</summary>
        public string User { get; }

        /// <summary>The message for the user.</summary>
        public Send Message { get; }

        /// <summary>The time in which nodes must answer: more than nothing, at most a minute; 3 s by default.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is not in that range.</exception>
        public TimeSpan Timeout { get; init => field = NodesTimeout(value); } = DefaultNodesTimeout;

        /// <summary>Without the user: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(SendToUser)} {{ {Message} }}";
    }

    /// <summary>The result of a <see cref="SendToUser"/>.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record SentToUser : IOperation
    {
        /// <summary>The recipients on each node that answered, in the order of the addresses.</summary>
        public required IReadOnlyDictionary<Address, Recipients> Nodes { get; init; }

        /// <summary>The nodes that did not answer in time, or are unreachable. They may have sent it all the same.</summary>
        public required IReadOnlyList<Address> Missing { get; init; }

        /// <summary>The connections that were told, on all these nodes.</summary>
        public int Connections => Nodes.Values.Sum(static recipients => recipients.Connections);

        /// <summary>The sessions that were told, on all these nodes.</summary>
        public int Sessions => Nodes.Values.Sum(static recipients => recipients.Sessions);
    }

    /// <summary>The connections and sessions of a user that were told a message on one node.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Recipients : IOperation
    {
        /// <summary>The number of open connections; those of sessions do not count.</summary>
        public required int Connections { get; init; }

        /// <summary>The number of sessions, with a client or without.</summary>
        public required int Sessions { get; init; }
    }
}
