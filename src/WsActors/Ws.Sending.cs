using System.Text;
using System.Text.Json.Serialization;
using Akka.Actor;
using Akka.Event;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;
using WsActors.Serialization;

namespace WsActors;

/// <content>The messages of a connection's sending.</content>
public static partial class Ws
{
    // Commands, told to a connection.

    /// <summary>
    /// What becomes of a message when the connection's send queue is full. A message larger than the whole queue is taken when all messages
    /// before it have left. Immutable.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record OverflowPolicy : IValue
    {
        private OverflowPolicy()
        {
        }

        /// <summary>
        /// Nothing may be missing: the connection closes with 1013, after a grace in which what is queued may still leave.
        /// </summary>
        public static OverflowPolicy Close { get; } = new();

        /// <summary>The message is dropped, and the handler told by <see cref="Dropped"/>.</summary>
        public static OverflowPolicy Drop { get; } = new() { IsDrop = true };

        internal bool IsDrop { get; private init; }

        internal string? Key { get; private init; }

        /// <summary>
        /// Only the latest value of a key matters: the message takes the place of the queued one of its key. Where that makes too little
        /// room, queued messages that a later one of their key follows go, too, of whatever key. If it still does not fit, because other
        /// messages fill the queue, it is as with <see cref="Close"/>. While the queue has room, every message leaves, in order. So the
        /// last message of each key always arrives, as long as the connection lives.
        /// </summary>
        /// <param name="key">What the message is a value of; compared as it is, within one connection.</param>
        public static OverflowPolicy Conflate(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            return new() { Key = key };
        }
    }

    /// <summary>
    /// Sends one message. What does not fit the connection's send queue meets its <see cref="Overflow"/>. May be told to any number of
    /// connections: its bytes are shared. Compressed, they are only as a <see cref="PreparedMessage"/>.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Send : ICommand
    {
        private Send(MessageKind kind, ReadOnlyMemory<byte> payload) => (Kind, Payload) = (kind, payload);

        /// <summary>Text or binary.</summary>
        public MessageKind Kind { get; }

        /// <summary>The bytes that will leave; of a text, valid UTF-8. Empty where they come from a source.</summary>
        public ReadOnlyMemory<byte> Payload { get; }

        /// <summary>
        /// Whether it leaves compressed, where that was agreed on: null for those from <c>ws-actors.compression.threshold</c> on. False for
        /// a message that holds a secret beside what someone else wrote: its compressed length would tell of the secret.
        /// </summary>
        public bool? Compress { get; init; }

        /// <summary>The policy when the connection's send queue is full; by default the connection closes.</summary>
        /// <exception cref="ArgumentNullException">It is null.</exception>
        public OverflowPolicy Overflow { get; init => field = NotNull(value); } = OverflowPolicy.Close;

        /// <summary>
        /// The message told to the sender when the kernel took the last byte; null for none. The sender is told either this or
        /// <see cref="SendFailed"/>, once; only the loss of a node leaves it open. It says nothing of the peer, which may be gone.
        /// </summary>
        public object? Ack { get; init; }

        /// <summary>Of its first frame.</summary>
        internal Opcode Opcode => Kind == MessageKind.Text ? Opcode.Text : Opcode.Binary;

        /// <summary>The prepared message that it shares with other sends; null without one.</summary>
        internal PreparedMessage? Shared { get; private init; }

        /// <summary>The source of the parts; null for a message that has its bytes.</summary>
        internal IAsyncEnumerable<ReadOnlyMemory<byte>>? Parts { get; private init; }

        /// <summary>A text message. Lone surrogates become U+FFFD.</summary>
        public static Send Text(string text) => new(MessageKind.Text, Encoding.UTF8.GetBytes(text));

        /// <summary>A binary message. The bytes must not change from now on.</summary>
        public static Send Binary(ReadOnlyMemory<byte> payload) => new(MessageKind.Binary, payload);

        /// <summary>The message that came, to be sent as it is: no decoding, no copy.</summary>
        public static Send FromReceived(Received message) => new(message.Kind, message.Payload);

        /// <summary>A message that many connections are told.</summary>
        public static Send Prepared(PreparedMessage message)
        {
            ArgumentNullException.ThrowIfNull(message);
            return new(message.Kind, message.Payload) { Shared = message };
        }

        /// <summary>
        /// A message whose parts come from a source, each when there is room for it: it may be larger than memory. It leaves as a
        /// fragmented
        /// message (RFC 6455 §5.4), each part a fragment, never compressed. The source is read on the thread pool, from when the messages
        /// before it have left; those behind it wait until it is over, pings do not. Its <see cref="Overflow"/> decides whether it is
        /// queued.
        /// </summary>
        /// <remarks>
        /// A source that throws, or text that is not UTF-8, is <see cref="SendFailure.SourceFailed"/>; if a part has left by then, the
        /// connection
        /// closes with 1011, since a message cannot be taken back. A close does not wait for streams. However it ends, the source is
        /// cancelled and
        /// disposed; one that ignores its cancellation holds nothing but itself. Only for connections of this node, since a source cannot
        /// travel: elsewhere it has failed.
        /// </remarks>
        /// <param name="kind">Text or binary.</param>
        /// <param name="parts">
        /// Any number, of any size; empty ones are passed over. A part must not change until the next is asked for. Some 16 to 64 KiB each
        /// are good, as one part at a time is on its way; peers may bound the number of fragments (WsActors: 16,384 a message).
        /// </param>
        public static Send Stream(MessageKind kind, IAsyncEnumerable<ReadOnlyMemory<byte>> parts)
        {
            ArgumentNullException.ThrowIfNull(parts);
            return new(kind, default) { Parts = parts };
        }

        /// <summary>The same for many connections: what they share is made once.</summary>
        internal Send Prepare() => Shared is null ? this with { Shared = PreparedMessage.Create(this) } : this;

        /// <summary>A message that came from another node.</summary>
        internal static Send Create(MessageKind kind, ReadOnlyMemory<byte> payload) => new(kind, payload);

        /// <summary>The size without the content: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Send)} {{ {Kind}, {(Parts is null ? $"{Payload.Length} bytes" : "streamed")} }}";
    }

