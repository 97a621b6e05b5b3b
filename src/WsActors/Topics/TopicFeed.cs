using Akka.Actor;

namespace WsActors.Topics;

/// <summary>The messages between a node's topics and their subscribers: relays to other nodes, and presence.</summary>
internal static class TopicFeed
{
    /// <summary>An event for subscribers.</summary>
    public interface IEvent : INoSerializationVerificationNeeded;

    /// <summary>Subscribes to the topics. The subscriber first gets events for all existing topics and visible members.</summary>
    /// <param name="IncludesPublishes">Whether the subscriber gets publishes, too.</param>
    public sealed record Subscribe(bool IncludesPublishes) : INoSerializationVerificationNeeded
    {
        public static Subscribe PresenceOnly { get; } = new(IncludesPublishes: false);

        public static Subscribe All { get; } = new(IncludesPublishes: true);
    }

    /// <summary>Ends the subscription.</summary>
    public sealed record Unsubscribe : INoSerializationVerificationNeeded
    {
        private Unsubscribe()
        {
        }

        public static Unsubscribe Instance { get; } = new();
    }

    /// <summary>A topic has got its first member on this node.</summary>
    public sealed record TopicCreated(string Topic) : IEvent;

    /// <summary>A topic has lost its last member on this node.</summary>
    public sealed record TopicEmptied(string Topic) : IEvent;

    /// <summary>A member with presence data has joined, or has changed its presence data.</summary>
    public sealed record MemberJoined(string Topic, IActorRef Connection, string? User, IReadOnlyDictionary<string, string> PresenceData)
        : IEvent;

    /// <summary>A member with presence data has left, or has removed its presence data.</summary>
    public sealed record MemberLeft(string Topic, IActorRef Connection) : IEvent;

    /// <summary>A publish on this node, for the relay to other nodes. Its members on this node are told apart from this.</summary>
    /// <param name="Publication">The publish. It counts for its publisher until the relay has carried it.</param>
    public sealed record Published(Publication Publication) : IEvent
    {
        public string Topic => Publication.Topic;

        /// <summary>Without the topic: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Published)} {{ {Publication.Message} }}";
    }
}
