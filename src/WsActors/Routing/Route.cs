using Akka.Actor;
using WsActors.Protocol.Handshake;
using WsActors.Protocol.Messages;

namespace WsActors.Routing;

/// <summary>The options of a route beside its path.</summary>
public sealed record WebSocketRouteOptions
{
    /// <summary>
    /// The subprotocols that the handler speaks, the preferred one first. With any, a client that offers none of them gets 400.
    /// </summary>
    public IReadOnlyList<string> Subprotocols { get; init; } = [];

    /// <summary>Decides on each request before it is upgraded; null lets everyone in whom the origin rule lets in.</summary>
    public Guard? Guard { get; init; }

    /// <summary>
    /// Whether the handler is told no more messages than it asked for by <see cref="Ws.Demand"/>. While it wants none, its connection is not
    /// read, so that TCP slows the sender. For a shared handler that stashes it is what bounds the stash. A handler that is a <see cref="WebSocketHandler"/> asks by itself, whatever stands here.
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
    /// Whether clients may have sessions here, which outlive their sockets: those that offer the subprotocol <c>wsactors.session.v2</c> or
    /// <c>wsactors.session.v1</c> beside the handler's own. The handler is then the session's, and lives as long as that; to others it is a connection's, as ever. Only with
    /// <see cref="RouteTable.Map(string, Func{UpgradeRequest, Props}, WebSocketRouteOptions?)"/>, and neither with <see cref="Pull"/> nor with
    /// <see cref="MaxChunkBytes"/>. What a session keeps of its request is bounded (<c>ws-actors.sessions.max-request-size</c>): see
    /// <see cref="Ws.Opened"/>.
    /// </summary>
    public bool Sessions { get; init; }

    /// <summary>
    /// Whether the handlers never wait, and run on the thread that reads the socket, as code on any event loop does: that saves a message two hops to
    /// the thread pool. All other sockets of that thread wait meanwhile, and a handler that never returns ends service on them; one that takes over
    /// 5 ms is told of in a warning that names the route, and counted (<c>wsactors.inline.slow</c>). With the <c>sockets</c> transport; with others
    /// handlers run on the pool all the same, as does a handler whose Props name a dispatcher or a mailbox. Not with
    /// <see cref="RouteTable.MapShared"/>, and not with <see cref="Sessions"/>.
    /// </summary>
    public bool Inline { get; init; }

    internal static WebSocketRouteOptions None { get; } = new();
}

/// <summary>Answers a plain GET or HEAD request; what it throws is answered 500, and past <c>handshake.guard-timeout</c> the client gets 503.</summary>
public delegate Task<PlainResponse> HttpHandler(RequestHead request, CancellationToken cancellation);

/// <summary>The handler of a path.</summary>
internal abstract record Route(RouteTemplate Template)
{
    /// <summary>Awaits code of the user's, which may throw, and may return null in two places.</summary>
    /// <param name="who">Whose failure it is.</param>
    /// <param name="cure">What to return.</param>
    /// <param name="code">The code.</param>
    /// <exception cref="RouteCodeException">It did any of these.</exception>
    protected static async Task<T> RunAsync<T>(string who, string cure, Func<Task<T>?> code)
        where T : class
    {
        try
        {
            // What comes next is code of the user's, too, and stays where it runs.
            return await (code() ?? throw new RouteCodeException(who, $"returned null instead of a task; return {cure}")).ConfigureAwait(true)
                ?? throw new RouteCodeException(who, $"returned a task of null; return {cure}");
        }
        catch (Exception e) when (e is not RouteCodeException and not OutOfMemoryException)
        {
            throw new RouteCodeException(who, null, e);
        }
    }
}

/// <summary>A path that serves WebSockets.</summary>
internal sealed record WebSocketRoute(RouteTemplate Template, HandlerSource Handler, WebSocketRouteOptions Options) : Route(Template)
{
    private const string Guard = "the guard";

    /// <summary>Whether it has code of its own that decides on an upgrade.</summary>
    /// <param name="isSession">Whether the handler is a session's, who makes it.</param>
    public bool HasCode(bool isSession) => Options.Guard is not null || (!isSession && Handler is HandlerSource.PerRequest);

