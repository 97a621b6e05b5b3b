using System.Text.Json;
using System.Text.Json.Serialization;

namespace WsActors.Protocol.Handshake;

/// <summary>The JSON form of <see cref="HttpHeaders"/>: a list of names and values, in their order.</summary>
internal sealed class HttpHeadersConverter : JsonConverter<HttpHeaders>
{
    public override HttpHeaders Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var json = JsonDocument.ParseValue(ref reader);
        return json.RootElement.ValueKind == JsonValueKind.Array
            ? [.. json.RootElement.EnumerateArray().Select(Line)]
            : throw new JsonException("Headers must be a JSON array of objects with a Name and a Value.");
    }

    public override void Write(Utf8JsonWriter writer, HttpHeaders value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var line in value)
        {
            writer.WriteStartObject();
            writer.WriteString(nameof(line.Name), line.Name);
            writer.WriteString(nameof(line.Value), line.Value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static HttpHeader Line(JsonElement json)
    {
        try
        {
            return new HttpHeader(Text(json, nameof(HttpHeader.Name)), Text(json, nameof(HttpHeader.Value)));
        }
        catch (ArgumentException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    private static string Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : throw new JsonException($"A header must be a JSON object whose {name} is a string.");
}
