using Akka.Actor;

namespace WsActors.Connection;

/// <summary>An open connection sends this to itself; it arrives after the messages of one batch.</summary>
internal sealed record EndOfBatch : INoSerializationVerificationNeeded
{
    private EndOfBatch()
    {
    }

    public static EndOfBatch Instance { get; } = new();
}
