using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace WsActors.Messages;

/// <summary>JSON of payloads, by the metadata of a source generator alone: nothing is reflected. Pure; any thread.</summary>
internal static class JsonPayload
{
    /// <summary>Reads a payload as one JSON document.</summary>
    /// <returns>Null for a value that was read; else the place that does not fit.</returns>
    public static JsonMismatch? Read<T>(ReadOnlySpan<byte> payload, JsonTypeInfo<T> type, out T? value)
    {
        ArgumentNullException.ThrowIfNull(type);
        try
        {
            value = JsonSerializer.Deserialize(payload, type);
            return value is null ? JsonMismatch.Null(type) : null;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            // NotSupportedException: an object without its type discriminator, where the type is abstract.
            value = default;
            return JsonMismatch.From(e as JsonException, type);
        }
    }

    /// <summary>The bytes of a value.</summary>
    public static byte[] Write<T>(T value, JsonTypeInfo<T> type)
    {
        // ThrowIfNull would box the value.
        if (value is null)
        {
            throw new ArgumentNullException(nameof(value));
        }

        ArgumentNullException.ThrowIfNull(type);
        return JsonSerializer.SerializeToUtf8Bytes(value, type);
    }
}
