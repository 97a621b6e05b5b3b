using System.Net;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.IO;
using Akka.TestKit;
using WsActors.Routing;

namespace WsActors.TestKit;

/// <summary>
/// Tests WebSocket handlers without a socket and without waiting: real connections, whose byte source is a probe and whose time
/// is virtual. Made by a test on top of any Akka.TestKit, used by its thread.
/// </summary>
public sealed class WebSocketTestKit
{
    private static readonly IPEndPoint Local = new(IPAddress.Loopback, 8080);

    // The end of a test must not wait for virtual time that nobody advances any more. What a test awaits may take as long as a busy
    // machine needs: only a failing test waits so long.
    private static readonly Config Virtual = ConfigurationFactory.ParseString("""
        akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
        akka.coordinated-shutdown.run-by-actor-system-terminate = off
        akka.test.default-timeout = 30s
        akka.test.single-expect-default = 30s
        """);

    /// <summary>A drain closes connections in the same order in every run.</summary>
    private const int Seed = 6455;

    private readonly TestKitBase _test;

    private readonly List<PeerProbe> _peers = [];

    private int _nextPort = 40000;

    /// <summary>Serves nothing, for tests of clients: see <see cref="Listen"/>.</summary>
    /// <param name="test">The test, its system made with <see cref="Setup"/> if it wants to <see cref="Advance"/> time.</param>
    public WebSocketTestKit(TestKitBase test)
    {
        ArgumentNullException.ThrowIfNull(test);
        _test = test;
    }

    /// <summary>Serves routes.</summary>
    /// <param name="test">The test, its system made with <see cref="Setup"/> if it wants to <see cref="Advance"/> time.</param>
    /// <param name="routes">Who serves what.</param>
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
        var asker = test.CreateTestProbe();
        var bind = new Ws.Bind("ws://127.0.0.1:8080", routes) { Source = listener.Ref };
        Manager.Tell(configure is null ? bind : bind with { Configure = configure }, asker.Ref);
        asker.ExpectMsg<Ws.Bound>();
    }

    /// <summary>Serves <c>/</c> by one handler a connection.</summary>
    /// <param name="test">The test, its system made with <see cref="Setup"/> if it wants to <see cref="Advance"/> time.</param>
    /// <param name="handler">The handler.</param>
    public WebSocketTestKit(TestKitBase test, Props handler)
        : this(test, RouteTable.Empty.Map("/", handler))
    {
    }

    /// <summary>The setup that makes the time of a test's system virtual: pass it to the constructor of the test kit. A new one at each call.</summary>
    public static ActorSystemSetup Setup => SetupWith(Config.Empty);

    /// <summary>As <see cref="Setup"/>, with more configuration.</summary>
    public static ActorSystemSetup SetupWith(Config config) => ActorSystemSetup.Create(
        BootstrapSetup.Create().WithConfig(config.WithFallback(Virtual)),
        new WebSocketSetup { Time = new VirtualTime(), Random = new Random(Seed) });

    /// <summary>The actor of the test's system that takes <see cref="Ws.Connect"/>.</summary>
    public IActorRef Clients => _test.Sys.WebSockets().Clients;

    /// <summary>The manager of the test's system.</summary>
    public IActorRef Manager => _test.Sys.WebSockets().Manager;

    /// <summary>A handler played by the test; served with <see cref="RouteTable.MapShared"/>.</summary>
    public static HandlerProbe CreateHandler(TestKitBase test) => new(test);

    /// <summary>Opens a socket and says nothing yet.</summary>
    /// <param name="from">The client's address; loopback if none is given.</param>
    public ClientProbe Dial(IPAddress? from = null) =>
        Add(new ClientProbe(this, _test, new IPEndPoint(from ?? IPAddress.Loopback, _nextPort++)));

    /// <summary>Plays what the clients of the test's system dial.</summary>
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

    /// <summary>Lets virtual time pass, tick by tick, and lets every actor settle after each tick.</summary>
    /// <exception cref="InvalidOperationException">The system's time is real.</exception>
    public void Advance(TimeSpan time)
    {
        var (clock, scheduler) = VirtualTimeOf(_test.Sys);

        // What was said before happened before.
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
    /// Lets virtual time pass as for a process that stands still (SIGSTOP, a frozen container) and then goes on: all timers that fell due
    /// meanwhile fire at once. What peers send next is what lay in their sockets.
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
        system.Scheduler is TestScheduler scheduler && system.Settings.Setup.Get<WebSocketSetup>() is { HasValue: true, Value.Time: VirtualTime clock }
            ? (clock, scheduler)
            : throw new InvalidOperationException("This system's time is real; make the test kit with WebSocketTestKit.Setup to advance it.");

    /// <summary>Waits until manager, topics, presence, sessions, connections and their handlers have dealt with all they were told.</summary>
    public void AwaitIdle()
    {
        int heard;
        do
        {
            heard = _peers.Sum(static peer => peer.Socket.Heard);

            // A connection asks the manager, which answers it; a client that reconnects stands between its connection and its parent. What
            // joins a topic is answered by the topics, and told to who watches its presence.
            AwaitConnections();
            AwaitParents();
            Await(_test.Sys.WebSockets().Topics);
            Await(_test.Sys.WebSockets().Presence);
            AwaitConnections();
            AwaitParents();

            // What a client says goes on to its session, and from there to its handler; the answer comes back the same way.
            AwaitSessions();
            AwaitConnections();
            AwaitSessions();
            AwaitConnections();
        }
        while (heard != _peers.Sum(static peer => peer.Socket.Heard));
    }

    /// <summary>Waits until an actor has dealt with all it was told before.</summary>
    internal void Await(ICanTell actor)
    {
        // What an actor is told at the very moment in which it ends may be lost: then its end answers the next time.
        const int Times = 10;
        for (var i = 1; !TryAwait(actor, _test.TestKitSettings.DefaultTimeout / Times, isLast: i == Times); i++)
        {
        }
    }

    private static bool TryAwait(ICanTell actor, TimeSpan patience, bool isLast)
    {
        try
        {
            actor.Ask<ActorIdentity>(new Identify(null), patience).GetAwaiter().GetResult();
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

    /// <summary>Waits until those above connections have dealt with all they were told.</summary>
    internal void AwaitParents()
    {
        Await(Manager);
        foreach (var client in ((ActorRefWithCell)Clients).Children)
        {
            Await(client);
            AwaitChildrenOf(client);

            // One with a session tells itself, its handler tells it, and between it and its connection is one that reconnects.
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

    /// <summary>Waits until a connection that dials has dealt with what it was told, and what dials for it.</summary>
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
