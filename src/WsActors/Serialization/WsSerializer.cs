using Akka.Actor;

namespace WsActors.Serialization;

/// <summary>
/// Carries <see cref="Ws"/>' messages between nodes, payloads and all, in a few bytes more than they have. Made by Akka, once a system.
/// </summary>
internal sealed class WsSerializer(ExtendedActorSystem system) : CodecSerializer(system, Known)
{
    /// <summary>The messages that may cross.</summary>
    public static CodecRegistry Known { get; } = new([.. CommandCodecs.All, .. EventCodecs.All, .. OperationCodecs.All, .. TopicCodecs.All, .. SessionCodecs.All]);

    /// <inheritdoc/>
    public override int Identifier => 6455;

    /// <summary>Makes sure that a system uses it.</summary>
    public static void AddTo(ExtendedActorSystem system) => AddTo(system, "ws-actors", Known, static system => new WsSerializer(system));
}
