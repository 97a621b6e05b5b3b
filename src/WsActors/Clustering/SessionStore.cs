using Akka.Actor;

namespace WsActors.Clustering;

/// <summary>
/// The messages between sessions and the store of handed-over state, which a cluster extension passes to
/// <see cref="ClusterNode.UseSessionStore"/>.
/// </summary>
public static class SessionStore
{
    /// <summary>Stores a session's state. Answered with <see cref="Stored"/>.</summary>
    public sealed record Store : INoSerializationVerificationNeeded
    {
        /// <summary>The session's ID.</summary>
        public required string Id { get; init; }

        /// <summary>The number of its moves: of two states, the one with more is the later.</summary>
        public required int Moves { get; init; }

        /// <summary>The serialized state. Not changed afterwards.</summary>
        public required byte[] State { get; init; }
    }

    /// <summary>The answer to <see cref="Store"/>.</summary>
    public sealed record Stored : INoSerializationVerificationNeeded
    {
        /// <summary>Whether the state is stored.</summary>
        public required bool IsKept { get; init; }
    }

    /// <summary>Takes the stored state out, once. Answered with <see cref="Taken"/>.</summary>
    /// <param name="Id">The session's ID.</param>
    public sealed record Take(string Id) : INoSerializationVerificationNeeded;

    /// <summary>The answer to <see cref="Take"/>.</summary>
    public sealed record Taken : INoSerializationVerificationNeeded
    {
        /// <summary>The serialized state; null when nothing is stored, or it cannot be reached.</summary>
        public byte[]? State { get; init; }

        /// <summary>Whether the answer is final; otherwise too few nodes have answered, and nothing was taken.</summary>
        public required bool IsSure { get; init; }
    }
}
