using Akka.Actor;
using WsActors.Protocol.Handshake;
using WsActors.Protocol.Messages;

namespace WsActors.Routing;

/// <summary>The options of a route beside its path.</summary>
public sealed record WebSocketRouteOptions
{
    /// <summary>
    /// The subprotocols that the handler supports, in order of preference. If there are any, a client that offers none of them gets 400.
    /// </summary>
    public IReadOnlyList<string> Subprotocols { get; init; } = [];

    /// <summary>Decides on each request before the upgrade. Null accepts every request that the origin policy allows.</summary>
    public Guard? Guard { get; init; }

    /// <summary>
    /// Whether the handler gets only as many messages as it requested with <see cref="Ws.Demand"/>. Without demand its connection is not
    /// read, so that TCP slows the sender. For a shared handler that stashes, this bounds the stash. A <see cref="WebSocketHandler"/>
    /// always works by demand, whatever this value is.
    /// </summary>
    public bool Pull { get; init; }

    /// <summary>
    /// Null: the handler gets whole messages. Otherwise it gets <see cref="Ws.ReceivedChunk"/> of at most this many bytes (16 or more), so
    /// that a message of any length takes the memory of one chunk; <c>message.max-size</c> and <c>.max-fragments</c> do not apply then.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 16 or more than <see cref="Array.MaxLength"/>.</exception>
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
    /// Whether clients may have sessions, which outlive their sockets. A client asks for one by offering the subprotocol
    /// <c>wsactors.session.v3</c>, <c>.v2</c> or <c>.v1</c> beside the handler's own. The handler then belongs to the session and lives
    /// as long as it. For other clients the handler belongs to the connection. Only with
    /// <see cref="RouteTable.Map(string, Func{UpgradeRequest, Props}, WebSocketRouteOptions?)"/>; excludes <see cref="Pull"/> and
    /// <see cref="MaxChunkBytes"/>. A session keeps a bounded part of its request (<c>ws-actors.sessions.max-request-size</c>), see
    /// <see cref="Ws.Opened"/>.
    /// </summary>
    public bool Sessions { get; init; }

    /// <summary>
    /// Whether the handlers run on the thread that reads the socket, like code on an event loop. This saves two hops to the thread pool for
    /// each message. The handlers must never block: all other sockets of that thread wait meanwhile, and a handler that never returns stops
    /// them for good. A handler that takes over 5 ms is counted (<c>wsactors.slow_inline_runs</c>) and logged as a warning that names the
    /// route. Only with the <c>sockets</c> transport: with other transports handlers run on the thread pool, as does a handler whose Props
    /// name a dispatcher or a mailbox. Excludes <see cref="RouteTable.MapShared"/> and <see cref="Sessions"/>.
    /// </summary>
    public bool Inline { get; init; }

    /// <summary>
    /// Connections of this route that are taken when <c>connections.max</c> or <c>.max-per-address</c> is reached: an operator's page opens
    /// while clients have all other places. Routes share these places: the largest number counts. An endpoint with such a route accepts as
    /// many sockets beyond <c>max-handshakes</c>, <c>max-handshakes-per-address</c> and the descriptors for sockets; they come out of
    /// <c>reserved-descriptors</c>. As many of its handshakes are not evicted for sockets of other endpoints while descriptors are short. 0
    /// by default, at most 1,000.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or more than 1,000.</exception>
    public int ReservedConnections
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxReservedConnections);
            field = value;
        }
    }

    /// <summary>A reserve is for operators.</summary>
    private const int MaxReservedConnections = 1000;

    internal static WebSocketRouteOptions None { get; } = new();
}

/// <summary>
/// Answers a plain GET or HEAD request. An exception is answered with 500. After <c>guard.timeout</c> the client gets 503.
/// </summary>
public delegate Task<PlainResponse> HttpHandler(RequestHead request, CancellationToken cancellation);

