using Akka.Actor;

namespace WsActors.Serialization;

/// <summary>
/// Serializes the messages of <see cref="Ws"/>, payloads included, with a few bytes of overhead. Akka creates one for each actor system;
/// any thread.
/// </summary>
internal sealed class WsSerializer(ExtendedActorSystem system) : CodecSerializer(system, Known)
{
    /// <summary>The messages that may leave their node.</summary>
    public static CodecRegistry Known { get; } = new([.. Own, .. TracedCodec.From(Own)]);

    /// <inheritdoc/>
    public override int Identifier => 6455;

    private static IEnumerable<Codec> Own =>
    [
        .. CommandCodecs.All,
        .. EventCodecs.All,
        .. OperationCodecs.All,
        .. ClusterOperationCodecs.All,
        .. SortedListCodecs.All,
        .. TapCodecs.All,
        .. TopicCodecs.All,
        .. SessionCodecs.All,
    ];

    /// <summary>Adds the serializer to a system that does not have it.</summary>
    public static void AddTo(ExtendedActorSystem system) => AddTo(system, "ws-actors", Known, static system => new WsSerializer(system));
}
