using Akka.Actor;

namespace WsActors.Serialization;

/// <summary>
/// A message that stays on its node: ignored by <c>akka.actor.serialize-messages</c>, and refused by this library's serializers.
/// </summary>
internal interface ILocalMessage : IEmbedded, INoSerializationVerificationNeeded;
