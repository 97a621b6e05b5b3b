using Akka.Actor;

namespace WsActors.Clustering;

/// <summary>
/// The messages between a node's topics, its presence, and a relay that replicates members between nodes. The topics report the node's own
/// members to the relay, and the relay reports the members of all nodes to presence.
/// </summary>
public static class PresenceFeed
{
    /// <summary>
    /// Subscribes to members with presence data: a relay to those of <see cref="WebSocketExtension.Topics"/>, presence to those of its
    /// source. The subscriber first gets <see cref="MemberJoined"/> for each of them.
    /// </summary>
    public sealed record Subscribe : INoSerializationVerificationNeeded
    {
        private Subscribe()
        {
        }

        /// <summary>The one instance.</summary>
        public static Subscribe Instance { get; } = new();
    }

    /// <summary>
    /// Replaces the source of <see cref="WebSocketExtension.Presence"/>, which is the node's topics at first. Presence sends
    /// <see cref="Subscribe"/> to the new source.
    /// </summary>
    /// <param name="Source">The new source.</param>
    public sealed record ChangeSource(IActorRef Source) : INoSerializationVerificationNeeded;

    /// <summary>A member with presence data has joined, or has changed its presence data.</summary>
    public sealed record MemberJoined : INoSerializationVerificationNeeded
    {
        /// <summary>The topic.</summary>
        public required string Topic { get; init; }

        /// <summary>The member.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>The user; null without one.</summary>
        public string? User { get; init; }

        /// <summary>The presence data.</summary>
        public required IReadOnlyDictionary<string, string> PresenceData { get; init; }
    }

    /// <summary>A member with presence data has left, or has removed its presence data.</summary>
    public sealed record MemberLeft : INoSerializationVerificationNeeded
    {
        /// <summary>The topic.</summary>
        public required string Topic { get; init; }

        /// <summary>The member.</summary>
        public required IActorRef Connection { get; init; }
    }
}
