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
    private static readonly IPEndPoint Local = new(IPAddress.Loopback, 8080);

    // The end of a test must not wait for virtual time that is no longer advanced. Expectations have a long timeout for busy machines; only
    // a failing test waits so long.
    private static readonly Config Virtual = ConfigurationFactory.ParseString("""
        akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
        akka.coordinated-shutdown.run-by-actor-system-terminate = off
        akka.test.default-timeout = 30s
        akka.test.single-expect-default = 30s
        akka.test.filter-leeway = 30s
        """);

    /// <summary>The seed of random draws, so that a drain closes connections in the same order in every run.</summary>
    private const int Seed = 6455;

    private readonly TestKitBase _test;

    private readonly List<PeerProbe> _peers = [];

    private int _nextPort = 40000;

    /// <summary>Creates a kit without an endpoint, for tests of clients: see <see cref="Listen"/>.</summary>
    /// <param name="test">The test. Its system must be created with <see cref="Setup"/> to <see cref="Advance"/> time.</param>
    public WebSocketTestKit(TestKitBase test)
    {
        ArgumentNullException.ThrowIfNull(test);
        _test = test;
        WebSocketTestKits.Of(test.Sys).Add(this);
    }

    /// <summary>Creates a kit with an endpoint that serves routes.</summary>
    /// <param name="test">The test. Its system must be created with <see cref="Setup"/> to <see cref="Advance"/> time.</param>
    /// <param name="routes">The routes.</param>
    /// <param name="configure">Changes to the default options.</param>
    public WebSocketTestKit(TestKitBase test, RouteTable routes, Func<EndpointOptions, EndpointOptions>? configure = null)
        : this(test)
    {
        var listener = test.CreateTestProbe();
        listener.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            if (message is Tcp.Bind or Tcp.Unbind)
            {
                sender.Tell(message is Tcp.Bind ? new Tcp.Bound(Local) : Tcp.Unbound.Instance, listener.Ref);
            }

            return AutoPilot.KeepRunning;
        }));
        var binder = test.CreateTestProbe();
        var bind = new Ws.Bind("ws://127.0.0.1:8080", routes) { Source = listener.Ref };
        Manager.Tell(configure is null ? bind : bind with { Configure = configure }, binder.Ref);
        binder.ExpectMsg<Ws.Bound>();
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
        BootstrapSetup.Create().WithConfig(config.WithFallback(Virtual)),
        new WebSocketSetup { Time = new VirtualTime(), Random = new Random(Seed) });

    /// <summary>The actor of the test's system that handles <see cref="Ws.Connect"/>.</summary>
    public IActorRef Clients => _test.Sys.WebSockets().Clients;

    /// <summary>The manager of the test's system.</summary>
    public IActorRef Manager => _test.Sys.WebSockets().Manager;

    /// <summary>Creates a handler played by the test; map it with <see cref="RouteTable.MapShared"/>.</summary>
    public static HandlerProbe CreateHandler(TestKitBase test) => new(test);

    /// <summary>Opens a socket without sending anything.</summary>
    /// <param name="from">The client's address; loopback if none is given.</param>
    public ClientProbe Dial(IPAddress? from = null) =>
        Add(new ClientProbe(this, _test, new IPEndPoint(from ?? IPAddress.Loopback, _nextPort++)));

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
        system.Scheduler is TestScheduler scheduler
        && system.Settings.Setup.Get<WebSocketSetup>() is { HasValue: true, Value.Time: VirtualTime clock }
            ? (clock, scheduler)
            : throw new InvalidOperationException(
                "This system's time is real: create Akka's test kit with WebSocketTestKit.Setup to advance it.");

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

    internal void Accept(IPEndPoint remote, IActorRef socket) => Manager.Tell(new Tcp.Connected(remote, Local), socket);

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
