using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using WsActors.Client;
using WsActors.Connection;
using WsActors.Dispatch;
using WsActors.Hosted;
using WsActors.Manager;
using WsActors.Messages;
using WsActors.Metrics;
using WsActors.Operations;
using WsActors.Routing;
using WsActors.Runtime;
using WsActors.Serialization;
using WsActors.Sessions;
using WsActors.Settings;
using WsActors.Taps;
using WsActors.Topics;
using WsActors.Transport;
using WsActors.Transport.Polling;
using WsActors.Transport.Sockets;

namespace WsActors;

/// <summary>The WebSockets of an actor system, as <c>TcpExt</c> is its TCP. One per system; any thread may use it.</summary>
public sealed class WebSocketExtension : IExtension
{
    private static readonly TimeSpan ClusterCheckDelay = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait for the manager's answer to a bind: the manager may be restarting.</summary>
    private static readonly TimeSpan BindTimeout = TimeSpan.FromSeconds(30);

    private readonly BufferPool _bufferPool = new();

    private readonly BoundEndpoints _bound = new();

    private readonly SocketRegistry _sockets;

    private readonly EndpointContext.SystemContext _systemContext;

    private readonly IActorRef _deadLetterSends;

    /// <summary>Completes when the clients' actor stops: somebody stopped it, or the system ends.</summary>
    private readonly Task _clientsStopped;

    internal WebSocketExtension(ExtendedActorSystem system)
    {
        SocketLimit.Require(FileDescriptors.Read());
        FirstUse.Prepare();
        system.Settings.InjectTopLevelFallback(DefaultConfig);
        ConfigKeyValidator.Check(system.Settings.Config);
        InlineDispatcher.AddTo(system);
        HandlerDispatcher.AddTo(system);
        WsSerializer.AddTo(system);
        PresenceSerializer.AddTo(system);
        var setup = system.Settings.Setup.Get<WebSocketSetup>() is { HasValue: true, Value: var given } ? given : new WebSocketSetup();
        var settings = ManagerSettings.FromConfig(system.Settings.Config);
        var log = Logging.GetLogger(system, "WsActors");
        settings = SocketLimit.LowerToLimit(settings with { Endpoint = setup.Configure(settings.Endpoint) }, log);
        var clock = new Clock(setup.Time, settings.Tick);
        var failures = new FailureLog(log, clock);
        var publishing = new PublishBacklogs(settings.Topics.MaxQueuedBytes, clock, log);
        var topics = system.SystemActorOf(TopicsActor.PropsFor(settings.Topics, publishing), "websocket-topics");
        Topics = new TopicsRef((IInternalActorRef)topics, publishing);
        Presence = system.SystemActorOf(PresenceActor.PropsFor(Topics), "websocket-presence");
        var webSocketMetrics = new WebSocketMetrics(system, clock);
        webSocketMetrics.Observe(publishing);
        SessionHost = new SessionHost(settings.Sessions, settings.Topics, clock, log, failures, Topics, webSocketMetrics);
        Sessions = SessionHost.Home = system.SystemActorOf(SessionsActor.PropsFor(SessionHost, settings.Tick), "websocket-sessions");
        _sockets = new SocketRegistry(system.Provider, _bufferPool, failures) { DescriptorsEnd = settings.DescriptorsEnd };
        Sources = new ByteSources(system, _sockets);
        Source = Sources.Named(settings.Transport);
        var jitter = new Jitter(setup.Random);
        _systemContext = new EndpointContext.SystemContext(clock, _bufferPool, webSocketMetrics, log, settings.RetryAfter, jitter)
        {
            Sources = Sources,
            Source = Source,
            Topics = Topics,
            Publishing = publishing,
            Sessions = SessionHost,
            Failures = failures,
            Scans = new Scans(system, "websockets-scans"),
        };
        var client = setup.ConfigureClients(ClientOptions.FromConfig(system.Settings.Config));
        var listening = setup.Source?.Invoke(system) ?? Source;
        Operations = system.SystemActorOf(ClusterOperationsActor.PropsFor(clock), "websockets-operations");
        var taps = system.SystemActorOf(TapsActor.PropsFor(settings.AllowTap, clock), "websockets-taps");
        Manager = system.SystemActorOf(
            ManagerActor.PropsFor(settings, _systemContext, listening, Operations, taps, _bound), ClusterNodes.ManagerName);
        Clients = system.SystemActorOf(ClientsActor.PropsFor(client, settings.Tick, _systemContext), "websocket-clients");
        _clientsStopped = Clients.WatchAsync();
        _deadLetterSends = system.SystemActorOf(DeadLetterActor.PropsFor(Manager, Clients, Sessions), "websockets-late-sends");
        system.EventStream.Subscribe<DeadLetter>(_deadLetterSends);
        var watchdogTimer = system.Scheduler.Advanced.ScheduleRepeatedlyCancelable(settings.Tick, settings.Tick, _sockets.CheckLongRun);
        system.RegisterOnTermination(watchdogTimer.Cancel);
        MonitorThreadPool(system, settings.MaxAddedThreads, clock, log, webSocketMetrics);
        system.RegisterOnTermination(webSocketMetrics.Dispose);
        system.RegisterOnTermination(_sockets.Stop);
        LogManagerStop(system, log);
        WarnUnlessClustered(system, log);
        ShutdownTasks.Add(CoordinatedShutdown.Get(system), this, settings, log);
    }

