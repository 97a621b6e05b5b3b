using System.Net;
using System.Text.Json.Serialization;
using Akka.Actor;
using Akka.Event;
using WsActors.Protocol.Handshake;
using WsActors.Protocol.Messages;
using WsActors.Runtime;
using WsActors.Serialization;
using WsActors.Tracing;

namespace WsActors;

/// <content>The messages of clients.</content>
public static partial class Ws
{
    /// <summary>
    /// Connects to a server. Sent to <see cref="WebSocketExtension.Clients"/>. Answered once: with <see cref="Connected"/> when the
    /// WebSocket is open, or with <see cref="ConnectFailed"/>. The handler gets the same events as a server's handler.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Connect : ILocalMessage
    {
        /// <summary>A connection with an existing handler; when the handler stops, the connection closes with 1011.</summary>
        /// <param name="uri">See <see cref="Uri"/>.</param>
        /// <param name="handler">The actor that is told the connection's events.</param>
        public Connect(string uri, IActorRef handler)
        {
            ArgumentNullException.ThrowIfNull(uri);
            ArgumentNullException.ThrowIfNull(handler);
            (Uri, Handler) = (uri, handler);
            TraceContexts.Capture(this);
        }

        /// <summary>A connection with its own handler, a child: restarted when it fails, stopped when the connection ends.</summary>
        /// <param name="uri">See <see cref="Uri"/>.</param>
        /// <param name="handler">The handler's <c>Props</c>.</param>
        public Connect(string uri, Props handler)
        {
            ArgumentNullException.ThrowIfNull(uri);
            ArgumentNullException.ThrowIfNull(handler);
            (Uri, HandlerProps) = (uri, handler);
            TraceContexts.Capture(this);
        }

        /// <summary>
        /// The server: <c>ws://host[:port][/path][?query]</c>, the host a name or an address, the default port 80; <c>wss://</c> for TLS,
        /// the default port 443; <c>ws+unix:///path.sock:/path</c> for a Unix socket. No user information and no fragment (RFC 6455 §3).
        /// </summary>
        public string Uri { get; }

        /// <summary>The subprotocols to offer, the preferred one first; may be empty (RFC 6455 §1.9).</summary>
        /// <exception cref="ArgumentNullException">It is null, or one of them is.</exception>
        public IReadOnlyList<string> Subprotocols { get; init => field = NoneNull(value); } = [];

        /// <summary>Further headers of the request, such as <c>Authorization</c>. The handshake's own headers cannot be set here.</summary>
        /// <exception cref="ArgumentNullException">It is null.</exception>
        public HttpHeaders Headers { get; init => field = NotNull(value); } = HttpHeaders.Empty;

        /// <summary>
        /// Gets the credentials of an attempt, such as a token that expires; null without any. Called before each attempt, on the
        /// thread pool. If it fails, or takes longer than <c>handshake.timeout</c>, the attempt has failed: a client that reconnects
        /// tries again after its delay. With it, status 401 is not final.
        /// </summary>
        public Func<CancellationToken, Task<Credentials>>? GetCredentials { get; init; }

        /// <summary>
        /// The name in metrics, logs and <see cref="Stats"/>, in place of a route. Connections of one purpose share a name: an address
        /// would make a metric series for each.
        /// </summary>
        /// <exception cref="ArgumentNullException">It is null.</exception>
        public string Name { get; init => field = NotNull(value); } = "client";

        /// <summary>
        /// Whether the handler gets no more messages than its <see cref="Demand"/>; without demand, TCP slows the server. A
        /// <see cref="WebSocketHandler"/> that is a child demands by itself in any case.
        /// </summary>
        public bool Pull { get; init; }

        /// <inheritdoc cref="Routing.WebSocketRouteOptions.MaxChunkBytes"/>
        public int? MaxChunkBytes
        {
            get;
            init
            {
                _ = new MessageLimits { MaxChunkBytes = value };
                field = value;
            }
        }

        /// <summary>Changes to the options that HOCON gives, for this connection alone.</summary>
        /// <exception cref="ArgumentNullException">It is null.</exception>
        public Func<ClientOptions, ClientOptions> Configure { get; init => field = NotNull(value); } = static options => options;

        /// <summary>
        /// The byte source: an actor that takes <c>Akka.IO.Tcp.Connect</c> and speaks Tcp's messages; it gets names unresolved. Null uses
        /// the source that <c>ws-actors.transport</c> names, and tries all addresses of a name by RFC 8305.
        /// </summary>
        public IActorRef? Source { get; init; }

        /// <summary>Resolves a name, for tests with names of their own; null uses the system's resolver.</summary>
        internal Func<string, CancellationToken, Task<IPAddress[]>>? LookUp { get; init; }

        /// <summary>The existing handler; null when the handler is a child.</summary>
        internal IActorRef? Handler { get; }

        /// <summary>The <c>Props</c> of a child; null when the handler exists.</summary>
        internal Props? HandlerProps { get; }

        /// <summary>The URI without the query and headers: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Connect)} {{ {UriText.WithoutSecrets(Uri)} }}";
    }

