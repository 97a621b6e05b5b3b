using System.Net;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.IO;
using Akka.TestKit;
using WsActors.Routing;

namespace WsActors.TestKit;

/// <summary>
/// Tests WebSocket handlers without sockets and without waiting: the connections are real, their byte source is a probe, and their time is
/// virtual. Created by a test on top of any Akka.TestKit, used by the test's thread.
/// </summary>
public sealed class WebSocketTestKit
{
    /// <summary>The endpoint of routes that the test gives.</summary>
    private const string Given = "ws://127.0.0.1:8080";

    /// <summary>The seed of random draws, so that a drain closes connections in the same order in every run.</summary>
    private const int Seed = 6455;

    private readonly TestKitBase _test;

    private readonly List<PeerProbe> _peers = [];

    /// <summary>The endpoint that clients connect to, as its bind names it; null for the only one of the system.</summary>
    private readonly string? _endpoint;

    /// <summary>The local address of its sockets; null before the first one.</summary>
    private EndPoint? _local;

    /// <summary>Takes the socket of a client instead of an endpoint; null without such a server.</summary>
    private readonly Action<IPEndPoint, IActorRef>? _accept;

    private int _nextPort = 40000;

    /// <summary>
    /// Creates a kit of the endpoint that the system has bound, such as that of a host's <c>WithWebSockets</c>. A test of clients needs no
    /// endpoint: see <see cref="Listen"/>.
    /// </summary>
    /// <param name="test">The test. Its system must be created with <see cref="Setup"/> to <see cref="Advance"/> time.</param>
    public WebSocketTestKit(TestKitBase test)
    {
        ArgumentNullException.ThrowIfNull(test);
        _test = test;
        WebSocketTestKits.Of(test.Sys).Add(this);
    }

