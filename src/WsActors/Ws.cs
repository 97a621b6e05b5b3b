using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Akka.Actor;
using Akka.Event;
using Akka.Util;
using WsActors.Messages;
using WsActors.Protocol;
using WsActors.Protocol.Handshake;
using WsActors.Protocol.Messages;
using WsActors.Routing;
using WsActors.Serialization;
using WsActors.Tracing;

namespace WsActors;

/// <summary>The messages of WebSockets, nested as those of <c>Akka.IO.Tcp</c>. Every message is immutable and owns its bytes.</summary>
public static partial class Ws
{
    /// <summary>
    /// An event told to a handler. The connection is the <c>Sender</c>, and is also named in the message. A handler needs no case for an
    /// event that it does not want: only unhandled messages and failures are logged.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public interface IEvent : ISurrogated
    {
        /// <summary>
        /// The connection of the event; it takes <see cref="ICommand"/>s. The reference never reaches a later connection.
        /// </summary>
        IActorRef Connection { get; }

        ISurrogate ISurrogated.ToSurrogate(ActorSystem system) => EmbeddedMessage.From(this, system);
    }

    /// <summary>A command to a connection. Any actor with the connection's reference may send it.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public interface ICommand : ISurrogated
    {
        ISurrogate ISurrogated.ToSurrogate(ActorSystem system) => EmbeddedMessage.From(this, system);
    }

    /// <summary>A value that messages contain; users' messages may, too.</summary>
    internal interface IValue : IEmbedded;

    /// <summary>The end of the connection that acted.</summary>
    public enum Side
    {
        /// <summary>The handler, or this end of the connection.</summary>
        Local,

        /// <summary>The other end.</summary>
        Peer,
    }

    // Events, told to a handler.

    /// <summary>The upgrade is complete. The first event of a connection; exactly one <see cref="Closed"/> ends it.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Opened : IEvent, IDeadLetterSuppression
    {
        /// <summary>The connection.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>
        /// The client's request, with route values, headers, cookies and its address. Of a session: the request that began it, without the
        /// handshake's own headers, and without query, offered subprotocols and headers that do not fit
        /// <c>ws-actors.sessions.max-request-size</c>. A guard sees all of it and passes the handler's share in <see cref="Items"/>.
        /// </summary>
        public required UpgradeRequest Request { get; init; }

        /// <summary>The agreed subprotocol, or null (RFC 6455 §1.9).</summary>
        public string? Subprotocol { get; init; }

        /// <summary>The client's principal from the route's guard; null without a guard.</summary>
        public ClaimsPrincipal? Principal { get; init; }

        /// <summary>Further values from the route's guard.</summary>
        public IReadOnlyDictionary<string, string> Items { get; init; } = ReadOnlyDictionary<string, string>.Empty;

        /// <summary>
        /// Whether the handler was restarted after a failure. The event then precedes all messages in its mailbox and its stash, and its
        /// earlier demand still counts. With a custom mailbox that cannot prepend, the event follows the waiting messages.
        /// </summary>
        public bool IsRestart { get; init; }

        /// <summary>
        /// The server's response, for the handler of a client; null on a server, and for a handler on another node. It is serialized within
        /// a user's message.
        /// </summary>
        public ResponseHead? Response { get; init; }

        /// <summary>
        /// The user, by the same rule for presence, sessions, <see cref="Stats"/> and <see cref="ConnectionFilter"/>: the name identifier
        /// of <see cref="Principal"/>, else its claim <c>sub</c>, else its name; null without any. The guard vouches for the principal: its
        /// identity need not be authenticated.
        /// </summary>
        public string? User => UserIdentity.From(Principal);

        /// <summary>The route without the user: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Opened)} {{ {Request.Route} }}";
    }

