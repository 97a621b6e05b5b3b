using Akka.Actor;
using WsActors.Protocol.Handshake;
using WsActors.Protocol.Messages;

namespace WsActors.Routing;

/// <summary>What a route asks beyond its path.</summary>
public sealed record RouteOptions
{
    /// <summary>
    /// The subprotocols that the handler speaks, the preferred one first. With any, a client that offers none of them gets 400.
    /// </summary>
    public IReadOnlyList<string> Subprotocols { get; init; } = [];

    /// <summary>Decides on each request before it is upgraded; null lets everyone in whom the origin rule lets in.</summary>
    public Guard? Guard { get; init; }

    /// <summary>
    /// Whether the handler is told no more messages than it asked for by <see cref="Ws.Demand"/>. While it wants none, its connection is not
    /// read, so that TCP slows the sender. A handler that is a <see cref="WebSocketHandler"/> asks by itself, whatever stands here.
    /// </summary>
    public bool Pull { get; init; }

    /// <summary>
    /// Null: the handler is told whole messages. Otherwise <see cref="Ws.ReceivedChunk"/> of at most so many bytes, 16 at least, so that a
    /// message of any length passes in the memory of a chunk; then <c>message.max-size</c> and <c>.max-fragments</c> do not hold.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 16 bytes, or more than an array holds.</exception>
    public int? MaxChunkBytes
    {
        get;
        init
        {
            _ = new MessageLimits { MaxChunkBytes = value };
            field = value;
        }
    }

    /// <summary>
    /// Whether clients may have sessions here, which outlive their sockets: those that offer the subprotocol <c>wsactors.session.v1</c> beside the
    /// handler's own. The handler is then the session's, and lives as long as that; to others it is a connection's, as ever. Only with
    /// <see cref="RouteTable.Map"/>, and neither with <see cref="Pull"/> nor with <see cref="MaxChunkBytes"/>.
    /// </summary>
    public bool Sessions { get; init; }

    internal static RouteOptions None { get; } = new();
}

/// <summary>Answers a plain GET or HEAD request; what it throws is answered 500, and past <c>handshake.guard-timeout</c> the client gets 503.</summary>
public delegate Task<HttpResponse> HttpHandler(HttpRequest request, CancellationToken cancellation);

/// <summary>Who serves a path.</summary>
internal abstract record Route(RouteTemplate Template);

/// <summary>A path that serves WebSockets.</summary>
internal sealed record WebSocketRoute(RouteTemplate Template, HandlerSource Handler, RouteOptions Options) : Route(Template);

/// <summary>A path that answers plain HTTP.</summary>
internal sealed record HttpRoute(RouteTemplate Template, HttpHandler Answer) : Route(Template);

/// <summary>Where a connection's handler comes from.</summary>
internal abstract record HandlerSource
{
    /// <summary>The handler of one connection.</summary>
    /// <param name="request">What the connection asked for.</param>
    /// <param name="start">Starts a child of the connection.</param>
    public abstract IActorRef For(UpgradeRequest request, Func<Props, IActorRef> start);

    /// <summary>A new child of each connection.</summary>
    internal sealed record PerConnection(Func<UpgradeRequest, Props> Props) : HandlerSource
    {
        public override IActorRef For(UpgradeRequest request, Func<Props, IActorRef> start) => start(Props(request));
    }

    /// <summary>One actor that serves many connections and lives elsewhere.</summary>
    internal sealed record Shared(IActorRef Handler) : HandlerSource
    {
        public override IActorRef For(UpgradeRequest request, Func<Props, IActorRef> start) => Handler;
    }
}
