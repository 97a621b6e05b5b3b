using Akka.Actor;
using Akka.Util;

namespace WsActors.Serialization;

/// <summary>
/// A type that can be part of a user's message, event or snapshot. Akka's JSON (Newtonsoft) and Hyperion write an
/// <see cref="EmbeddedMessage"/> in its place; System.Text.Json uses <see cref="WsJsonConverter"/>. A type without a <see cref="Codec"/> is
/// refused on write.
/// </summary>
internal interface IEmbedded : ISurrogated
{
    ISurrogate ISurrogated.ToSurrogate(ActorSystem system) => EmbeddedMessage.From(this, system);
}
