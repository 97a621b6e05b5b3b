using System.Net;
using System.Security.Claims;
using System.Text;
using Akka.Actor;
using WsActors.Protocol;
using WsActors.Protocol.Handshake;
using WsActors.Protocol.Messages;
using WsActors.Routing;

namespace WsActors;

/// <summary>
/// The conversation with WebSockets, as <c>Akka.IO.Tcp</c> is the one with sockets. Every message is immutable and owns its bytes.
/// </summary>
public static partial class Ws
{
    /// <summary>What a handler is told. The connection is the <c>Sender</c>, and is also named in the message.</summary>
    public interface IEvent
    {
        /// <summary>The connection it happened on: tell it <see cref="ICommand"/>s. The reference never reaches a later connection.</summary>
        IActorRef Connection { get; }
    }

    /// <summary>What anyone who has its reference may tell a connection.</summary>
    public interface ICommand;

    /// <summary>Which end of the connection did something.</summary>
    public enum Side
    {
        /// <summary>The handler, or this end of the connection.</summary>
        Local,

        /// <summary>The other end.</summary>
        Peer,
    }

    // What a handler is told.

    /// <summary>The upgrade is done. The first event of a connection; exactly one <see cref="Closed"/> follows in the end.</summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="Request">What the client asked, with route values, headers, cookies and its address.</param>
    /// <param name="Subprotocol">The one agreed on, or null (RFC 6455 §1.9).</param>
    /// <param name="Principal">Who it is, as the route's guard said; null without a guard.</param>
    /// <param name="Items">What else the route's guard had to say.</param>
    public sealed record Opened(
        IActorRef Connection,
        UpgradeRequest Request,
        string? Subprotocol,
        ClaimsPrincipal? Principal,
        IReadOnlyDictionary<string, string> Items) : IEvent
    {
        /// <summary>
        /// Whether the handler failed and was made anew: it is told this again, before anything that waited in its mailbox or its stash. What
        /// it had demanded still counts. A handler with a mailbox of its own kind, that has no head to add to, is told it behind what waited.
        /// </summary>
        public bool Resumed { get; init; }

        /// <summary>What the server answered, told to the handler of a client; null on a server.</summary>
        public ResponseHead? Response { get; init; }

        /// <summary>Where, not who: a message that nobody handles reaches a log.</summary>
        public override string ToString() => $"{nameof(Opened)} {{ {Request.Route} }}";
    }

    /// <summary>A whole message came.</summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="Kind">Text or binary.</param>
    /// <param name="Payload">Its bytes; of a text, valid UTF-8. They are the receiver's to keep.</param>
    public sealed record Received(IActorRef Connection, MessageKind Kind, ReadOnlyMemory<byte> Payload) : IEvent
    {
        /// <summary>The payload decoded as UTF-8, anew at each call.</summary>
        public string Text => Encoding.UTF8.GetString(Payload.Span);

        /// <summary>How much came, not what: a message that nobody handles reaches a log.</summary>
        public override string ToString() => $"{nameof(Received)} {{ {Kind}, {Payload.Length} bytes }}";
    }

    /// <summary>A part of a message came; told where <see cref="RouteOptions.MaxChunkBytes"/> asks for it, instead of <see cref="Received"/>.</summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="Kind">Text or binary.</param>
    /// <param name="Payload">Its bytes; of a text, whole characters in valid UTF-8. They are the receiver's to keep. Only the last may be empty.</param>
    /// <param name="IsLast">Whether the message ends here. What began and did not get so far ends with <see cref="Closed"/>.</param>
    public sealed record ReceivedChunk(IActorRef Connection, MessageKind Kind, ReadOnlyMemory<byte> Payload, bool IsLast) : IEvent
    {
        /// <summary>The payload decoded as UTF-8, anew at each call.</summary>
        public string Text => Encoding.UTF8.GetString(Payload.Span);

        /// <summary>How much came, not what: a message that nobody handles reaches a log.</summary>
        public override string ToString() => $"{nameof(ReceivedChunk)} {{ {Kind}, {Payload.Length} bytes{(IsLast ? ", the last" : "")} }}";
    }

    /// <summary>The answer to a <see cref="Ping"/>; told to whoever asked.</summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="RoundTrip">From the ping's leaving to the pong's arrival.</param>
    public sealed record Ponged(IActorRef Connection, TimeSpan RoundTrip) : IEvent;

    /// <summary>
    /// The node drains, and this connection will be closed: finish what you can, or close it yourself sooner. Told as the drain begins, so that
    /// there is at least <c>ws-actors.drain.lead</c> (unless that is off or skipped); to those that open during it, within a tick. Told
    /// again should the time come nearer.
    /// </summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="Deadline">When the close frame is sent, by the server's clock. What is told to be sent until then leaves before it.</param>
    public sealed record Draining(IActorRef Connection, DateTimeOffset Deadline) : IEvent;

