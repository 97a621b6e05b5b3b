using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Akka.Actor;
using Akka.Event;
using WsActors.Messages;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;
using WsActors.Serialization;
using WsActors.Tracing;

namespace WsActors;

/// <content>The messages of a connection's sending.</content>
public static partial class Ws
{
    // Commands, told to a connection.

    /// <summary>
    /// The fate of a message when the connection's send queue is full. A message larger than the whole queue is accepted once all messages
    /// before it have been sent. Immutable.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record OverflowPolicy : IValue
    {
        private OverflowPolicy()
        {
        }

        /// <summary>
        /// No message may be missing: the connection closes with 1013, after a grace in which queued messages may still leave.
        /// </summary>
        public static OverflowPolicy Close { get; } = new();

        /// <summary>The message is dropped, and the handler is told <see cref="Dropped"/>.</summary>
        public static OverflowPolicy Drop { get; } = new() { IsDrop = true };

        internal bool IsDrop { get; private init; }

        internal string? Key { get; private init; }

        /// <summary>
        /// Only the latest value of a key matters: the message replaces the queued one of its key. If that makes too little room,
        /// superseded messages of all keys are dropped, too. If the message still does not fit, because other messages fill the queue,
        /// <see cref="Close"/> applies. While the queue has room, every message is sent, in order. So the last message of each key always
        /// arrives, as long as the connection lives.
        /// </summary>
        /// <param name="key">The key of the value; compared exactly, within one connection.</param>
        public static OverflowPolicy Conflate(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            return new() { Key = key };
        }
    }

    /// <summary>
    /// Sends one message. If it does not fit the connection's send queue, its <see cref="Overflow"/> applies. The same instance may be sent
    /// to any number of connections, which share its bytes. Only a <see cref="PreparedMessage"/> also shares its compressed form.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Send : ICommand
    {
        private Send(MessageKind kind, ReadOnlyMemory<byte> payload) => (Kind, Payload) = (kind, payload);

        /// <summary>Text or binary.</summary>
        public MessageKind Kind { get; }

        /// <summary>The bytes to send; of a text, valid UTF-8. Empty if they come from a source.</summary>
        public ReadOnlyMemory<byte> Payload { get; }

        /// <summary>
        /// Whether it is sent compressed, if compression was negotiated; null for messages from <c>ws-actors.compression.threshold</c> on.
        /// False for a message with a secret beside text of somebody else: its compressed length would reveal the secret.
        /// </summary>
        public bool? Compress { get; init; }

        /// <summary>The policy when the connection's send queue is full; by default the connection closes.</summary>
        /// <exception cref="ArgumentNullException">It is null.</exception>
        public OverflowPolicy Overflow { get; init => field = NotNull(value); } = OverflowPolicy.Close;

        /// <summary>
        /// The message to the sender when the kernel took the last byte; null for none. The sender gets either this or
        /// <see cref="SendFailed"/>, once; only the loss of a node leaves it open. It does not show that the peer received the message.
        /// </summary>
        public object? Ack
        {
            get;
            init
            {
                field = value;
                if (value is not null && Tracer.IsOn)
                {
                    TraceContexts.Capture(this);
                }
            }
        }

        /// <summary>The opcode of its first frame.</summary>
        internal Opcode Opcode => Kind == MessageKind.Text ? Opcode.Text : Opcode.Binary;

        /// <summary>The prepared message that it shares with other sends; null without one.</summary>
        internal PreparedMessage? Shared { get; private init; }

        /// <summary>The source of the parts; null for a message that has its bytes.</summary>
        internal IAsyncEnumerable<ReadOnlyMemory<byte>>? Parts { get; private init; }

        /// <summary>A text message. Lone surrogates become U+FFFD.</summary>
        public static Send Text(string text) => new(MessageKind.Text, Encoding.UTF8.GetBytes(text));

        /// <summary>A binary message. The bytes must not change from now on.</summary>
        public static Send Binary(ReadOnlyMemory<byte> payload) => new(MessageKind.Binary, payload);

        /// <summary>A text message: a value as JSON, written at once. The options of the type's context apply.</summary>
        /// <param name="value">The value.</param>
        /// <param name="type">The metadata of the type, such as <c>AppJson.Default.Event</c> of a <c>JsonSerializerContext</c>.</param>
        /// <exception cref="ArgumentNullException">One of them is null.</exception>
        /// <exception cref="JsonException">The value contains itself, or is deeper than <c>MaxDepth</c>.</exception>
        public static Send Json<T>(T value, JsonTypeInfo<T> type)
            where T : notnull =>
            new(MessageKind.Text, JsonPayload.Write(value, type));

        /// <summary>A received message, to be sent without decoding or copying.</summary>
        public static Send FromReceived(Received message) => new(message.Kind, message.Payload);

        /// <summary>A message for many connections.</summary>
        public static Send Prepared(PreparedMessage message)
        {
            ArgumentNullException.ThrowIfNull(message);
            return new(message.Kind, message.Payload) { Shared = message };
        }

        /// <summary>
        /// A message whose parts come from a source, each once there is room for it: it may be larger than memory. It is sent as a
        /// fragmented message (RFC 6455 §5.4), each part a fragment, never compressed. The source is read on the thread pool, once the
        /// messages before it have been sent. Later messages wait until the stream ends; pings do not. Its <see cref="Overflow"/> decides
        /// whether it is queued.
        /// </summary>
        /// <remarks>
        /// A source that throws, or text that is not UTF-8, fails with <see cref="SendFailure.SourceFailed"/>. If a part has been sent by
        /// then, the connection closes with 1011, since a message cannot be taken back. A close does not wait for streams. The source is
        /// always canceled and disposed of; one that ignores its cancellation holds up nothing else. Only for connections of this node: on
        /// other nodes the source has failed.
        /// </remarks>
        /// <param name="kind">Text or binary.</param>
        /// <param name="parts">
        /// Any number of parts, of any size; empty ones are skipped. A part must not change until the next is requested. Some 16 to 64 KiB
        /// each are a good size, since one part at a time is sent; peers may limit the number of fragments (WsActors: 16,384 a message).
        /// </param>
        public static Send Stream(MessageKind kind, IAsyncEnumerable<ReadOnlyMemory<byte>> parts)
        {
            ArgumentNullException.ThrowIfNull(parts);
            return new(kind, default) { Parts = parts };
        }

        /// <summary>The same message for many connections, which share one prepared message.</summary>
        internal Send Prepare() => Shared is null ? this with { Shared = PreparedMessage.Create(this) } : this;

        /// <summary>The same, as a message of its own: its trace context is that of the delivery.</summary>
        internal Send PrepareCopy() => this with { Shared = Shared ?? PreparedMessage.Create(this) };

        /// <summary>Tells the sender that the message was sent, if it asked for an acknowledgement.</summary>
        internal void NotifySent(IActorRef connection, IActorRef? sender)
        {
            if (Ack is not null)
            {
                sender?.Tell(Ack, connection);
            }
        }

        /// <summary>Tells the sender that the message failed, if it asked for an acknowledgement.</summary>
        internal void NotifyFailed(IActorRef connection, IActorRef? sender, SendFailure reason)
        {
            if (Ack is not null)
            {
                sender?.Tell(new SendFailed { Connection = connection, Send = this, Reason = reason }, connection);
            }
        }

        /// <summary>
        /// Fails a message that the current actor does not take: its sender is told, or it is unhandled if no acknowledgement was asked
        /// for.
        /// </summary>
        internal void Refuse(IActorContext context, SendFailure reason)
        {
            NotifyFailed(context.Self, context.Sender, reason);
            if (Ack is null)
            {
                context.System.EventStream.Publish(new UnhandledMessage(this, context.Sender, context.Self));
            }
        }

        /// <summary>A message from another node.</summary>
        internal static Send Create(MessageKind kind, ReadOnlyMemory<byte> payload) => new(kind, payload);

        /// <summary>The size without the content: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Send)} {{ {Kind}, {(Parts is null ? $"{Payload.Length} bytes" : "streamed")} }}";
    }

