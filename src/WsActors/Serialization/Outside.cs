using System.Runtime.Serialization;
using Akka.Actor;

namespace WsActors.Serialization;

/// <summary>What cannot be written or read outside of an actor system's serialization.</summary>
internal static class Outside
{
    /// <exception cref="SerializationException">There is none.</exception>
    public static ExtendedActorSystem Required(ExtendedActorSystem? system) => system ?? throw new SerializationException(
        "A reference to an actor, or an Ack, needs an actor system: add new WsJsonConverter(system) to the Converters of your JsonSerializerOptions.");
}