    /// <summary>The credentials of one connection attempt: what <see cref="Connect.GetCredentials"/> adds to its request.</summary>
    public sealed record Credentials
    {
        /// <summary>Headers, such as <c>Authorization</c>. They replace those of the same name in <see cref="Connect.Headers"/>.</summary>
        /// <exception cref="ArgumentNullException">It is null.</exception>
        public HttpHeaders Headers { get; init => field = NotNull(value); } = HttpHeaders.Empty;

        /// <summary>Subprotocols to offer behind those of <see cref="Connect.Subprotocols"/>; each is named once.</summary>
        /// <exception cref="ArgumentNullException">It is null, or one of them is.</exception>
        public IReadOnlyList<string> Subprotocols { get; init => field = NoneNull(value); } = [];

        /// <summary>Without the secrets.</summary>
        public override string ToString() => nameof(Credentials);
    }

    /// <summary>The WebSocket is open, and its handler was told <see cref="Opened"/>.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Connected : IOperation
    {
        /// <summary>The URI of the request.</summary>
        public required string Uri { get; init; }

        /// <summary>The connection, which takes <see cref="ICommand"/>s. The reference stays the same if a client reconnects.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>Without the query: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Connected)} {{ {UriText.WithoutSecrets(Uri)} }}";
    }

    /// <summary>
    /// No WebSocket opened. Sent to the sender of <see cref="Connect"/>, and to the handler when a client that had been open stops
    /// reconnecting.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record ConnectFailed : IOperation
    {
        /// <summary>The URI of the request.</summary>
        public required string Uri { get; init; }

        /// <summary>One sentence with the cause and a remedy. It never quotes the server.</summary>
        public required string Reason { get; init; }

        /// <summary>The HTTP status of the server's response; null without one.</summary>
        public int? Status { get; init; }

        /// <summary>Whether the same request would fail again: a client then stops reconnecting.</summary>
        public bool IsFinal { get; init; }

        /// <summary>The server's <c>Retry-After</c> delay (RFC 9110 §10.2.3); null without one.</summary>
        public TimeSpan? RetryAfter { get; init; }

        /// <summary>Without the query: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(ConnectFailed)} {{ {UriText.WithoutSecrets(Uri)}, {Reason} }}";
    }

    /// <summary>
    /// A client that reconnects has no connection, and tries again after the delay. Sends fail until the next <see cref="Opened"/>.
    /// <see cref="Close"/> stops it.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Reconnecting : IEvent, IDeadLetterSuppression
    {
        /// <summary>The client: the same reference from the first connection to the last.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>The attempt number, starting at 1; 1 again after a connection that lasted.</summary>
        public required int Attempt { get; init; }

        /// <summary>The time until the attempt, from now.</summary>
        public required TimeSpan Delay { get; init; }

        /// <summary>One sentence: the cause that ended the last connection, or kept it from opening. It never quotes the server.</summary>
        public required string Reason { get; init; }
    }
}
