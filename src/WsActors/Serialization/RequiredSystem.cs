using System.Runtime.Serialization;
using Akka.Actor;

namespace WsActors.Serialization;

/// <summary>The actor system that a message may need beyond its own bytes.</summary>
/// <param name="system">Whose actors and serializers are meant; null where there is no system.</param>
/// <param name="allowsAcks">
/// Whether an Ack may be written and read. It is the user's object: the bytes name the serializer of Akka's and the type that it makes, so
/// only bytes that a node of ours wrote may have one.
/// </param>
internal readonly struct RequiredSystem(ExtendedActorSystem? system, bool allowsAcks = true)
{
    /// <exception cref="SerializationException">There is no system.</exception>
    public IActorRefProvider Actors => Required.Provider;

    /// <summary>For the user's own objects.</summary>
    /// <exception cref="SerializationException">There is no system, or they are not allowed.</exception>
    public Akka.Serialization.Serialization Serializers => allowsAcks ? Required.Serialization : throw new SerializationException(
        "This message has an Ack, which JSON may hold only where its bytes are trusted to name any type: pass allowAcks: true to the"
        + " WsJsonConverter of options that read only what your own nodes and stores wrote, or take the Ack off.");

    private ExtendedActorSystem Required => system ?? throw new SerializationException(
        "A reference to an actor needs an actor system: add new WsJsonConverter(system) to the Converters of your JsonSerializerOptions.");
}