    /// <summary>
    /// The keys of <c>ws-actors</c> with their defaults, as in <c>hocon/ws-actors.conf</c>, and the time that a shutdown leaves for a
    /// drain. That time has to be in the configuration of the system itself, if Akka's <c>CoordinatedShutdown</c> is used before the
    /// extension starts.
    /// </summary>
    public static Config DefaultConfig { get; } = ReferenceConfig.Value;

    /// <summary>
    /// Takes <see cref="Ws.Bind"/>, <see cref="Ws.Unbind"/>, <see cref="Ws.GetHealth"/>, <see cref="Ws.GetStats"/>,
    /// <see cref="Ws.ListConnections"/>, <see cref="Ws.Kick"/> and <see cref="Ws.Drain"/>; and for all nodes
    /// <see cref="Ws.GetClusterStats"/>, <see cref="Ws.ListClusterConnections"/>, <see cref="Ws.ListTopics"/>,
    /// <see cref="Ws.ListSessions"/>, <see cref="Ws.KickInCluster"/>, <see cref="Ws.SendToUser"/>, <see cref="Ws.Tap"/> and
    /// <see cref="Ws.EndTap"/>.
    /// </summary>
    public IActorRef Manager { get; }

    /// <summary>
    /// The endpoints that listen now, in the order of their binds. An endpoint is listed before its bind is answered, so those of
    /// <c>WithWebSockets</c> are listed once the host has started. Those of <see cref="HostAsync"/> do not listen themselves.
    /// </summary>
    public IReadOnlyList<Ws.Bound> BoundEndpoints => _bound.All;

    /// <summary>Takes <see cref="Ws.Connect"/>.</summary>
    public IActorRef Clients { get; }

    /// <summary>Takes <see cref="Ws.Publish"/>. The topics of this node; in a cluster it relays to the other nodes.</summary>
    public IActorRef Topics { get; }

    /// <summary>
    /// Takes <see cref="WsActors.Presence.ListMembers"/>, <see cref="WsActors.Presence.Watch"/> and
    /// <see cref="WsActors.Presence.Unwatch"/>. In a cluster it knows the members on all nodes.
    /// </summary>
    public IActorRef Presence { get; }

    /// <summary>Takes <see cref="Ws.Deliver"/>, and forwards it to the session: on this node, or in a cluster on any node.</summary>
    public IActorRef Sessions { get; }

    /// <summary>Whether topics, presence and sessions reach the other nodes of a cluster.</summary>
    internal bool IsClustered { get; set; }

    /// <summary>Asks the managers of all nodes.</summary>
    internal IActorRef Operations { get; }

    /// <summary>Messages published on this node that members have not taken.</summary>
    internal PublishBacklogs Publishing => _systemContext.Publishing;

    /// <summary>The log of failures of user code that peers can cause.</summary>
    internal FailureLog Failures => _systemContext.Failures;

    /// <summary>The state shared by the sessions of this node.</summary>
    internal SessionHost SessionHost { get; }

    /// <summary>Rented buffers: none while nothing waits to be sent.</summary>
    internal int RentedBuffers => _bufferPool.Rented;

    /// <summary>The default byte source.</summary>
    internal IActorRef Source { get; }

    /// <summary>All byte sources of the system.</summary>
    internal ByteSources Sources { get; }

    /// <summary>Open sockets of the <c>sockets</c> source.</summary>
    internal int OpenSockets => _sockets.Count;

    /// <summary>Listens. Bounded: the manager answers, or the bind fails after 30 s.</summary>
    /// <param name="endpoint">
    /// The address, such as <c>ws://0.0.0.0:8080</c>; with the transport <c>sockets</c> also <c>wss://</c> and <c>ws+unix:///path.sock</c>.
    /// </param>
    /// <param name="routes">The routes of the endpoint.</param>
    /// <param name="configure">Changes to the options that HOCON gives, for this endpoint alone.</param>
    /// <param name="cancellation">Cancels the bind: an address that is bound meanwhile is unbound again.</param>
    /// <exception cref="BindFailedException">The bind failed; the message names the cause and the cure.</exception>
    /// <exception cref="OperationCanceledException">The bind was cancelled.</exception>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The overloads differ in their first parameter.")]
    public Task<Ws.Bound> BindAsync(
        string endpoint,
        RouteTable routes,
        Func<EndpointOptions, EndpointOptions>? configure = null,
        CancellationToken cancellation = default)
    {
        var bind = new Ws.Bind(endpoint, routes);
        return BindAsync(configure is null ? bind : bind with { Configure = configure }, cancellation);
    }