    /// <summary>A complete message arrived.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Received : IEvent
    {
        /// <summary>The connection.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>Text or binary.</summary>
        public required MessageKind Kind { get; init; }

        /// <summary>The bytes; of a text, valid UTF-8. The receiver may keep them.</summary>
        public required ReadOnlyMemory<byte> Payload { get; init; }

        /// <summary>The payload decoded as UTF-8, again at each call.</summary>
        public string Text => Encoding.UTF8.GetString(Payload.Span);

        /// <summary>
        /// The payload read as one JSON document, from its bytes, again at each call. Text and binary messages are read alike. White space
        /// may surround the document; anything else behind it, a byte order mark and the document <c>null</c> are errors. The options of
        /// the type's context apply, such as <c>MaxDepth</c> (64 by default).
        /// </summary>
        /// <param name="type">The metadata of the type, such as <c>AppJson.Default.Bid</c> of a <c>JsonSerializerContext</c>.</param>
        /// <exception cref="JsonException">
        /// The payload is not JSON of this type. The sentence and <see cref="JsonException.Path"/> name the place and the expected type.
        /// They never quote the payload: names are those of the type's own properties, and <c>*</c> stands for the key of a dictionary. A
        /// <see cref="NotSupportedException"/> of the serializer or of a converter counts as one. Other exceptions of constructors and
        /// converters are passed on as they are.
        /// </exception>
        public T ReadJson<T>(JsonTypeInfo<T> type)
            where T : notnull =>
            JsonPayload.Read(Payload.Span, type, out var value) is { } mismatch ? throw mismatch.ToException() : value!;

        /// <summary>As <see cref="ReadJson"/>, but false when the payload is not JSON of this type.</summary>
        /// <param name="type">As for <see cref="ReadJson"/>.</param>
        /// <param name="value">The value.</param>
        public bool TryReadJson<T>(JsonTypeInfo<T> type, [NotNullWhen(true)] out T? value)
            where T : notnull =>
            JsonPayload.Read(Payload.Span, type, out value) is null;

        /// <summary>
        /// The context of the message's span; the default without a listener to the source
        /// <c>WsActors</c>, and where it is not sampled. In the methods of a <see cref="WebSocketHandler"/> the span is
        /// <see cref="Activity.Current"/>; another actor passes the context to <see cref="WebSocketTracing"/>.
        /// </summary>
        public ActivityContext TraceContext => TraceContexts.Of(this);

        /// <summary>Starts an activity in the trace of the message; see <see cref="WebSocketTracing.StartActivity"/>.</summary>
        /// <param name="name">The name of the activity: one of a few, without data of users.</param>
        /// <param name="kind">The kind.</param>
        public Activity? StartActivity(string name, ActivityKind kind = ActivityKind.Internal) =>
            WebSocketTracing.StartActivity(this, name, kind);

        /// <summary>The size without the content: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Received)} {{ {Kind}, {Payload.Length} bytes }}";
    }

    /// <summary>
    /// A chunk of a message arrived; sent instead of <see cref="Received"/> if <see cref="WebSocketRouteOptions.MaxChunkBytes"/> is set.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record ReceivedChunk : IEvent
    {
        /// <summary>The connection.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>Text or binary.</summary>
        public required MessageKind Kind { get; init; }

        /// <summary>
        /// The bytes; of a text, whole characters in valid UTF-8. The receiver may keep them. Only the last chunk may be empty.
        /// </summary>
        public required ReadOnlyMemory<byte> Payload { get; init; }

        /// <summary>Whether the message ends with this chunk. <see cref="Closed"/> ends an incomplete message.</summary>
        public required bool IsLast { get; init; }

        /// <summary>The payload decoded as UTF-8, again at each call.</summary>
        public string Text => Encoding.UTF8.GetString(Payload.Span);

        /// <summary>
        /// The context of the message's span; its last chunk has it; the default without a listener to the source
        /// <c>WsActors</c>, and where it is not sampled. In the methods of a <see cref="WebSocketHandler"/> the span is
        /// <see cref="Activity.Current"/>; another actor passes the context to <see cref="WebSocketTracing"/>.
        /// </summary>
        public ActivityContext TraceContext => TraceContexts.Of(this);

        /// <summary>Starts an activity in the trace of the message; see <see cref="WebSocketTracing.StartActivity"/>.</summary>
        /// <param name="name">The name of the activity: one of a few, without data of users.</param>
        /// <param name="kind">The kind.</param>
        public Activity? StartActivity(string name, ActivityKind kind = ActivityKind.Internal) =>
            WebSocketTracing.StartActivity(this, name, kind);

        /// <summary>The size without the content: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(ReceivedChunk)} {{ {Kind}, {Payload.Length} bytes{(IsLast ? ", the last" : "")} }}";
    }

