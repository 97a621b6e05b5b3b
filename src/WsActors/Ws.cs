using System.Net;
using System.Security.Claims;
using System.Text;
using System.Text.Json.Serialization;
using Akka.Actor;
using Akka.Event;
using Akka.Util;
using WsActors.Protocol;
using WsActors.Protocol.Handshake;
using WsActors.Protocol.Messages;
using WsActors.Routing;
using WsActors.Serialization;

namespace WsActors;

/// <summary>
/// The conversation with WebSockets, as <c>Akka.IO.Tcp</c> is the one with sockets. Every message is immutable and owns its bytes.
/// </summary>
public static partial class Ws
{
    /// <summary>
    /// What a handler is told. The connection is the <c>Sender</c>, and is also named in the message. A handler needs no case for an event
    /// that it does not want: only messages and failures are logged when nobody handles them.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public interface IEvent : ISurrogated
    {
        /// <summary>The connection it happened on: tell it <see cref="ICommand"/>s. The reference never reaches a later connection.</summary>
        IActorRef Connection { get; }

        ISurrogate ISurrogated.ToSurrogate(ActorSystem system) => EmbeddedMessage.From(this, system);
    }

    /// <summary>What anyone who has its reference may tell a connection.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public interface ICommand : ISurrogated
    {
        ISurrogate ISurrogated.ToSurrogate(ActorSystem system) => EmbeddedMessage.From(this, system);
    }

