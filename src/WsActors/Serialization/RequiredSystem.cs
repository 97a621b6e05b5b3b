using System.Runtime.Serialization;
using Akka.Actor;
using WsActors.Runtime;

namespace WsActors.Serialization;

/// <summary>The actor system whose references and serializers a message may need.</summary>
/// <param name="system">The system; null without one.</param>
/// <param name="allowsAcks">
/// Whether an Ack may be written and read. An Ack is a user's object: the bytes name one of Akka's serializers and the type to create, so
/// only bytes that a trusted node wrote may have one.
/// </param>
internal readonly struct RequiredSystem(ExtendedActorSystem? system, bool allowsAcks = true)
{
    /// <summary>The actor that a text names.</summary>
    /// <exception cref="SerializationException">There is no system.</exception>
    public IActorRef Resolve(string path) => ActorRefResolver.Resolve(Required, path);

    /// <summary>The serializers for the user's own objects.</summary>
    /// <exception cref="SerializationException">There is no system, or Acks are not allowed.</exception>
    public Akka.Serialization.Serialization Serializers => allowsAcks ? Required.Serialization : throw new SerializationException(
        "This message has an Ack, which JSON may hold only if it is trusted to name any type: remove the Ack, or pass allowAcks: true to a"
        + " WsJsonConverter whose options read only JSON of your own nodes and stores.");

    private ExtendedActorSystem Required => system ?? throw new SerializationException(
        "A reference to an actor needs an actor system: add new WsJsonConverter(system) to the Converters of your JsonSerializerOptions.");
}