    /// <summary>
    /// Much waits to be sent: better send less. Comes when more than <c>send-queue.congested-above</c> waits; a <see cref="Writable"/>
    /// follows before the next one.
    /// </summary>
    /// <param name="Connection">The connection.</param>
    public sealed record Congested(IActorRef Connection) : IEvent;

    /// <summary>After <see cref="Congested"/>: no more than <c>send-queue.writable-below</c> waits again.</summary>
    /// <param name="Connection">The connection.</param>
    public sealed record Writable(IActorRef Connection) : IEvent;

    /// <summary>
    /// Messages that were sent with <see cref="WhenFull.Drop"/> were dropped. The first is told at once, the next ones together when the
    /// queue has moved, or before <see cref="Closed"/>.
    /// </summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="Count">How many since the last such event.</param>
    public sealed record Dropped(IActorRef Connection, long Count) : IEvent;

    /// <summary>
    /// A message with <see cref="Send.Ack"/> will never be acknowledged; told to its sender. Only when a socket ends while it has the
    /// message in hand may the peer have got it, or a part.
    /// </summary>
    /// <param name="Connection">The connection; it may be gone.</param>
    /// <param name="Send">The message, its ack with it.</param>
    /// <param name="Reason">Why.</param>
    public sealed record SendFailed(IActorRef Connection, Send Send, SendFailure Reason) : IEvent;

    /// <summary>Why a message was not sent.</summary>
    public enum SendFailure
    {
        /// <summary>The queue was full, and it was sent with <see cref="WhenFull.Drop"/>.</summary>
        Dropped,

        /// <summary>The queue was full, and a later message of its key is sent instead.</summary>
        Replaced,

        /// <summary>The queue was full: it, or one behind it, did not fit, and the connection closes with 1013.</summary>
        QueueFull,

        /// <summary>The connection was on its way out when it came.</summary>
        Closing,

        /// <summary>The connection ended before the kernel took it, or was gone when it came; a client may yet have another.</summary>
        Closed,
    }

    /// <summary>The connection has ended. The last event, exactly one for each <see cref="Opened"/>.</summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="Code">What it was closed with; 1005 if the peer named no code, 1006 if the socket ended without a close frame.</param>
    /// <param name="Reason">Why, as the side that began it said; may be empty.</param>
    /// <param name="By">Who began it.</param>
    /// <param name="WasClean">Whether both sides sent their close frame (RFC 6455 §7.1.4).</param>
    /// <param name="Duration">Since <see cref="Opened"/>.</param>
    /// <param name="BytesReceived">Payload bytes of the messages that came.</param>
    /// <param name="BytesSent">Payload bytes of the messages that were taken for sending.</param>
    public sealed record Closed(
        IActorRef Connection,
        int Code,
        string Reason,
        Side By,
        bool WasClean,
        TimeSpan Duration,
        long BytesReceived,
        long BytesSent) : IEvent
    {
        /// <summary>Without the reason, which the peer wrote: a message that nobody handles reaches a log.</summary>
        public override string ToString() => $"{nameof(Closed)} {{ {Code}, by {By}, {(WasClean ? "clean" : "not clean")} }}";
    }

    // What a connection may be told.

    /// <summary>
    /// What becomes of a message when the connection's send queue is full. A message larger than the whole queue is taken when all messages
    /// before it have left. Immutable.
    /// </summary>
    public sealed record WhenFull
    {
        private WhenFull()
        {
        }

        /// <summary>
        /// Nothing may be missing: the connection closes with 1013, after a grace in which what is queued may still leave.
        /// </summary>
        public static WhenFull Close { get; } = new();

        /// <summary>The message is dropped, and the handler told by <see cref="Dropped"/>.</summary>
        public static WhenFull Drop { get; } = new() { IsDrop = true };

        internal bool IsDrop { get; private init; }

        internal string? Key { get; private init; }

        /// <summary>
        /// Only the latest value of a key matters: the message takes the place of the queued one of its key. Where that makes too little
        /// room, queued messages that a later one of their key follows go, too, of whatever key. If it still does not fit, because other
        /// messages fill the queue, it is as with <see cref="Close"/>. While the queue has room, every message leaves, in order. So the
        /// last message of each key always arrives, as long as the connection lives.
        /// </summary>
        /// <param name="key">What the message is a value of; compared as it is, within one connection.</param>
        public static WhenFull Conflate(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            return new() { Key = key };
        }
    }

    /// <summary>
    /// Sends one message. What does not fit the connection's send queue meets its <see cref="WhenFull"/>. May be told to any number of
    /// connections: it is encoded once.
    /// </summary>
    public sealed record Send : ICommand
    {
        private Send(MessageKind kind, ReadOnlyMemory<byte> payload) => (Kind, Payload) = (kind, payload);

        /// <summary>Text or binary.</summary>
        public MessageKind Kind { get; }

