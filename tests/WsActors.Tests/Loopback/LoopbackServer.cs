using System.Collections.Concurrent;
using System.Net;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.IO;
using WsActors.Routing;

namespace WsActors.Tests.Loopback;

/// <summary>An actor system that listens on a free port, over real sockets; its warnings and errors are recorded.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private static readonly Config Quiet = ConfigurationFactory.ParseString($"""
        {ByteSourceUnderTest.Config}
        akka.loggers = []
        akka.loglevel = WARNING
        akka.stdout-loglevel = OFF
        akka.log-dead-letters = off
        ws-actors.tick = 20ms
        ws-actors.drain.lead = off
        ws-actors.drain.spread = off
        """);

    private readonly ConcurrentQueue<LogEvent> _log = [];

    private LoopbackServer(Config config, TimeProvider time)
    {
        System = ActorSystem.Create(
            "loopback",
            ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config.WithFallback(Quiet)), new WebSocketSetup { Time = time }));
        var listener = System.ActorOf(Props.Create<LogListener>(_log));
        System.EventStream.Subscribe<Warning>(listener);
        System.EventStream.Subscribe<Error>(listener);
    }

    /// <summary>Whether a request of which only a part arrives may be answered.</summary>
    public static bool AnswersPartOfRequest => false;

    public ActorSystem System { get; }

    /// <summary>The address for clients.</summary>
    public EndPoint LocalEndPoint { get; private set; } = null!;

    /// <summary>The same, of a server that has an address.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)LocalEndPoint;

    public IReadOnlyCollection<LogEvent> Log => _log;

    public WebSocketExtension WebSockets => System.WebSockets();

    /// <summary>The existing connections, in any state.</summary>
    public int Connections => ((ActorRefWithCell)WebSockets.Manager).Children.Count();

    /// <summary>The sockets of the byte source: its connections are children of its listeners or of its manager.</summary>
    public int Sockets => WebSockets.OpenSockets +
        ((ActorRefWithCell)System.Tcp()).Children.OfType<ActorRefWithCell>().Sum(static listener => listener.Children.Count());

    /// <summary>Starts a system and listens.</summary>
    /// <param name="routes">The routes; shared handlers are created with the system.</param>
    /// <param name="configure">Changes to the default options.</param>
    /// <param name="address">The listening address.</param>
    /// <param name="config">More configuration.</param>
    /// <param name="time">The clock of the deadlines; the system's scheduler is always real.</param>
    /// <param name="source">The byte source; Akka.IO's TCP if none is named.</param>
    public static async Task<LoopbackServer> Start(
        Func<ActorSystem, RouteTable> routes,
        Func<EndpointOptions, EndpointOptions>? configure = null,
        string address = "ws://127.0.0.1:0",
        string config = "",
        TimeProvider? time = null,
        Props? source = null)
    {
        var server = new LoopbackServer(
            ConfigurationFactory.ParseString(config).WithFallback(ConfigurationFactory.ParseString(WithinTls.Config)),
            time ?? TimeProvider.System);
        var bind = new Ws.Bind(WithinTls.IsOn ? address.Replace("ws:", "wss:", StringComparison.Ordinal) : address, routes(server.System))
        {
            // Without pings, which a client that counts frames would receive on a slow machine, or once the time is advanced.
            Configure = options => (configure ?? (static same => same))(options with
            {
                KeepAlive = options.KeepAlive with { PingInterval = null },
            }),
            Source = source is null ? null : server.System.ActorOf(source),
        };
        if (time is ManualTime manual)
        {
            manual.Ticked = () => server.WebSockets.SessionHost.Clock.Tick(TimeSpan.FromMilliseconds(20));
        }

        server.LocalEndPoint = (await server.WebSockets.BindAsync(bind)).LocalEndPoint;
        return server;
    }

    /// <summary>Serves <c>/</c> by a handler per connection.</summary>
    public static Task<LoopbackServer> Start(Props handler, Func<EndpointOptions, EndpointOptions>? configure = null) =>
        Start(_ => RouteTable.Empty.Map("/", _ => handler), configure);

    public Task<RawClient> Connect(string path = "/", int receiveBuffer = 0) => RawClient.Connect(LocalEndPoint, path, receiveBuffer);

    public Task<Ws.Health> Health() => WebSockets.Manager.Ask<Ws.Health>(Ws.GetHealth.Instance, Eventually.Patience);

    /// <summary>Waits until no connection is left, in any state, and no socket.</summary>
    public Task WaitUntilEmpty() => Eventually.Holds(
        () => Connections == 0 && Sockets == 0,
        () => $"{Connections} connections live on, and {Sockets} sockets.");

    public async ValueTask DisposeAsync() => await System.Terminate();
}