    /// <summary>Creates a kit of one of the endpoints that the system has bound.</summary>
    /// <param name="test">The test. Its system must be created with <see cref="Setup"/> to <see cref="Advance"/> time.</param>
    /// <param name="endpoint">The endpoint, as its bind names it: <c>ws://*:8080</c>.</param>
    public WebSocketTestKit(TestKitBase test, string endpoint)
        : this(test)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        _endpoint = endpoint;
    }

    /// <summary>Creates a kit of the endpoint that a system has bound which no test kit of Akka has, such as that of a host.</summary>
    /// <param name="system">The system. It must have <see cref="Config"/>.</param>
    public WebSocketTestKit(ActorSystem system)
        : this(SystemTestKit.Of(system))
    {
    }

    /// <summary>Creates a kit of an HTTP server that takes the sockets of clients itself.</summary>
    /// <param name="system">The system. It must have <see cref="Config"/>.</param>
    /// <param name="accept">
    /// Takes a client's address, and its socket: a byte source that speaks Akka.IO's Tcp messages in pull mode. An actor registers with the
    /// socket by <c>Tcp.Register</c>, and tells it by <see cref="ServedBy"/> which connection it carries.
    /// </param>
    public WebSocketTestKit(ActorSystem system, Action<IPEndPoint, IActorRef> accept)
        : this(SystemTestKit.Of(system))
    {
        ArgumentNullException.ThrowIfNull(accept);
        _accept = accept;
    }

    /// <summary>Creates a kit with an endpoint that serves routes.</summary>
    /// <param name="test">The test. Its system must be created with <see cref="Setup"/> to <see cref="Advance"/> time.</param>
    /// <param name="routes">The routes.</param>
    /// <param name="configure">Changes to the default options.</param>
    public WebSocketTestKit(TestKitBase test, RouteTable routes, Func<EndpointOptions, EndpointOptions>? configure = null)
        : this(test, Given)
    {
        var binder = test.CreateTestProbe();
        var bind = new Ws.Bind(Given, routes) { Source = new PlayedSource(test.Sys) };
        Manager.Tell(configure is null ? bind : bind with { Configure = configure }, binder.Ref);
        _local = binder.ExpectMsg<Ws.Bound>().LocalEndPoint;
    }

    /// <summary>Creates a kit with an endpoint that serves <c>/</c> with one handler for each connection.</summary>
    /// <param name="test">The test. Its system must be created with <see cref="Setup"/> to <see cref="Advance"/> time.</param>
    /// <param name="handler">The handler.</param>
    public WebSocketTestKit(TestKitBase test, Props handler)
        : this(test, RouteTable.Empty.Map("/", handler))
    {
    }

    /// <summary>
    /// A new setup with virtual time for the system of one test: pass it to the constructor of Akka's test kit.
    /// </summary>
    public static ActorSystemSetup Setup => SetupWith(Config.Empty);

    /// <summary>As <see cref="Setup"/>, with further configuration.</summary>
    public static ActorSystemSetup SetupWith(Config config) => ActorSystemSetup.Create(
        BootstrapSetup.Create().WithConfig(config.WithFallback(Config)),
        CreateWebSocketSetup());

    /// <summary>
    /// The configuration of a system with virtual time, for a host that makes the system itself. It belongs before all other configuration,
    /// and together with <see cref="CreateWebSocketSetup"/>.
    /// </summary>
    /// <remarks>
    /// The end of a test must not wait for virtual time that is no longer advanced. Expectations have a long timeout for busy machines;
    /// only a failing test waits so long.
    /// </remarks>
    public static Config Config { get; } = ConfigurationFactory.ParseString("""
        akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
        akka.coordinated-shutdown.run-by-actor-system-terminate = off
        akka.test {
          timefactor = 1.0
          default-timeout = 30s
          single-expect-default = 30s
          expect-no-message-default = 3s
          filter-leeway = 30s
          startup-timeout = 30s
          calling-thread-dispatcher { type = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit", throughput = 2147483647 }
          test-actor.dispatcher { type = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit", throughput = 2147483647 }
        }
        """);

    /// <summary>A new setup with virtual time and played listeners: the endpoints of one system bind no port.</summary>
    /// <param name="start">The date at which time begins; null for 2000-01-01, the same in every run.</param>
    public static WebSocketSetup CreateWebSocketSetup(DateTimeOffset? start = null) => new()
    {
        Time = new VirtualTime(start ?? VirtualTime.Epoch),
        Random = new Random(Seed),
        Source = static system => new PlayedSource(system),
    };

    /// <summary>The actor of the test's system that handles <see cref="Ws.Connect"/>.</summary>
    public IActorRef Clients => _test.Sys.WebSockets().Clients;

    /// <summary>The manager of the test's system.</summary>
    public IActorRef Manager => _test.Sys.WebSockets().Manager;

    /// <summary>Creates a handler played by the test; map it with <see cref="RouteTable.MapShared"/>.</summary>
    public static HandlerProbe CreateHandler(TestKitBase test) => new(test);

    /// <summary>Opens a socket without sending anything.</summary>
    /// <param name="from">The client's address; loopback if none is given.</param>
    public ClientProbe Dial(IPAddress? from = null)
    {
        if (_accept is null)
        {
            _local ??= FindLocal();
        }

        return Add(new ClientProbe(this, _test, new IPEndPoint(from ?? IPAddress.Loopback, _nextPort++), _local));
    }

    /// <summary>Creates a listener for the clients of the test's system.</summary>
    public ListenerProbe Listen() => new(this, _test);

    /// <summary>Opens a WebSocket.</summary>
    /// <param name="target">Path and query.</param>
    /// <param name="headers">Further header lines, such as <c>Origin: https://example.com</c>.</param>
    public ClientProbe Connect(string target = "/", params string[] headers)
    {
        var client = Dial();
        client.RequestUpgrade(target, headers);
        client.ExpectUpgrade();
        return client;
    }

    /// <summary>Opens a WebSocket with a session, on a route that has sessions.</summary>
    /// <param name="target">Path and query.</param>
    /// <param name="headers">Further header lines of each connection.</param>
    public SessionProbe ConnectSession(string target = "/", params string[] headers) => new(this, target, headers);

    /// <summary>Advances virtual time tick by tick, and waits after each tick until no actor has work.</summary>
    /// <exception cref="InvalidOperationException">The system's time is real.</exception>
    public void Advance(TimeSpan time)
    {
        var (clock, scheduler) = VirtualTimeOf(_test.Sys);

        // All earlier messages are handled before time passes.
        AwaitIdle();
        var tick = _test.Sys.Settings.Config.GetTimeSpan("ws-actors.tick");
        for (var left = time; left > TimeSpan.Zero; left -= tick)
        {
            var step = left < tick ? left : tick;
            clock.Advance(step);
            scheduler.Advance(step);
            AwaitIdle();
        }
    }

    /// <summary>
    /// Advances virtual time in one step, as for a process that was stopped (SIGSTOP, a frozen container) and continues: all timers that
    /// became due in the meantime fire at once. Bytes that peers send next count as bytes that waited in their sockets.
    /// </summary>
    /// <exception cref="InvalidOperationException">The system's time is real.</exception>
    public void StandStill(TimeSpan time)
    {
        var (clock, scheduler) = VirtualTimeOf(_test.Sys);
        AwaitIdle();
        clock.Advance(time);
        scheduler.Advance(time);
        AwaitIdle();
    }

    private static (VirtualTime Clock, TestScheduler Scheduler) VirtualTimeOf(ActorSystem system) =>
        TryGetVirtualTime(system)
        ?? throw new InvalidOperationException(
            "This system's time is real: create Akka's test kit with WebSocketTestKit.Setup to advance it.");

    private static (VirtualTime Clock, TestScheduler Scheduler)? TryGetVirtualTime(ActorSystem system) =>
        system.Scheduler is TestScheduler scheduler
        && system.Settings.Setup.Get<WebSocketSetup>() is { HasValue: true, Value.Time: VirtualTime clock }
            ? (clock, scheduler)
            : null;

    /// <summary>
    /// The test is over: resets the sockets of all kits of the system, waits until their connections have stopped, and lets time pass by
    /// itself from then on. Else the stop of a host would wait for virtual time: a drain, or a node that leaves its cluster.
    /// </summary>
    public void Finish()
    {
        if (!_test.Sys.WhenTerminated.IsCompleted)
        {
            WebSocketTestKits.Of(_test.Sys).Disconnect();
            _ = PassTimeAsync(_test.Sys);
        }
    }

    /// <summary>Lets time pass ten times as fast as real time, until the system has terminated.</summary>
    private static async Task PassTimeAsync(ActorSystem system)
    {
        var real = TimeSpan.FromMilliseconds(10);
        while (TryGetVirtualTime(system) is var (clock, scheduler) && !system.WhenTerminated.IsCompleted)
        {
            await Task.Delay(real).ConfigureAwait(false);
            clock.Advance(10 * real);
            scheduler.Advance(10 * real);
        }
    }

    /// <summary>Resets the sockets of this kit, and waits until their connections have stopped.</summary>
    internal void Disconnect()
    {
        _peers.ForEach(static peer => peer.Socket.Leave());
        _peers.ForEach(static peer => peer.Socket.ExpectStopped());
    }

    /// <summary>Waits until manager, topics, presence, sessions, connections and their handlers have handled all their messages.</summary>
    public void AwaitIdle()
    {
        int heard;
        do
        {
            heard = _peers.Sum(static peer => peer.Socket.Heard);

            // A connection asks the manager, which answers it. A reconnecting client is between its connection and its parent. The topics
            // answer a join and report it to the watchers of the presence.
            AwaitConnections();
            AwaitParents();
            Await(_test.Sys.WebSockets().Topics);
            Await(_test.Sys.WebSockets().Presence);
            AwaitConnections();
            AwaitParents();

            // A message of a client goes to its session and from there to its handler; the answer takes the same way back.
            AwaitSessions();
            AwaitConnections();
            AwaitSessions();
            AwaitConnections();
        }
        while (heard != _peers.Sum(static peer => peer.Socket.Heard));
    }

    /// <summary>Waits until an actor has handled all messages that were sent to it before.</summary>
    internal void Await(ICanTell actor)
    {
        // A message to an actor that is just stopping may be lost. The next attempt is then answered for the stopped actor.
        const int Times = 10;
        for (var i = 1; !TryAwait(actor, _test.TestKitSettings.DefaultTimeout / Times, isLast: i == Times); i++)
        {
        }
    }

    private static bool TryAwait(ICanTell actor, TimeSpan timeout, bool isLast)
    {
        try
        {
            actor.Ask<ActorIdentity>(new Identify(null), timeout).GetAwaiter().GetResult();
            return true;
        }
        catch (AskTimeoutException) when (!isLast)
        {
            return false;
        }
    }

    internal void AwaitChildrenOf(IActorRef parent) => Await(_test.Sys.ActorSelection(parent.Path / "handler"));

    /// <summary>Offers the socket of a client.</summary>
    /// <param name="remote">The client's address.</param>
    /// <param name="local">The address of the endpoint; null for a server that takes sockets itself.</param>
    /// <param name="socket">The socket.</param>
    internal void Accept(IPEndPoint remote, EndPoint? local, IActorRef socket)
    {
        if (_accept is { } accept)
        {
            accept(remote, socket);
        }
        else
        {
            Manager.Tell(new Tcp.Connected(local is IPEndPoint ? remote : local, local), socket);
        }
    }

    /// <summary>The local address of the sockets that the endpoint accepts.</summary>
    private EndPoint FindLocal()
    {
        var bound = _test.Sys.WebSockets().BoundEndpoints;
        if (_endpoint is null && bound.Count > 1)
        {
            throw new InvalidOperationException(
                $"The system has bound {Names(bound)}: name the one to connect to, new WebSocketTestKit(this, \"{bound[0].Endpoint}\").");
        }

        var local = bound.FirstOrDefault(one => _endpoint is null || one.Endpoint == _endpoint)?.LocalEndPoint;
        return local switch
        {
            null => throw new InvalidOperationException(
                $"The system has not bound {_endpoint ?? "an endpoint"}, but {Names(bound)}: "
                + "start the host first, or give the kit routes."),
            IPEndPoint { Port: var port } ip when ip.Address.Equals(IPAddress.Any) || ip.Address.Equals(IPAddress.IPv6Any) =>
                new IPEndPoint(IPAddress.Loopback, port),
            _ => local,
        };
    }

    private static string Names(IReadOnlyList<Ws.Bound> bound) =>
        bound.Count == 0 ? "none" : string.Join(" and ", bound.Select(static one => one.Endpoint));

    internal TPeer Add<TPeer>(TPeer peer)
        where TPeer : PeerProbe
    {
        _peers.Add(peer);
        return peer;
    }

    /// <summary>Waits until the parents of connections have handled all their messages.</summary>
    internal void AwaitParents()
    {
        Await(Manager);
        foreach (var client in ((ActorRefWithCell)Clients).Children)
        {
            Await(client);
            AwaitChildrenOf(client);

            // A client with a session sends messages to itself, as does its handler. Its link reconnects and is between it and its
            // connection.
            Await(client);
            Await(_test.Sys.ActorSelection(client.Path / "link"));
            AwaitDial(client.Path);
            AwaitDial(client.Path / "connection");
            AwaitDial(client.Path / "link" / "connection");
            Await(_test.Sys.ActorSelection(client.Path / "link"));
            Await(client);
        }

        Await(Clients);
    }

    /// <summary>Waits until a dialing connection and its dial actor have handled all their messages.</summary>
    private void AwaitDial(ActorPath connection)
    {
        Await(_test.Sys.ActorSelection(connection));
        Await(_test.Sys.ActorSelection(connection / "dial"));
        Await(_test.Sys.ActorSelection(connection));
    }

    private void AwaitSessions()
    {
        var sessions = _test.Sys.WebSockets().Sessions;
        Await(sessions);
        foreach (var session in ((ActorRefWithCell)sessions).Children)
        {
            Await(session);
            AwaitChildrenOf(session);
            Await(session);
        }
    }

    private void AwaitConnections() => _peers.ForEach(static peer => peer.Socket.AwaitActors());
}
