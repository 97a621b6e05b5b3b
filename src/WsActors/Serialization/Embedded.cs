using Akka.Actor;
using Akka.Util;

namespace WsActors.Serialization;

/// <summary>
/// What may be a part of a user's message, event or snapshot. Akka's JSON (Newtonsoft) and Hyperion write an <see cref="EmbeddedMessage"/>
/// in its place, System.Text.Json what <see cref="WsJsonConverter"/> says. What has no <see cref="Codec"/> is refused where it is written.
/// </summary>
internal interface IEmbedded : ISurrogated
{
    ISurrogate ISurrogated.ToSurrogate(ActorSystem system) => EmbeddedMessage.From(this, system);
}

/// <summary>A message that stays on its node: ignored by <c>akka.actor.serialize-messages</c>, and refused by our serializer.</summary>
internal interface ILocalMessage : IEmbedded, INoSerializationVerificationNeeded;

/// <summary>
/// One of our messages within a user's: the bytes that it is between nodes. Akka's serializers make it by reflection. They create any type
/// that their bytes name, so that an Ack in it, whose bytes name a serializer and a type, asks for no trust that the reader did not give.
/// </summary>
/// <param name="manifest">See <see cref="Codec"/>.</param>
/// <param name="bytes">What the codec wrote.</param>
internal sealed class EmbeddedMessage(string manifest, byte[] bytes) : ISurrogate
{
    public string Manifest { get; } = manifest;

    public byte[] Bytes { get; } = bytes;

    /// <summary>The type of the message; null for a type that this version does not know.</summary>
    public Type? MessageType => PresenceSerializer.Known.TypeOf(Manifest) ?? WsSerializer.Known.TypeOf(Manifest);

    public static EmbeddedMessage From(object message, ActorSystem? system) => From(message, new RequiredSystem((ExtendedActorSystem?)system));

    public static EmbeddedMessage From(object message, RequiredSystem requiredSystem)
    {
        var codec = CodecsOf(PresenceSerializer.Known.Contains(message.GetType())).Required(message, isEmbedded: true);
        return new EmbeddedMessage(codec.Manifest, codec.ToBinary(message, requiredSystem));
    }

    public object Read(RequiredSystem requiredSystem) => CodecsOf(PresenceSerializer.Known.TypeOf(Manifest) is not null).Read(Manifest, Bytes, requiredSystem);

    public ISurrogated FromSurrogate(ActorSystem system) => (ISurrogated)Read(new RequiredSystem((ExtendedActorSystem)system));

    private static CodecRegistry CodecsOf(bool isOfPresence) => isOfPresence ? PresenceSerializer.Known : WsSerializer.Known;
}