    /// <param name="bind">The address, the routes, and all else that can be asked for.</param>
    /// <param name="cancellation">Cancels the bind: an address that is bound meanwhile is unbound again.</param>
    /// <inheritdoc cref="BindAsync(string, RouteTable, Func{EndpointOptions, EndpointOptions}?, CancellationToken)"/>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The overloads differ in their first parameter.")]
    public async Task<Ws.Bound> BindAsync(Ws.Bind bind, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(bind);
        cancellation.ThrowIfCancellationRequested();
        var answer = Manager.Ask<object>(bind, Timeout.InfiniteTimeSpan, CancellationToken.None);
        try
        {
            return await answer.WaitAsync(BindTimeout, cancellation).ConfigureAwait(false) switch
            {
                Ws.Bound bound => bound,
                Ws.BindFailed failed => throw new BindFailedException(failed.Reason),
                var other => throw new InvalidOperationException($"The manager answered {other}."),
            };
        }
        catch (OperationCanceledException)
        {
            UnbindWhenBound(answer);
            throw;
        }
        catch (TimeoutException)
        {
            UnbindWhenBound(answer);
            throw new BindFailedException(
                $"{bind.Endpoint} cannot be listened on: the manager of the WebSockets did not answer within {BindTimeout.TotalSeconds} s; "
                + "the log says why.");
        }
    }

    /// <summary>
    /// Serves routes over the HTTP server of a host, such as ASP.NET Core's, which hands over its requests for upgrades. Bounded: the
    /// manager answers, or the call fails after 30 s. The endpoint ends with the actor system.
    /// </summary>
    /// <param name="name">The name for logs and statistics; the server's address, such as <c>http://[::]:80</c>, for metrics, too.</param>
    /// <param name="routes">The routes, from <see cref="RouteTable.EmptyForHost"/>.</param>
    /// <param name="configure">Changes to the options that HOCON gives, for this endpoint alone.</param>
    /// <param name="advice">The cures that a refusal for its origin names; null for the settings of WsActors.</param>
    /// <exception cref="BindFailedException">An option is not usable; the message names the cause and the cure.</exception>
    public async Task<HostedEndpoint> HostAsync(
        string name, RouteTable routes, Func<EndpointOptions, EndpointOptions>? configure = null, OriginAdvice? advice = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(routes);
        var host = new HostCommand(name, routes, configure ?? (static options => options), advice ?? OriginAdvice.Default);
        return await Manager.Ask<object>(host, BindTimeout).ConfigureAwait(false) switch
        {
            ServerEndpointContext endpoint => new HostedEndpoint(endpoint, routes, Manager),
            Ws.BindFailed failed => throw new BindFailedException(failed.Reason),
            var other => throw new InvalidOperationException($"The manager answered {other}."),
        };
    }

    /// <summary>
    /// Starts a <see cref="Ws.Drain"/> that takes no time: all connections are closed at once with 1001, and upgrades get 503. For the stop
    /// of an app in development.
    /// </summary>
    public void GoAway() => Manager.Tell(new ManagerActor.DrainAtOnce(), ActorRefs.Nobody);

    /// <summary>
    /// Connects to a server. Bounded by <c>client.connect-timeout</c> for each address, and then <c>handshake.timeout</c>. A client that
    /// reconnects tries until the server is there, a final refusal comes, or <paramref name="cancellation"/> ends it.
    /// </summary>
    /// <param name="uri">The server, such as <c>ws://example.com/chat</c>.</param>
    /// <param name="handler">The actor that is told all events; when it stops, the connection closes.</param>
    /// <param name="cancellation">Cancels the attempt: nothing of it is left.</param>
    /// <exception cref="ConnectFailedException">The connection failed; the message names the cause and the cure.</exception>
    /// <exception cref="OperationCanceledException">The attempt was cancelled.</exception>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The overloads differ in their parameters before the optional one.")]
    public Task<Ws.Connected> ConnectAsync(string uri, IActorRef handler, CancellationToken cancellation = default) =>
        ConnectAsync(new Ws.Connect(uri, handler), cancellation);

    /// <param name="uri">The server, such as <c>ws://example.com/chat</c>.</param>
    /// <param name="handler">Creates the connection's own handler.</param>
    /// <param name="cancellation">Cancels the attempt: nothing of it is left.</param>
    /// <inheritdoc cref="ConnectAsync(string, IActorRef, CancellationToken)"/>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The overloads differ in their parameters before the optional one.")]
    public Task<Ws.Connected> ConnectAsync(string uri, Props handler, CancellationToken cancellation = default) =>
        ConnectAsync(new Ws.Connect(uri, handler), cancellation);

