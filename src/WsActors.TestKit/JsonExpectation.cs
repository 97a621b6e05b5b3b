using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WsActors.Protocol.Messages;

namespace WsActors.TestKit;

/// <summary>A text message with JSON of a type. A test may see the payload, so a failure quotes it. Pure.</summary>
internal static class JsonExpectation
{
    public static T Read<T>(MessageKind kind, ReadOnlyMemory<byte> payload, JsonTypeInfo<T> type)
        where T : notnull
    {
        if (kind != MessageKind.Text)
        {
            throw Failure($"a {kind} message of {payload.Length} bytes");
        }

        try
        {
            return JsonSerializer.Deserialize(payload.Span, type) ?? throw Failure("the document null");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw Failure($"text '{Encoding.UTF8.GetString(payload.Span)}'; {e.Message}");
        }

        static ExpectationException Failure(string actual) => new($"Expected JSON of {typeof(T).Name}, but it was: {actual}");
    }
}
