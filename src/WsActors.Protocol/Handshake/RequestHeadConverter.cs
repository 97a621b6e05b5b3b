using System.Text.Json;
using System.Text.Json.Serialization;

namespace WsActors.Protocol.Handshake;

/// <summary>The JSON form of an <see cref="RequestHead"/>: the text of its head, parsed again on read.</summary>
internal sealed class RequestHeadConverter : JsonConverter<RequestHead>
{
    public override RequestHead Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && RequestHead.Parse(reader.GetString()!) is { } request
            ? request
            : throw new JsonException("The value is not a string that holds a complete HTTP request head.");

    public override void Write(Utf8JsonWriter writer, RequestHead value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Head);
}
