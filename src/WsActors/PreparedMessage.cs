using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using WsActors.Messages;
using WsActors.Protocol.Messages;
using WsActors.Serialization;

namespace WsActors;

/// <summary>
/// A message for many connections, sent by <see cref="Ws.Send.Prepared"/>: they share its bytes. Connections that compress each message
/// independently, in the full window of RFC 7692, also share its compressed form. It is compressed once, when the first of them sends it,
/// at that connection's <c>ws-actors.compression.level</c>. All other connections send it uncompressed. Immutable to its users; any thread.
/// </summary>
[JsonConverter(typeof(WsJsonConverter))]
public sealed class PreparedMessage : Ws.IValue
{
    private readonly Lock _lock = new();

    /// <summary>The compressed form, empty when it would not be shorter; null until a connection needs it.</summary>
    private volatile byte[]? _deflated;

    private PreparedMessage(MessageKind kind, ReadOnlyMemory<byte> payload) => (Kind, Payload) = (kind, payload);

    /// <summary>Text or binary.</summary>
    public MessageKind Kind { get; }

    /// <summary>The bytes; of a text, valid UTF-8.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>A text message. Lone surrogates become U+FFFD.</summary>
    public static PreparedMessage Text(string text) => new(MessageKind.Text, Encoding.UTF8.GetBytes(text));

    /// <summary>A binary message. The bytes must not change from now on.</summary>
    public static PreparedMessage Binary(ReadOnlyMemory<byte> payload) => new(MessageKind.Binary, payload);

    /// <summary>A text message: a value as JSON, written at once. The options of the type's context apply.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">The metadata of the type, such as <c>AppJson.Default.Event</c> of a <c>JsonSerializerContext</c>.</param>
    /// <exception cref="ArgumentNullException">One of them is null.</exception>
    /// <exception cref="JsonException">The value contains itself, or is deeper than <c>MaxDepth</c>.</exception>
    public static PreparedMessage Json<T>(T value, JsonTypeInfo<T> type)
        where T : notnull =>
        new(MessageKind.Text, JsonPayload.Write(value, type));

    /// <summary>A received message, to be forwarded without decoding or copying.</summary>
    public static PreparedMessage FromReceived(Ws.Received message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new(message.Kind, message.Payload);
    }

    internal static PreparedMessage Create(Ws.Send message) => new(message.Kind, message.Payload);

    internal static PreparedMessage Create(MessageKind kind, ReadOnlyMemory<byte> payload) => new(kind, payload);

    /// <summary>The size without the content: an unhandled message reaches a log.</summary>
    public override string ToString() => $"{nameof(PreparedMessage)} {{ {Kind}, {Payload.Length} bytes }}";

    /// <summary>
    /// The compressed form; empty when it would not be shorter. A second caller waits until it is complete: compressing again would take as
    /// long.
    /// </summary>
    internal ReadOnlyMemory<byte> Deflated<T>(T compressor, Func<T, ReadOnlySpan<byte>, byte[]> compress)
    {
        if (_deflated is null)
        {
            lock (_lock)
            {
                _deflated ??= compress(compressor, Payload.Span);
            }
        }

        return _deflated;
    }
}
