using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace WsActors.Messages;

/// <summary>
/// The place where a payload is not JSON of its type. It contains nothing of the payload, so a log and a close frame may have it: the texts
/// of the serializer's exceptions quote values, and their paths quote keys. Immutable.
/// </summary>
/// <param name="Location">The path and the expected type.</param>
/// <param name="Line">The line from 0, as in <see cref="JsonException.LineNumber"/>; null if unknown.</param>
/// <param name="Byte">The byte in the line from 0, as in <see cref="JsonException.BytePositionInLine"/>; null if unknown.</param>
internal sealed record JsonMismatch(JsonLocation Location, long? Line, long? Byte)
{
    private const string Cut = "…";

    private const int CutBytes = 3;

    /// <summary>The reason of a close frame: at most 123 bytes of UTF-8 (RFC 6455 §5.5.1), cut behind a whole character.</summary>
    public string Reason
    {
        get
        {
            Span<byte> room = stackalloc byte[Ws.Close.MaxReasonBytes];
            var text = ToString();
            if (Utf8.FromUtf16(text, room, out _, out _) == OperationStatus.Done)
            {
                return text;
            }

            Utf8.FromUtf16(text, room[..^CutBytes], out var characters, out _);
            return text[..characters] + Cut;
        }
    }

    /// <summary>The document <c>null</c>.</summary>
    public static JsonMismatch Null(JsonTypeInfo type) => new(JsonLocation.Find("$", type), Line: null, Byte: null);

    /// <summary>The place of a failed read.</summary>
    /// <param name="failure">The serializer's exception; null for one without a place.</param>
    /// <param name="type">The type of the document.</param>
    public static JsonMismatch From(JsonException? failure, JsonTypeInfo type) =>
        new(JsonLocation.Find(failure?.Path ?? "$", type), failure?.LineNumber, failure?.BytePositionInLine);

    /// <summary>The exception for the caller. It has no inner exception, since a log shows the texts of those, too.</summary>
    public JsonException ToException() => new($"The message is not JSON of its type: {this}.", Location.Path, Line, Byte);

    /// <summary>The expected type and the place, counted from 1 as editors do.</summary>
    public override string ToString() => Line is { } line && Byte is { } at
        ? string.Create(CultureInfo.InvariantCulture, $"expected {Location.Expected} at {Location.Path} (line {line + 1}, byte {at + 1})")
        : $"expected {Location.Expected} at {Location.Path}";
}
