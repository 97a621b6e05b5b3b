using Akka.Actor;
using Akka.Util;

namespace WsActors.Serialization;

/// <summary>
/// What may be a part of a user's message, event or snapshot. Akka's JSON (Newtonsoft) and Hyperion write an <see cref="EmbeddedMessage"/>
/// in its place, System.Text.Json what <see cref="WsJsonConverter"/> says. What has no <see cref="Codec"/> is refused where it is written.
/// </summary>
internal interface IEmbedded : ISurrogated
{
    ISurrogate ISurrogated.ToSurrogate(ActorSystem system) => EmbeddedMessage.Of(this, system);
}

/// <summary>What stays on its node: not looked at by <c>akka.actor.serialize-messages</c>, and refused where it is written.</summary>
internal interface ILocalMessage : IEmbedded, INoSerializationVerificationNeeded;

/// <summary>One of our messages within a user's: the bytes that it is between nodes. Akka's serializers make it by reflection.</summary>
/// <param name="manifest">See <see cref="Codec"/>.</param>
/// <param name="bytes">What the codec wrote.</param>
internal sealed class EmbeddedMessage(string manifest, byte[] bytes) : ISurrogate
{
    public string Manifest { get; } = manifest;

    public byte[] Bytes { get; } = bytes;

    public static EmbeddedMessage Of(object message, ActorSystem? system)
    {
        var codecs = CodecsOf(PresenceSerializer.Known.Of(message) is not null);
        return new EmbeddedMessage(codecs.Required(message).Manifest, codecs.Write(message, system as ExtendedActorSystem));
    }

    public object Read(ActorSystem? system) =>
        CodecsOf(PresenceSerializer.Known.Knows(Manifest)).Read(Manifest, Bytes, system as ExtendedActorSystem);

    public ISurrogated FromSurrogate(ActorSystem system) => (ISurrogated)Read(system);

    private static Codecs CodecsOf(bool isOfPresence) => isOfPresence ? PresenceSerializer.Known : WsSerializer.Known;
}