    /// <summary>Has the guard decide, and if it accepts, the handler's Props made.</summary>
    /// <param name="upgrade">What is asked for.</param>
    /// <param name="cancellation">Comes when nobody waits any more.</param>
    /// <exception cref="RouteCodeException">Either failed.</exception>
    public async Task<UpgradeDecision> DecideAsync(Verdict.Upgrade upgrade, CancellationToken cancellation)
    {
        const string Cure = "GuardDecision.Accept(), Reject(…) or AcceptAndClose(…), in a Task.FromResult where nothing is awaited";
        var decision = Options.Guard is { } guard
            ? await RunAsync(Guard, Cure, () => guard(upgrade.Request, cancellation)).ConfigureAwait(true)
            : GuardDecision.Unguarded;
        if (decision is not GuardDecision.Accepted accepted)
        {
            return new UpgradeDecision(decision, null);
        }

        if (accepted.Subprotocol is { } chosen && !upgrade.Offer.Subprotocols.Contains(chosen, StringComparer.Ordinal))
        {
            throw new RouteCodeException(Guard, "accepted with a subprotocol that the client did not offer; choose one of the request's Subprotocols, or none");
        }

        cancellation.ThrowIfCancellationRequested();
        return new UpgradeDecision(decision, PropsFor(upgrade));
    }

    /// <summary>The <c>Props</c> of the connection's own handler; null without one.</summary>
    /// <exception cref="RouteCodeException">The delegate that says so failed.</exception>
    public Props? PropsFor(Verdict.Upgrade upgrade) => upgrade.IsSession ? null : Handler.PropsFor(upgrade.Request);
}

/// <summary>The decision on a request for an upgrade.</summary>
/// <param name="Decision">The guard's.</param>
/// <param name="Handler">The <c>Props</c> of the connection's own handler; null without one.</param>
internal sealed record UpgradeDecision(GuardDecision Decision, Props? Handler);

/// <summary>A path that answers plain HTTP.</summary>
/// <param name="Template">The path.</param>
/// <param name="Fixed">What it always answers; null where a delegate says.</param>
/// <param name="Handler">The delegate; null where it always answers the same.</param>
internal sealed record HttpRoute(RouteTemplate Template, PlainResponse? Fixed, HttpHandler? Handler) : Route(Template)
{
    /// <summary>Has the delegate answer.</summary>
    /// <exception cref="RouteCodeException">It failed.</exception>
    public Task<PlainResponse> AnswerAsync(RequestHead http, CancellationToken cancellation) =>
        RunAsync("the HTTP delegate", "a PlainResponse, in a Task.FromResult where nothing is awaited", () => Handler!(http, cancellation));
}

/// <summary>The source of a connection's handler.</summary>
internal abstract record HandlerSource
{
    /// <summary>The <c>Props</c> of the handler of one connection or session; null for a shared handler.</summary>
    /// <exception cref="RouteCodeException">The delegate that says so failed.</exception>
    public virtual Props? PropsFor(UpgradeRequest request) => null;

    /// <summary>A new child of each connection, all made alike.</summary>
    internal sealed record Fixed(Props Props) : HandlerSource
    {
        public override Props PropsFor(UpgradeRequest request) => Props;
    }

    /// <summary>A new child of each connection, made as a delegate says: code of the user's, which may do what it likes.</summary>
    internal sealed record PerRequest(Func<UpgradeRequest, Props?> Props) : HandlerSource
    {
        public override Props PropsFor(UpgradeRequest request)
        {
            const string Delegate = "the delegate that makes the handler's Props";
            try
            {
                return Props(request) ?? throw new RouteCodeException(Delegate, "returned null; return Props, such as Props.Create<MyHandler>()");
            }
            catch (Exception e) when (e is not RouteCodeException and not OutOfMemoryException)
            {
                throw new RouteCodeException(Delegate, null, e);
            }
        }
    }

    /// <summary>One actor that serves many connections and lives elsewhere.</summary>
    internal sealed record Shared(IActorRef Handler) : HandlerSource;
}
