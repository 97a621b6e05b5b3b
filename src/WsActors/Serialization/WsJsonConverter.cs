using System.Text.Json;
using System.Text.Json.Serialization;
using Akka.Actor;
using Akka.Util;

namespace WsActors.Serialization;

/// <summary>
/// How System.Text.Json writes this library's messages, alone or within yours: whole, as the bytes that they are between nodes. The types
/// name it themselves, so that nothing is ever written empty. To read references to actors (each event has one), and to write and read an
/// Ack, it needs an actor system: a serializer adds one with its own to <see cref="JsonSerializerOptions.Converters"/>.
/// </summary>
/// <param name="system">Whose actors are meant; null where no message names any.</param>
public sealed class WsJsonConverter(ActorSystem? system) : JsonConverter<ISurrogated>
{
    private const string Manifest = "manifest";

    private const string Bytes = "bytes";

    /// <summary>Without an actor system.</summary>
    public WsJsonConverter()
        : this(null)
    {
    }

    /// <summary>True for the types of this library.</summary>
    public override bool CanConvert(Type typeToConvert)
    {
        ArgumentNullException.ThrowIfNull(typeToConvert);
        return typeof(ISurrogated).IsAssignableFrom(typeToConvert) && typeToConvert.Assembly == typeof(WsJsonConverter).Assembly;
    }

    /// <inheritdoc/>
    /// <exception cref="JsonException">It was not written by this converter.</exception>
    public override ISurrogated? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(typeToConvert);
        using var json = JsonDocument.ParseValue(ref reader);
        var message = json.RootElement is { ValueKind: JsonValueKind.Object } root
            && root.TryGetProperty(Manifest, out var manifest)
            && root.TryGetProperty(Bytes, out var bytes)
            && manifest.ValueKind == JsonValueKind.String
            && bytes.ValueKind == JsonValueKind.String
            && bytes.TryGetBytesFromBase64(out var written)
                ? new EmbeddedMessage(manifest.GetString()!, written).Read(system)
                : null;
        return typeToConvert.IsInstanceOfType(message)
            ? (ISurrogated)message!
            : throw new JsonException($"This is no {typeToConvert.Name} that {nameof(WsJsonConverter)} wrote.");
    }

    /// <inheritdoc/>
    /// <exception cref="System.Runtime.Serialization.SerializationException">The message stays on its node.</exception>
    public override void Write(Utf8JsonWriter writer, ISurrogated value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        var message = EmbeddedMessage.Of(value, system);
        writer.WriteStartObject();
        writer.WriteString(Manifest, message.Manifest);
        writer.WriteBase64String(Bytes, message.Bytes);
        writer.WriteEndObject();
    }
}
