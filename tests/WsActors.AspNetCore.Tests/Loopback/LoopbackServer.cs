using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsActors.Hosting;
using WsActors.Routing;
using WsActors.Tests.Loopback;
using LoopbackClient = WsActors.Tests.Loopback.RawClient;

namespace WsActors.AspNetCore.Tests.Loopback;

/// <summary>
/// The server of the specs over real sockets, in an app on a real Kestrel: the same routes, mapped by <c>MapWebSocketActor</c>, over
/// HTTP/1.1. Warnings and errors of the actor system are recorded.
/// </summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private const string Quiet = """
        akka.loggers = []
        akka.loglevel = WARNING
        akka.stdout-loglevel = OFF
        akka.log-dead-letters = off
        ws-actors.tick = 20ms
        ws-actors.drain.lead = off
        ws-actors.drain.spread = off
        """;

    private readonly ConcurrentQueue<LogEvent> _log = [];

    private readonly WebApplication _web;

    private int _requests;

    private LoopbackServer(WebApplication web)
    {
        _web = web;
        System = web.Services.GetRequiredService<ActorSystem>();
        var listener = System.ActorOf(Props.Create<LogListener>(_log));
        System.EventStream.Subscribe<Warning>(listener);
        System.EventStream.Subscribe<Error>(listener);
    }

    /// <summary>Whether a request of which only a part arrives may be answered: Kestrel does, with 400.</summary>
    public static bool AnswersPartOfRequest => true;

    public ActorSystem System { get; }

    /// <summary>The address for clients.</summary>
    public EndPoint LocalEndPoint => EndPoint;

    /// <inheritdoc cref="LocalEndPoint"/>
    public IPEndPoint EndPoint => IPEndPoint.Parse(new Uri(_web.Urls.Single()).Authority);

    public IReadOnlyCollection<LogEvent> Log => _log;

    public WebSocketExtension WebSockets => System.WebSockets();

    /// <summary>The existing connections, in any state.</summary>
    public int Connections => ((ActorRefWithCell)WebSockets.Manager).Children.Count();

    /// <summary>The requests in flight: one ends with its WebSocket.</summary>
    public int Sockets => Volatile.Read(ref _requests);

    /// <summary>Starts an app.</summary>
    /// <param name="routes">The routes; shared handlers are created with the system.</param>
    /// <param name="configure">Changes to the default options.</param>
    /// <param name="config">More configuration.</param>
    /// <param name="time">The clock of the deadlines; the system's scheduler and the app's time are always real.</param>
    /// <param name="source">Not null: Kestrel's buffers are small.</param>
    public static async Task<LoopbackServer> Start(
        Func<ActorSystem, RouteTable> routes,
        Func<EndpointOptions, EndpointOptions>? configure = null,
        string config = "",
        TimeProvider? time = null,
        Props? source = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0")
            .ConfigureKestrel(static kestrel => kestrel.ConfigureEndpointDefaults(static listen => listen.Protocols = HttpProtocols.Http1));
        if (source is not null)
        {
            builder.WebHost.UseSockets(static sockets => sockets.CreateBoundListenSocket = BindWithSmallBuffer)
                .ConfigureKestrel(static kestrel => kestrel.Limits.MaxRequestBufferSize = 64 * 1024);
        }

        builder.Services.AddAkka("loopback", akka => akka
            .AddSetup(new WebSocketSetup { Time = time ?? TimeProvider.System })
            .AddHocon(ConfigurationFactory.ParseString(config).WithFallback(ConfigurationFactory.ParseString(Quiet)), HoconAddMode.Prepend)
            // Without pings, which a client that counts frames would receive on a slow machine, or once the time is advanced.
            .WithWebSockets(sockets => sockets.Configure(options => (configure ?? (static same => same))(
                options with { KeepAlive = options.KeepAlive with { PingInterval = null } }))));
        var server = new LoopbackServer(builder.Build());
        server.Map(routes(server.System));
        if (time is ManualTime manual)
        {
            manual.Ticked = () => server.WebSockets.SessionHost.Clock.Tick(TimeSpan.FromMilliseconds(20));
        }

        await server._web.StartAsync();
        return server;
    }

    /// <summary>Serves <c>/</c> by a handler per connection.</summary>
    public static Task<LoopbackServer> Start(Props handler, Func<EndpointOptions, EndpointOptions>? configure = null) =>
        Start(_ => RouteTable.Empty.Map("/", _ => handler), configure);

    public Task<LoopbackClient> Connect(string path = "/", int receiveBuffer = 0) =>
        LoopbackClient.Connect(LocalEndPoint, path, receiveBuffer);

    public Task<Ws.Health> Health() => WebSockets.Manager.Ask<Ws.Health>(Ws.GetHealth.Instance, Eventually.Patience);

    /// <summary>Waits until no connection is left, in any state, and no request.</summary>
    public Task WaitUntilEmpty() => Eventually.Holds(
        () => Connections == 0 && Sockets == 0,
        () => $"{Connections} connections live on, and {Sockets} requests.");

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
    }

    private static Socket BindWithSmallBuffer(EndPoint endPoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);

        // Accepted sockets inherit it.
        socket.SendBufferSize = 16 * 1024;
        return socket;
    }

    private void Map(RouteTable routes)
    {
        _web.Use(async (context, next) =>
        {
            // A spec compares whole responses.
            context.Response.Headers.Date = "Thu, 01 Jan 1970 00:00:00 GMT";
            Interlocked.Increment(ref _requests);
            try
            {
                await next(context);
            }
            finally
            {
                Interlocked.Decrement(ref _requests);
            }
        });
        foreach (var route in routes.WebSockets)
        {
            switch (route.Handler)
            {
                case HandlerSource.PerRequest perRequest:
                    _web.MapWebSocketActor(route.Template.Text, request => perRequest.Props(request)!, route.Options);
                    break;
                case HandlerSource.Fixed one: _web.MapWebSocketActor(route.Template.Text, one.Props, route.Options); break;
                case HandlerSource.Shared shared:
                    ActorRegistry.For(System).Register<HandlerSource.Shared>(shared.Handler);
                    _web.MapSharedWebSocketActor<HandlerSource.Shared>(route.Template.Text, route.Options);
                    break;
            }
        }
    }
}