        /// <summary>The bytes that will leave; of a text, valid UTF-8.</summary>
        public ReadOnlyMemory<byte> Payload { get; }

        /// <summary>
        /// Whether it leaves compressed, where that was agreed on: null for those from <c>ws-actors.compression.threshold</c> on. False for
        /// a message that holds a secret beside what someone else wrote: its compressed length would tell of the secret.
        /// </summary>
        public bool? Compress { get; init; }

        /// <summary>What becomes of it when the connection's send queue is full; if nothing is said, the connection closes.</summary>
        public WhenFull WhenFull { get; init; } = WhenFull.Close;

        /// <summary>
        /// What its sender is told when the kernel took its last byte; null for nothing. Whoever asks is told either this, or
        /// <see cref="SendFailed"/>, once; only the loss of a node leaves it open. It says nothing of the peer, which may be gone.
        /// </summary>
        public object? Ack { get; init; }

        /// <summary>A text message. Lone surrogates become U+FFFD.</summary>
        public static Send Text(string text) => new(MessageKind.Text, Encoding.UTF8.GetBytes(text));

        /// <summary>A binary message. The bytes must not change from now on.</summary>
        public static Send Binary(ReadOnlyMemory<byte> payload) => new(MessageKind.Binary, payload);

        /// <summary>The message that came, to be sent as it is: no decoding, no copy.</summary>
        public static Send Same(Received message) => new(message.Kind, message.Payload);

        /// <summary>How much is sent, not what: a message that nobody takes reaches a log.</summary>
        public override string ToString() => $"{nameof(Send)} {{ {Kind}, {Payload.Length} bytes }}";
    }

    /// <summary>Sends a ping; <see cref="Ponged"/> comes back to the sender. A keep-alive ping needs no command: it is on by default.</summary>
    public sealed record Ping : ICommand
    {
        private Ping()
        {
        }

        /// <summary>The one instance.</summary>
        public static Ping Instance { get; } = new();
    }

    /// <summary>
    /// Asks for so many messages, or chunks, more than were asked for before: where <see cref="RouteOptions.Pull"/> says that the handler asks,
    /// it is told no others. What came whole before the peer's last frame is told in any case, before <see cref="Closed"/>. Elsewhere it
    /// changes nothing.
    /// </summary>
    public sealed record Demand : ICommand
    {
        /// <summary>Asks for some.</summary>
        /// <param name="messages">How many; at least 1.</param>
        /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
        public Demand(int messages)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(messages, 1);
            Messages = messages;
        }

        /// <summary>How many.</summary>
        public int Messages { get; }

        /// <summary>One message.</summary>
        public static Demand One { get; } = new(1);
    }

    /// <summary>Starts the close handshake, behind what is queued. A second one changes nothing.</summary>
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

        /// <summary>Without the reason: a message that nobody takes reaches a log.</summary>
        public override string ToString() => $"{nameof(Close)} {{ {Code} }}";

        private const int MaxReasonBytes = 123;
    }

    // What the manager may be told, and answers.

    /// <summary>Listens. Answered with <see cref="Bound"/> or <see cref="BindFailed"/>.</summary>
    /// <param name="Endpoint">Where: <c>ws://host:port</c>, the host an address, <c>localhost</c> or <c>*</c>; port 0 takes a free one.</param>
    /// <param name="Routes">Who serves what there.</param>
    public sealed record Bind(string Endpoint, RouteTable Routes)
    {
        /// <summary>Changes to the options that HOCON gives, for this endpoint alone.</summary>
        public Func<EndpointOptions, EndpointOptions> Configure { get; init; } = static options => options;

        /// <summary>
        /// The byte source: an actor that takes <c>Akka.IO.Tcp.Bind</c> and speaks Tcp's messages. Null asks for the one that
        /// <c>ws-actors.transport</c> names.
        /// </summary>
        public IActorRef? Source { get; init; }
    }

    /// <summary>The endpoint listens.</summary>
    /// <param name="Endpoint">As it was asked for.</param>
    /// <param name="LocalEndPoint">What it became: with port 0, the port that was free.</param>
    public sealed record Bound(string Endpoint, EndPoint LocalEndPoint);

    /// <summary>The endpoint does not listen.</summary>
    /// <param name="Endpoint">As it was asked for.</param>
    /// <param name="Reason">One sentence that names the cause and the cure.</param>
    public sealed record BindFailed(string Endpoint, string Reason);

    /// <summary>Closes the endpoint's connections with 1001, then stops listening. Answered with <see cref="Unbound"/>.</summary>
    /// <param name="LocalEndPoint">What <see cref="Bound"/> said.</param>
    public sealed record Unbind(EndPoint LocalEndPoint);

    /// <summary>Nothing listens there any more.</summary>
    /// <param name="LocalEndPoint">What <see cref="Unbind"/> named.</param>
    public sealed record Unbound(EndPoint LocalEndPoint);
}
