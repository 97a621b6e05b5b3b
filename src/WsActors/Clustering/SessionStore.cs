using Akka.Actor;

namespace WsActors.Clustering;

/// <summary>
/// The messages between sessions and the store of handed-over state, which a cluster extension passes to
/// <see cref="ClusterNode.UseSessionStore"/>.
/// </summary>
public static class SessionStore
{
    /// <summary>Stores a session's state. Answered with <see cref="Stored"/>.</summary>
    /// <param name="Id">The session's ID.</param>
    /// <param name="Moves">The number of its moves: of two states, the one with more is the later.</param>
    /// <param name="State">The serialized state.</param>
    public sealed record Store(string Id, int Moves, byte[] State) : INoSerializationVerificationNeeded;

    /// <summary>The answer to <see cref="Store"/>.</summary>
    /// <param name="IsKept">Whether the state is stored.</param>
    public sealed record Stored(bool IsKept) : INoSerializationVerificationNeeded;

    /// <summary>Takes the stored state out, once. Answered with <see cref="Taken"/>.</summary>
    /// <param name="Id">The session's ID.</param>
    public sealed record Take(string Id) : INoSerializationVerificationNeeded;

    /// <summary>The stored state.</summary>
    /// <param name="State">Null when nothing is stored, or it cannot be reached.</param>
    /// <param name="IsSure">Whether the answer is final; otherwise too few nodes have answered, and nothing was taken.</param>
    public sealed record Taken(byte[]? State, bool IsSure = true) : INoSerializationVerificationNeeded;
}