    /// <summary>A part of messages, and of yours if you like.</summary>
    internal interface IValue : IEmbedded;

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
    /// <param name="Request">
    /// What the client asked, with route values, headers, cookies and its address. Of a session: what began it, without the headers of
    /// the handshake itself, and without query, offered subprotocols and headers that do not fit
    /// <c>ws-actors.sessions.max-request-size</c>. A guard sees all; what the handler needs of it belongs into <paramref name="Items"/>.
    /// </param>
    /// <param name="Subprotocol">The one agreed on, or null (RFC 6455 §1.9).</param>
    /// <param name="Principal">Who it is, as the route's guard said; null without a guard.</param>
    /// <param name="Items">What else the route's guard had to say.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Opened(
        IActorRef Connection,
        UpgradeRequest Request,
        string? Subprotocol,
        ClaimsPrincipal? Principal,
        IReadOnlyDictionary<string, string> Items) : IEvent, IDeadLetterSuppression
    {
        /// <summary>
        /// Whether the handler failed and was made anew: it is told this again, before anything that waited in its mailbox or its stash. What
        /// it had demanded still counts. A handler with a mailbox of its own kind, that has no head to add to, is told it behind what waited.
        /// </summary>
        public bool IsRestart { get; init; }

        /// <summary>
        /// What the server answered, told to the handler of a client; null on a server, and where the handler lives on another node. Within a
        /// message of yours it crosses.
        /// </summary>
        public ResponseHead? Response { get; init; }

        /// <summary>
        /// The user, as presence, sessions, <see cref="Stats"/> and <see cref="ConnectionFilter"/> know it: the name identifier of
        /// <see cref="Principal"/>, else its claim <c>sub</c>, else its name; null for nobody in particular. The guard vouches for it: an identity need
        /// not say that it is authenticated.
        /// </summary>
        public string? User => UserIdentity.From(Principal);

        /// <summary>Where, not who: a message that nobody handles reaches a log.</summary>
        public override string ToString() => $"{nameof(Opened)} {{ {Request.Route} }}";
    }

    /// <summary>A whole message came.</summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="Kind">Text or binary.</param>
    /// <param name="Payload">Its bytes; of a text, valid UTF-8. They are the receiver's to keep.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Received(IActorRef Connection, MessageKind Kind, ReadOnlyMemory<byte> Payload) : IEvent
    {
        /// <summary>The payload decoded as UTF-8, anew at each call.</summary>
        public string Text => Encoding.UTF8.GetString(Payload.Span);

        /// <summary>How much came, not what: a message that nobody handles reaches a log.</summary>
        public override string ToString() => $"{nameof(Received)} {{ {Kind}, {Payload.Length} bytes }}";
    }

    /// <summary>A part of a message came; told where <see cref="WebSocketRouteOptions.MaxChunkBytes"/> asks for it, instead of <see cref="Received"/>.</summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="Kind">Text or binary.</param>
    /// <param name="Payload">Its bytes; of a text, whole characters in valid UTF-8. They are the receiver's to keep. Only the last may be empty.</param>
    /// <param name="IsLast">Whether the message ends here. What began and did not get so far ends with <see cref="Closed"/>.</param>
    [JsonConverter(typeof(WsJsonConverter))]
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
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Ponged(IActorRef Connection, TimeSpan RoundTrip) : IEvent, IDeadLetterSuppression;

    /// <summary>
    /// The node drains, and this connection will be closed: finish what you can, or close it yourself sooner. Told as the drain begins, so that
    /// there is at least <c>ws-actors.drain.lead</c> (unless that is off or skipped); to those that open during it, within a tick. Told
    /// again should the time come nearer.
    /// </summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="Deadline">When the close frame is sent, by the server's clock. What is told to be sent until then leaves before it.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Draining(IActorRef Connection, DateTimeOffset Deadline) : IEvent, IDeadLetterSuppression;

    /// <summary>The connection has ended. The last event, exactly one for each <see cref="Opened"/>.</summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="Code">What it was closed with; 1005 if the peer named no code, 1006 if the socket ended without a close frame.</param>
    /// <param name="Reason">Why, as the side that began it said; may be empty.</param>
    /// <param name="By">Who began it.</param>
    /// <param name="WasClean">Whether both sides sent their close frame (RFC 6455 §7.1.4).</param>
    /// <param name="Duration">Since <see cref="Opened"/>.</param>
    /// <param name="BytesReceived">Payload bytes of the messages that came.</param>
    /// <param name="BytesSent">Payload bytes of the messages that were taken for sending.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Closed(
        IActorRef Connection,
        int Code,
        string Reason,
        Side By,
        bool WasClean,
        TimeSpan Duration,
        long BytesReceived,
        long BytesSent) : IEvent, IDeadLetterSuppression
    {
        /// <summary>Without the reason, which the peer wrote: a message that nobody handles reaches a log.</summary>
        public override string ToString() => $"{nameof(Closed)} {{ {Code}, by {By}, {(WasClean ? "clean" : "not clean")} }}";
    }

    // What a connection may be told.

    /// <summary>Sends a ping; <see cref="Ponged"/> comes back to the sender. A keep-alive ping needs no command: it is on by default.</summary>
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
    /// Asks for so many messages, or chunks, more than were asked for before: where <see cref="WebSocketRouteOptions.Pull"/> says that the handler asks,
    /// it is told no others. What came whole before the peer's last frame is told in any case, before <see cref="Closed"/>. Elsewhere it
    /// changes nothing.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
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

        /// <summary>Without the reason: a message that nobody takes reaches a log.</summary>
        public override string ToString() => $"{nameof(Close)} {{ {Code} }}";

        private const int MaxReasonBytes = 123;
    }

    // What the manager may be told, and answers.

    /// <summary>Listens. Answered with <see cref="Bound"/> or <see cref="BindFailed"/>.</summary>
    /// <param name="Endpoint">
    /// Where: <c>ws://host:port</c>, the host an address, <c>localhost</c> (both loopback addresses) or <c>*</c>; port 0 takes a free one.
    /// With the transport <c>sockets</c> also
    /// <c>wss://host:port</c>, within TLS, and <c>ws+unix:///path.sock</c>.
    /// </param>
    /// <param name="Routes">Who serves what there.</param>
    /// <exception cref="ArgumentNullException">One of them, or <see cref="Configure"/>, is null.</exception>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Bind(string Endpoint, RouteTable Routes) : ILocalMessage
    {
        /// <inheritdoc cref="Bind" path="/param[@name='Endpoint']"/>
        public string Endpoint { get; init => field = NotNull(value); } = NotNull(Endpoint);

        /// <inheritdoc cref="Bind" path="/param[@name='Routes']"/>
        public RouteTable Routes { get; init => field = NotNull(value); } = NotNull(Routes);

        /// <summary>Changes to the options that HOCON gives, for this endpoint alone.</summary>
        public Func<EndpointOptions, EndpointOptions> Configure { get; init => field = NotNull(value); } = static options => options;

        /// <summary>
        /// The byte source: an actor that takes <c>Akka.IO.Tcp.Bind</c> and speaks Tcp's messages. Null asks for the one that
        /// <c>ws-actors.transport</c> names.
        /// </summary>
        public IActorRef? Source { get; init; }
    }

    /// <summary>The endpoint listens.</summary>
    /// <param name="Endpoint">As it was asked for.</param>
    /// <param name="LocalEndPoint">What it became: with port 0, the port that was free.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Bound(string Endpoint, EndPoint LocalEndPoint) : IOperation
    {
        /// <summary>
        /// All of them: of <c>localhost</c> both loopback addresses, with one port, <see cref="LocalEndPoint"/> first; else that alone. A
        /// machine without one of them has the other.
        /// </summary>
        public IReadOnlyList<EndPoint> LocalEndPoints { get => field ?? [LocalEndPoint]; init; }
    }

    /// <summary>The endpoint does not listen.</summary>
    /// <param name="Endpoint">As it was asked for.</param>
    /// <param name="Reason">One sentence that names the cause and the cure.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record BindFailed(string Endpoint, string Reason) : IOperation;

    /// <summary>Closes the endpoint's connections with 1001, then stops listening. Answered with <see cref="Unbound"/>.</summary>
    /// <param name="LocalEndPoint">What <see cref="Bound"/> said; of several either, and all of them are meant.</param>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Unbind(EndPoint LocalEndPoint) : IOperation
    {
        /// <inheritdoc cref="Unbind" path="/param[@name='LocalEndPoint']"/>
        public EndPoint LocalEndPoint { get; init => field = NotNull(value); } = NotNull(LocalEndPoint);
    }

    /// <summary>Nothing listens there any more.</summary>
    /// <param name="LocalEndPoint">What <see cref="Unbind"/> named.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Unbound(EndPoint LocalEndPoint) : IOperation;
}