    /// <param name="connect">The server, the handler, and all else that can be asked for.</param>
    /// <param name="cancellation">Cancels the attempt: nothing of it is left.</param>
    /// <inheritdoc cref="ConnectAsync(string, IActorRef, CancellationToken)"/>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The overloads differ in their parameters before the optional one.")]
    public async Task<Ws.Connected> ConnectAsync(Ws.Connect connect, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(connect);
        cancellation.ThrowIfCancellationRequested();
        var answer = Clients.Ask<object>(connect, Timeout.InfiniteTimeSpan, CancellationToken.None);
        try
        {
            // An actor that has stopped answers nobody.
            await Task.WhenAny(answer, _clientsStopped).WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Clients.Tell(new ClientsActor.Cancel(connect), ActorRefs.NoSender);
            throw;
        }

        return (answer.IsCompleted ? await answer.ConfigureAwait(false) : null) switch
        {
            Ws.Connected connected => connected,
            Ws.ConnectFailed failed => throw new ConnectFailedException(failed),
            null => throw new ConnectFailedException(new Ws.ConnectFailed
            {
                Uri = connect.Uri,
                Reason = "Cannot connect: the actor of the clients has stopped; restart the process.",
            }),
            var other => throw new InvalidOperationException($"The clients' actor answered {other}."),
        };
    }

    /// <summary>
    /// Logs a failure of code that peers can cause as often as they like: the first of each kind in a minute with its stack, and the number
    /// of the others. For packages that run user code beside this one.
    /// </summary>
    /// <param name="what">The kind, as the subject of a sentence. Kinds are few: no path, no user.</param>
    /// <param name="cause">The exception.</param>
    public void ReportFailure(string what, Exception cause) => Failures.Write(what, predicate: null, cause);

    /// <summary>Moves sessions to a cluster: new sessions start there.</summary>
    /// <param name="home">The receiver of messages to sessions; the sessions of this node are its grandchildren.</param>
    internal void MoveSessions(IActorRef home)
    {
        var move = new SessionMessages.MoveTo(home);
        Sessions.Tell(move, ActorRefs.NoSender);
        _deadLetterSends.Tell(move, ActorRefs.NoSender);
    }

    /// <summary>Adds a check of the options of every endpoint that is bound from now on.</summary>
    /// <param name="check">Throws, with one sentence, if the options are not usable.</param>
    internal void CheckEndpoints(Action<ConnectionOptions> check) => _systemContext.Check += check;

    // The caller was told that the bind failed.
    private void UnbindWhenBound(Task<object> answer) => _ = answer.ContinueWith(
        late =>
        {
            if (late.Result is Ws.Bound bound)
            {
                Manager.Tell(new Ws.Unbind(bound.LocalEndPoint), ActorRefs.NoSender);
            }
        },
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnRanToCompletion,
        TaskScheduler.Default);

    private static void MonitorThreadPool(
        ExtendedActorSystem system, int? maxAdded, Clock clock, ILoggingAdapter log, WebSocketMetrics metrics)
    {
        if (maxAdded is { } max)
        {
            var monitor = new ThreadPoolMonitor(RuntimeThreadPool.Instance, max, Environment.ProcessorCount, clock, log);
            metrics.Observe(monitor);
            system.RegisterOnTermination(new ThreadPoolMonitorThread(monitor, log).Dispose);
        }
    }

    // A stopped or killed manager is not restarted. Its listeners close their ports, and health checks fail.
    private void LogManagerStop(ExtendedActorSystem system, ILoggingAdapter log) => _ = Manager.WatchAsync().ContinueWith(
        _ =>
        {
            _bound.Set([]);
#pragma warning disable CS0618 // A watch would have to be awaited; the guardian stops before any system actor.
            if (!system.Guardian.IsTerminated)
#pragma warning restore CS0618
            {
                log.Error("The manager of the WebSockets was stopped: nothing listens any more on this node; restart the process");
            }
        },
        TaskScheduler.Default);

    // The delay lets a host complete its start, in any order.
    private void WarnUnlessClustered(ExtendedActorSystem system, ILoggingAdapter log)
    {
        if (system.Settings.HasCluster)
        {
            system.Scheduler.Advanced.ScheduleOnce(ClusterCheckDelay, () =>
            {
                if (!IsClustered)
                {
                    log.Warning(
                        "This node is one of a cluster, but its WebSockets are not: topics, presence and sessions end at this node. "
                        + "Call WithWebSocketCluster(), or system.WebSocketCluster() without a host (package WsActors.Cluster).");
                }
            });
        }
    }
}