/// <summary>The handler of a path.</summary>
internal abstract record Route(RouteTemplate Template)
{
    /// <summary>Awaits user code.</summary>
    /// <param name="who">The name of the code in the log, such as "the guard".</param>
    /// <param name="cure">The valid results, for the log.</param>
    /// <param name="code">The code.</param>
    /// <exception cref="RouteCodeException">The code threw, returned null, or returned a task of null.</exception>
    protected static async Task<T> RunAsync<T>(string who, string cure, Func<Task<T>?> code)
        where T : class
    {
        try
        {
            // The continuation runs user code as well, so it stays on the scheduler of route code.
            var task = code() ?? throw new RouteCodeException(who, $"returned null instead of a task; return {cure}");
            return await task.ConfigureAwait(true) ?? throw new RouteCodeException(who, $"returned a task of null; return {cure}");
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

    /// <summary>Whether user code takes part in an upgrade: a guard, or a delegate that creates the handler's <c>Props</c>.</summary>
    /// <param name="isSession">Whether the connection has a session. The session then creates the handler, outside the upgrade.</param>
    public bool HasCode(bool isSession) => Options.Guard is not null || (!isSession && Handler is HandlerSource.PerRequest);

    /// <summary>Asks the guard, and if it accepts, creates the handler's <c>Props</c>.</summary>
    /// <param name="upgrade">The upgrade that is asked for.</param>
    /// <param name="cancellation">Cancelled when the connection no longer waits for the decision.</param>
    /// <exception cref="RouteCodeException">The guard or the delegate failed.</exception>
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
            throw new RouteCodeException(
                Guard,
                "accepted with a subprotocol that the client did not offer; choose one of the request's Subprotocols, or none");
        }

        cancellation.ThrowIfCancellationRequested();
        return new UpgradeDecision(decision, PropsFor(upgrade));
    }

    /// <summary>The <c>Props</c> of the connection's own handler; null without one.</summary>
    /// <exception cref="RouteCodeException">The delegate that creates them failed.</exception>
    public Props? PropsFor(Verdict.Upgrade upgrade) => upgrade.IsSession ? null : Handler.PropsFor(upgrade.Request);
}

/// <summary>The decision on a request for an upgrade.</summary>
/// <param name="Decision">The guard's.</param>
/// <param name="Handler">The <c>Props</c> of the connection's own handler; null without one.</param>
internal sealed record UpgradeDecision(GuardDecision Decision, Props? Handler);

/// <summary>A path that answers plain HTTP.</summary>
/// <param name="Template">The path.</param>
/// <param name="Fixed">The fixed response; null with a delegate.</param>
/// <param name="Handler">The delegate; null with a fixed response.</param>
internal sealed record HttpRoute(RouteTemplate Template, PlainResponse? Fixed, HttpHandler? Handler) : Route(Template)
{
    /// <summary>Asks the delegate for the response.</summary>
    /// <exception cref="RouteCodeException">The delegate failed.</exception>
    public Task<PlainResponse> AnswerAsync(RequestHead http, CancellationToken cancellation) =>
        RunAsync("the HTTP delegate", "a PlainResponse, in a Task.FromResult where nothing is awaited", () => Handler!(http, cancellation));
}

/// <summary>The source of a connection's handler.</summary>
internal abstract record HandlerSource
{
    /// <summary>The <c>Props</c> of the handler of one connection or session; null for a shared handler.</summary>
    /// <exception cref="RouteCodeException">The delegate that creates them failed.</exception>
    public virtual Props? PropsFor(UpgradeRequest request) => null;

    /// <summary>A new child actor for each connection, all from the same <c>Props</c>.</summary>
    internal sealed record Fixed(Props Props) : HandlerSource
    {
        public override Props PropsFor(UpgradeRequest request) => Props;
    }

    /// <summary>A new child actor for each connection, from <c>Props</c> that a delegate of the user creates.</summary>
    internal sealed record PerRequest(Func<UpgradeRequest, Props?> Props) : HandlerSource
    {
        public override Props PropsFor(UpgradeRequest request)
        {
            const string Delegate = "the delegate that makes the handler's Props";
            try
            {
                return Props(request)
                    ?? throw new RouteCodeException(Delegate, "returned null; return Props, such as Props.Create<MyHandler>()");
            }
            catch (Exception e) when (e is not RouteCodeException and not OutOfMemoryException)
            {
                throw new RouteCodeException(Delegate, null, e);
            }
        }
    }

    /// <summary>One actor of the user that serves many connections.</summary>
    internal sealed record Shared(IActorRef Handler) : HandlerSource;
}