    // Events, told to a handler or a sender.

    /// <summary>
    /// The send queue is congested: the handler should send less. Sent when more than <c>send-queue.congested-above</c> waits; a
    /// <see cref="Writable"/> follows before the next one.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Congested : IEvent, IDeadLetterSuppression
    {
        /// <summary>The connection.</summary>
        public required IActorRef Connection { get; init; }
    }

    /// <summary>Follows <see cref="Congested"/>: no more than <c>send-queue.writable-below</c> waits.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Writable : IEvent, IDeadLetterSuppression
    {
        /// <summary>The connection.</summary>
        public required IActorRef Connection { get; init; }
    }

    /// <summary>
    /// Messages with <see cref="OverflowPolicy.Drop"/> were dropped, or a client's session had no room for them. The first is reported at
    /// once, later ones together when the queue has moved, or before <see cref="Closed"/>.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Dropped : IEvent, IDeadLetterSuppression
    {
        /// <summary>The connection.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>The number of messages since the last such event.</summary>
        public required long Count { get; init; }
    }

    /// <summary>
    /// A message with <see cref="Send.Ack"/> will not be acknowledged; sent to its sender. The peer may have received it, or a part, only
    /// if the socket ended with the message in a write.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record SendFailed : IEvent
    {
        /// <summary>The connection; it may have stopped.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>The message with its ack.</summary>
        public required Send Send { get; init; }

        /// <summary>The reason.</summary>
        public required SendFailure Reason { get; init; }
    }

    /// <summary>The reason why a message was not sent.</summary>
    public enum SendFailure
    {
        /// <summary>The queue was full, and it was sent with <see cref="OverflowPolicy.Drop"/>.</summary>
        Dropped,

        /// <summary>The queue was full, and a later message of its key is sent instead.</summary>
        Replaced,

        /// <summary>The queue was full: this message, or a later one, did not fit, and the connection closes with 1013.</summary>
        QueueFull,

        /// <summary>
        /// The connection was closing when the message arrived; or it is a streamed message that a close cut short, or a message queued
        /// after one.
        /// </summary>
        Closing,

        /// <summary>The connection ended before the kernel took it, or had stopped when it arrived; a client may connect again.</summary>
        Closed,

        /// <summary>The source of a streamed message threw or is on another node, or its text was not UTF-8.</summary>
        SourceFailed,
    }
}
