using System.Text;
using System.Text.Json.Serialization.Metadata;
using WsActors.Messages;
using WsActors.Protocol;
using WsActors.Protocol.Messages;

namespace WsActors;

/// <summary>
/// A <see cref="WebSocketHandler"/> that is told text messages as values: JSON of one type, read from the payload's bytes. A message that
/// is not JSON of the type closes the connection with 1007 (RFC 6455 §7.4.1). The reason names the place and the expected type, such as
/// <c>expected Int32 at $.amount (line 1, byte 13)</c>, and never quotes the payload. Messages behind it are not told.
/// </summary>
/// <typeparam name="TIn">
/// The type of the messages. Messages of several kinds have a base type with <c>[JsonPolymorphic]</c> and <c>[JsonDerivedType]</c>.
/// </typeparam>
public abstract class JsonWebSocketHandler<TIn> : WebSocketHandler
    where TIn : notnull
{
    private static readonly Ws.Close NoChunks = new(CloseCode.InternalError, "this route is told messages in chunks, but reads JSON");

    private readonly JsonTypeInfo<TIn> _type;

    /// <summary>Whether a message was refused; what comes behind it is not told.</summary>
    private bool _hasRefused;

    /// <summary>A handler for JSON of one type.</summary>
    /// <param name="type">The metadata of the type, such as <c>AppJson.Default.Bid</c> of a <c>JsonSerializerContext</c>.</param>
    protected JsonWebSocketHandler(JsonTypeInfo<TIn> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        _type = type;
    }

    /// <summary>A message arrived.</summary>
    protected abstract void OnMessage(TIn message);

    /// <summary>Reads a text as if it had arrived: for an <see cref="OnBinary"/> that decodes. Text messages do not come here.</summary>
    protected sealed override void OnText(string text) => Read(Encoding.UTF8.GetBytes(text));

    /// <summary>A binary message arrived. Without an override, the connection is closed with 1003 (RFC 6455 §7.4.1).</summary>
    protected override void OnBinary(ReadOnlyMemory<byte> payload)
    {
        _hasRefused = true;
        base.OnBinary(payload);
    }

    /// <summary>
    /// A chunk arrived: the route has <see cref="Routing.WebSocketRouteOptions.MaxChunkBytes"/>. A chunk is not a document: without an
    /// override, the connection is closed with 1011 and the handler fails, so that a log says why.
    /// </summary>
    protected override void OnChunk(Ws.ReceivedChunk chunk)
    {
        Connection.Tell(NoChunks, Self);
        throw new InvalidOperationException(
            $"A chunk is not a JSON document: map {GetType().Name} to a route without MaxChunkBytes, or override OnChunk.");
    }

    private protected sealed override void OnReceived(Ws.Received received)
    {
        if (_hasRefused)
        {
            return;
        }

        if (received.Kind == MessageKind.Text)
        {
            Read(received.Payload.Span);
        }
        else
        {
            OnBinary(received.Payload);
        }
    }

    private void Read(ReadOnlySpan<byte> payload)
    {
        if (JsonPayload.Read(payload, _type, out var message) is { } mismatch)
        {
            _hasRefused = true;
            Connection.Tell(new Ws.Close(CloseCode.InvalidPayload, mismatch.Reason), Self);
            return;
        }

        OnMessage(message!);
    }
}