    // Events, told to a handler or a sender.

    /// <summary>
    /// Much waits to be sent: better send less. Comes when more than <c>send-queue.congested-above</c> waits; a <see cref="Writable"/>
    /// follows before the next one.
    /// </summary>
    /// <param name="Connection">The connection.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Congested(IActorRef Connection) : IEvent, IDeadLetterSuppression;

    /// <summary>After <see cref="Congested"/>: no more than <c>send-queue.writable-below</c> waits again.</summary>
    /// <param name="Connection">The connection.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Writable(IActorRef Connection) : IEvent, IDeadLetterSuppression;

    /// <summary>
    /// Messages that were sent with <see cref="OverflowPolicy.Drop"/> were dropped, or a client's session had no room for them. The first
    /// is told at once, the next ones together when the
    /// queue has moved, or before <see cref="Closed"/>.
    /// </summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="Count">The number of messages since the last such event.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Dropped(IActorRef Connection, long Count) : IEvent, IDeadLetterSuppression;

    /// <summary>
    /// A message with <see cref="Send.Ack"/> will never be acknowledged; told to its sender. Only when a socket ends while it has the
    /// message in hand may the peer have got it, or a part.
    /// </summary>
    /// <param name="Connection">The connection; it may be gone.</param>
    /// <param name="Send">The message, its ack with it.</param>
    /// <param name="Reason">Why.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record SendFailed(IActorRef Connection, Send Send, SendFailure Reason) : IEvent;

    /// <summary>Why a message was not sent.</summary>
    public enum SendFailure
    {
        /// <summary>The queue was full, and it was sent with <see cref="OverflowPolicy.Drop"/>.</summary>
        Dropped,

        /// <summary>The queue was full, and a later message of its key is sent instead.</summary>
        Replaced,

        /// <summary>The queue was full: it, or one behind it, did not fit, and the connection closes with 1013.</summary>
        QueueFull,

        /// <summary>
        /// The connection was on its way out when it came; or it is a streamed message that a close cut short, or waited behind one.
        /// </summary>
        Closing,

        /// <summary>The connection ended before the kernel took it, or was gone when it came; a client may yet have another.</summary>
        Closed,

        /// <summary>
        /// It is a streamed message, and its source threw or is on another node, or the text that it yielded was not UTF-8.
        /// </summary>
        SourceFailed,
    }
}
