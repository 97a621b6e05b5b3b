using System.Text.Json;
using System.Text.Json.Serialization;
using Akka.Actor;
using Akka.Util;

namespace WsActors.Serialization;

/// <summary>
/// A converter of System.Text.Json for this library's messages, alone or within yours: whole, as the bytes that they are between nodes. The
/// types name it themselves, so that nothing is ever written empty. To read references to actors (each event has one), it needs an actor
/// system: a serializer adds one with its own to <see cref="JsonSerializerOptions.Converters"/>. Those options are for what your own nodes
/// and stores wrote, never for what a client sent: the JSON may name any actor.
/// </summary>
public sealed class WsJsonConverter : JsonConverter<ISurrogated>
{
    private const string Manifest = "manifest";

    private const string Bytes = "bytes";

    private readonly RequiredSystem _requiredSystem;

    /// <summary>Without an actor system: reads and writes messages that have neither a reference to an actor nor an Ack.</summary>
    public WsJsonConverter()
        : this(null)
    {
    }

    /// <summary>
    /// With references to a system's actors. A message with an Ack is an error where it is written, and where it is read.
    /// </summary>
    /// <param name="system">Whose actors are meant; null where no message names any.</param>
    public WsJsonConverter(ActorSystem? system) => _requiredSystem = new RequiredSystem((ExtendedActorSystem?)system, allowsAcks: false);

    /// <summary>With references to a system's actors, and with Acks where they are allowed.</summary>
    /// <param name="system">Whose actors and serializers are meant.</param>
    /// <param name="allowAcks">
    /// Whether messages may have an Ack. It goes by Akka's serializers, and the JSON names which one and which type: who can write it can
    /// make
    /// Akka create objects of any type. True only where nobody but your own nodes and stores can.
    /// </param>
    public WsJsonConverter(ActorSystem system, bool allowAcks)
    {
        ArgumentNullException.ThrowIfNull(system);
        _requiredSystem = new RequiredSystem((ExtendedActorSystem)system, allowAcks);
    }

    /// <summary>True for the types of this library.</summary>
    public override bool CanConvert(Type typeToConvert)
    {
        ArgumentNullException.ThrowIfNull(typeToConvert);
        return typeof(ISurrogated).IsAssignableFrom(typeToConvert) && typeToConvert.Assembly == typeof(WsJsonConverter).Assembly;
    }

    /// <inheritdoc/>
    /// <exception cref="JsonException">It was not written by this converter, or is another message.</exception>
    /// <exception cref="System.Runtime.Serialization.SerializationException">It is damaged, or has an Ack that is not allowed.</exception>
    public override ISurrogated? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(typeToConvert);
        using var json = JsonDocument.ParseValue(ref reader);

        // The manifest decides before a byte is read: no part of another message is ever made.
        return Embedded(json.RootElement) is { MessageType: { } type } message && typeToConvert.IsAssignableFrom(type)
            ? (ISurrogated)message.Read(_requiredSystem)
            : throw new JsonException($"This is no {typeToConvert.Name} that a {nameof(WsJsonConverter)} of this version wrote.");
    }

    /// <inheritdoc/>
    /// <exception cref="System.Runtime.Serialization.SerializationException">
    /// The message stays on its node, or has an Ack that is not allowed.
    /// </exception>
    public override void Write(Utf8JsonWriter writer, ISurrogated value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        var message = EmbeddedMessage.From(value, _requiredSystem);
        writer.WriteStartObject();
        writer.WriteString(Manifest, message.Manifest);
        writer.WriteBase64String(Bytes, message.Bytes);
        writer.WriteEndObject();
    }

    private static EmbeddedMessage? Embedded(JsonElement json) =>
        json is { ValueKind: JsonValueKind.Object }
        && json.TryGetProperty(Manifest, out var manifest)
        && json.TryGetProperty(Bytes, out var bytes)
        && manifest.ValueKind == JsonValueKind.String
        && bytes.ValueKind == JsonValueKind.String
        && bytes.TryGetBytesFromBase64(out var written)
            ? new EmbeddedMessage(manifest.GetString()!, written)
            : null;
}
