using Akka.Actor;

namespace WsActors.Connection;

/// <summary>Told by an open connection to itself: it follows the messages whose steps are completed together.</summary>
internal sealed record EndOfBatch : INoSerializationVerificationNeeded
{
    public static EndOfBatch Instance { get; } = new();
}
