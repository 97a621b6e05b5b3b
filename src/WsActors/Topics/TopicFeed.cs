using Akka.Actor;

namespace WsActors.Topics;

/// <summary>The messages between a node's topics and the relay of publishes to other nodes.</summary>
internal static class TopicFeed
{
    /// <summary>
    /// Subscribes to topics, publishes and members with presence data. The subscriber first gets events for all existing topics and
    /// members.
    /// </summary>
    public sealed record Subscribe : INoSerializationVerificationNeeded
    {
        private Subscribe()
        {
        }

        public static Subscribe Instance { get; } = new();
    }

    /// <summary>Ends a subscription, also one to members alone.</summary>
    public sealed record Unsubscribe : INoSerializationVerificationNeeded
    {
        private Unsubscribe()
        {
        }

        public static Unsubscribe Instance { get; } = new();
    }

    /// <summary>A topic has got its first member on this node.</summary>
    public sealed record TopicCreated(string Topic) : INoSerializationVerificationNeeded;

    /// <summary>A topic has lost its last member on this node.</summary>
    public sealed record TopicEmptied(string Topic) : INoSerializationVerificationNeeded;

    /// <summary>A publish on this node, for the relay to other nodes. Its members on this node are told apart from this.</summary>
    /// <param name="Publication">The publish. It counts for its publisher until the relay has carried it.</param>
    public sealed record Published(Publication Publication) : INoSerializationVerificationNeeded
    {
        public string Topic => Publication.Topic;

        /// <summary>Without the topic: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Published)} {{ {Publication.Message} }}";
    }
}
