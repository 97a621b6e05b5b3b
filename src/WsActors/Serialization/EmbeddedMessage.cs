using Akka.Actor;
using Akka.Util;

namespace WsActors.Serialization;

/// <summary>
/// One of this library's messages within a user's message, as manifest and bytes. Akka's serializers create it by reflection. They create
/// any type that their bytes name. An Ack within the message, whose bytes name a serializer and a type, therefore needs no further trust.
/// </summary>
/// <param name="manifest">The manifest of the <see cref="Codec"/>.</param>
/// <param name="bytes">The bytes that the codec wrote.</param>
internal sealed class EmbeddedMessage(string manifest, byte[] bytes) : ISurrogate
{
    public string Manifest { get; } = manifest;

    public byte[] Bytes { get; } = bytes;

    /// <summary>The type of the message; null for a type that this version does not know.</summary>
    public Type? MessageType => PresenceSerializer.Known.TypeOf(Manifest) ?? WsSerializer.Known.TypeOf(Manifest);

    public static EmbeddedMessage From(object message, ActorSystem? system) =>
        From(message, new RequiredSystem((ExtendedActorSystem?)system));

    public static EmbeddedMessage From(object message, RequiredSystem requiredSystem)
    {
        var codec = CodecsFor(PresenceSerializer.Known.Contains(message.GetType())).Required(message, isEmbedded: true);
        return new EmbeddedMessage(codec.Manifest, codec.ToBinary(message, requiredSystem));
    }

    public object Read(RequiredSystem requiredSystem) =>
        CodecsFor(PresenceSerializer.Known.TypeOf(Manifest) is not null).Read(Manifest, Bytes, requiredSystem);

    public ISurrogated FromSurrogate(ActorSystem system) => (ISurrogated)Read(new RequiredSystem((ExtendedActorSystem)system));

    private static CodecRegistry CodecsFor(bool isPresence) => isPresence ? PresenceSerializer.Known : WsSerializer.Known;
}