    /// <summary>The answer to a <see cref="Ping"/>, to the ping's sender.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Ponged : IEvent, IDeadLetterSuppression
    {
        /// <summary>The connection.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>The time from the ping's write to the pong's arrival.</summary>
        public required TimeSpan RoundTrip { get; init; }
    }

    /// <summary>
    /// The node drains and will close this connection; the handler may close it sooner. Sent when the drain starts, at least
    /// <c>ws-actors.drain.lead</c> before the close (unless the lead is off or skipped). Connections that open during the drain get it
    /// within a tick. Sent again if the deadline moves nearer.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Draining : IEvent, IDeadLetterSuppression
    {
        /// <summary>The connection.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>The time of the close frame, by the server's clock. Messages sent until then precede it.</summary>
        public required DateTimeOffset Deadline { get; init; }
    }

    /// <summary>The connection has ended. The last event, exactly one for each <see cref="Opened"/>.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Closed : IEvent, IDeadLetterSuppression
    {
        /// <summary>The connection.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>The close code; 1005 if the peer named no code, 1006 if the socket ended without a close frame.</summary>
        public required int Code { get; init; }

        /// <summary>The reason given by the side that began the close; may be empty.</summary>
        public required string Reason { get; init; }

        /// <summary>The side that began the close.</summary>
        public required Side By { get; init; }

        /// <summary>Whether both sides sent their close frame (RFC 6455 §7.1.4).</summary>
        public required bool WasClean { get; init; }

        /// <summary>The time since <see cref="Opened"/>.</summary>
        public required TimeSpan Duration { get; init; }

        /// <summary>Payload bytes of the received messages.</summary>
        public required long BytesReceived { get; init; }

        /// <summary>Payload bytes of the messages taken for sending.</summary>
        public required long BytesSent { get; init; }

        /// <summary>Without the reason, which the peer wrote: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Closed)} {{ {Code}, by {By}, {(WasClean ? "clean" : "not clean")} }}";
    }

    // Commands, told to a connection.

    /// <summary>Sends a ping, answered with <see cref="Ponged"/>. A keep-alive ping needs no command: it is on by default.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Ping : ICommand
    {
        private Ping()
        {
        }

        /// <summary>The one instance.</summary>
        public static Ping Instance { get; } = new();
    }

    /// <summary>
    /// Adds to the handler's demand for messages or chunks. With <see cref="WebSocketRouteOptions.Pull"/> the handler gets no more than its
    /// demand. Complete messages received before the close frame are always delivered, before <see cref="Closed"/>. Without <c>Pull</c>
    /// this command changes nothing.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Demand : ICommand
    {
        /// <summary>Demand for further messages.</summary>
        /// <param name="messages">The number of messages; at least 1.</param>
        /// <exception cref="ArgumentOutOfRangeException">The number is less than 1.</exception>
        public Demand(int messages)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(messages, 1);
            Messages = messages;
        }

        /// <summary>The number of messages.</summary>
        public int Messages { get; }

        /// <summary>One message.</summary>
        public static Demand One { get; } = new(1);
    }

    /// <summary>Starts the closing handshake, behind the queued messages. A second one changes nothing.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Close : ICommand
    {
        /// <summary>A close with a code of the RFC or of the application.</summary>
        /// <param name="code">1000–1003, 1007–1014 or 3000–4999 (RFC 6455 §7.4).</param>
        /// <param name="reason">At most 123 bytes of UTF-8 (RFC 6455 §5.5).</param>
        /// <exception cref="ArgumentException">The code may not be sent, or the reason is too long.</exception>
        public Close(int code = CloseCode.Normal, string reason = "")
        {
            ArgumentNullException.ThrowIfNull(reason);
            if (!CloseCode.MayBeSent(code))
            {
                throw new ArgumentException($"Close code {code} may not be sent; use 1000–1003, 1007–1014 or 3000–4999.", nameof(code));
            }

            if (Encoding.UTF8.GetByteCount(reason) > MaxReasonBytes)
            {
                throw new ArgumentException($"A close reason has at most {MaxReasonBytes} bytes of UTF-8; shorten it.", nameof(reason));
            }

            (Code, Reason) = (code, reason);
        }

        /// <summary>The code on the wire.</summary>
        public int Code { get; }

        /// <summary>The reason on the wire; may be empty.</summary>
        public string Reason { get; }

        /// <summary>Without the reason: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Close)} {{ {Code} }}";

        internal const int MaxReasonBytes = 123;
    }
}
