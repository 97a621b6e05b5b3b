using System.Text.Json;
using System.Text.Json.Serialization;
using Akka.Actor;
using Akka.Util;

namespace WsActors.Serialization;

/// <summary>
/// A converter of System.Text.Json for this library's messages, alone or within your messages. A message is written as its manifest and its
/// bytes between nodes. The message types name this converter in an attribute, so that they are never written as empty objects. To read
/// references to actors (each event has one), the converter needs an actor system: add an instance with your system to
/// <see cref="JsonSerializerOptions.Converters"/>. Use such options only for JSON of your own nodes and stores, never for JSON of a client:
/// the JSON can name any actor.
/// </summary>
public sealed class WsJsonConverter : JsonConverter<ISurrogated>
{
    private const string Manifest = "manifest";

    private const string Bytes = "bytes";

    private readonly RequiredSystem _requiredSystem;

    /// <summary>Creates a converter without an actor system, for messages that have neither a reference to an actor nor an Ack.</summary>
    public WsJsonConverter()
        : this(null)
    {
    }

    /// <summary>
    /// Creates a converter for messages with references to a system's actors. Writing or reading a message with an Ack is an error.
    /// </summary>
    /// <param name="system">The system that references are resolved in; null if no message has a reference.</param>
    public WsJsonConverter(ActorSystem? system) => _requiredSystem = new RequiredSystem((ExtendedActorSystem?)system, allowsAcks: false);

    /// <summary>Creates a converter for messages with references to a system's actors, and optionally with Acks.</summary>
    /// <param name="system">The system that references are resolved in; its serializers write and read Acks.</param>
    /// <param name="allowAcks">
    /// Whether messages may have an Ack. An Ack is written by one of Akka's serializers, and the JSON names the serializer and the type: a
    /// writer of the JSON can make Akka create objects of any type. Pass true only if nothing but your own nodes and stores can write the
    /// JSON.
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
    /// <exception cref="JsonException">The JSON was not written by this converter, or is a message of another type.</exception>
    /// <exception cref="System.Runtime.Serialization.SerializationException">
    /// The message is damaged, or has an Ack that is not allowed.
    /// </exception>
    public override ISurrogated? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(typeToConvert);
        using var json = JsonDocument.ParseValue(ref reader);

        // The manifest is checked before a byte is read: no part of a message of another type is ever created.
        return Embedded(json.RootElement) is { MessageType: { } type } message && typeToConvert.IsAssignableFrom(type)
            ? (ISurrogated)message.Read(_requiredSystem)
            : throw new JsonException(
                $"The JSON is not a {typeToConvert.Name} that a {nameof(WsJsonConverter)} of this version wrote:"
                + " it needs a known manifest and bytes in base64.");
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
