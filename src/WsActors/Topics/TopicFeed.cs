using Akka.Actor;

namespace WsActors.Topics;

/// <summary>The messages between a node's topics and their subscribers: relays to other nodes, and presence.</summary>
internal static class TopicFeed
{
    /// <summary>The events that subscribers are told.</summary>
    public interface IEvent : INoSerializationVerificationNeeded;

    /// <summary>Subscribes to the topics; the subscriber is told all that exist already.</summary>
    /// <param name="IncludesPublishes">Whether the subscriber is told publishes, too.</param>
    public sealed record Subscribe(bool IncludesPublishes) : INoSerializationVerificationNeeded
    {
        public static Subscribe PresenceOnly { get; } = new(IncludesPublishes: false);

        public static Subscribe All { get; } = new(IncludesPublishes: true);
    }

    /// <summary>Ends the subscription.</summary>
    public sealed record Unsubscribe : INoSerializationVerificationNeeded
    {
        public static Unsubscribe Instance { get; } = new();
    }

    /// <summary>A topic has got its first member on this node.</summary>
    public sealed record TopicCreated(string Topic) : IEvent;

    /// <summary>A topic has lost its last member on this node.</summary>
    public sealed record TopicEmptied(string Topic) : IEvent;

    /// <summary>A member shows itself, or something else of itself than before.</summary>
    public sealed record MemberJoined(string Topic, IActorRef Connection, string? User, IReadOnlyDictionary<string, string> PresenceData) : IEvent;

    /// <summary>A member that showed itself has left.</summary>
    public sealed record MemberLeft(string Topic, IActorRef Connection) : IEvent;

    /// <summary>
    /// Follows what a relay has told those of other nodes. They answer <see cref="MarkTaken"/> when their members have taken that.
    /// </summary>
    /// <param name="Number">Its own count; it grows.</param>
    public sealed record Mark(long Number) : Ws.IOperation;

    /// <summary>Members have taken, or nearly, what was told before a <see cref="Mark"/>.</summary>
    /// <param name="Number">The mark's.</param>
    public sealed record MarkTaken(long Number) : Ws.IOperation;

    /// <summary>Someone on this node published. Its members have it; told on to other nodes, where it comes to their topics.</summary>
    /// <param name="Topic">The topic.</param>
    /// <param name="Message">The message.</param>
    /// <param name="Publisher">The receiver of acknowledgements.</param>
    public sealed record Published(string Topic, Ws.Send Message, IActorRef Publisher) : Ws.IOperation, IEvent
    {
        /// <summary>The publication that counts for its publisher until the relay has carried it; null on other nodes.</summary>
        public Publication? Counted { get; init; }

        /// <summary>Without the topic: a message that nobody takes reaches a log.</summary>
        public override string ToString() => $"{nameof(Published)} {{ {Message} }}";
    }
}
