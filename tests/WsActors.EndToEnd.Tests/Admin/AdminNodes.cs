using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Security.Claims;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WsActors.Cluster;
using WsActors.Hosting;
using WsActors.Protocol.Messages;
using WsActors.Routing;
using WsActors.Tests.Loopback;

namespace WsActors.EndToEnd.Tests.Admin;

/// <summary>Three nodes of a cluster in this process, up; the first one serves an admin page with a token.</summary>
public sealed class AdminNodes : IAsyncLifetime
{
    public const string Token = "correct horse battery staple";

    public const int PageSize = 20;

    private const string Settings = """
        akka {
          loglevel = WARNING
          stdout-loglevel = OFF
          actor.provider = cluster
          remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
          cluster { gossip-interval = 200ms, leader-actions-interval = 200ms }
          coordinated-shutdown {
            run-by-clr-shutdown-hook = off
            phases.cluster-exiting.timeout = 1s
          }
        }
        ws-actors {
          close-timeout = 1s
          admin.allow-tap = on
          # The clients do not read between two steps of the test, so they answer no ping.
          keep-alive.ping-interval = 1h
          drain { lead = off, spread = 100ms, deadline = 3s }
        }
        """;

    private readonly ConcurrentQueue<string> _log = new();

    private readonly List<IHost> _hosts = [];

    public ActorSystem this[int node] => _hosts[node].Services.GetRequiredService<ActorSystem>();

    /// <summary>The lines of the admin page's log.</summary>
    public IReadOnlyCollection<string> Log => _log;

    /// <summary>The admin page.</summary>
    public Uri Address => new($"http://127.0.0.1:{PortOf(0, admin: true)}/");

    public async Task InitializeAsync()
    {
        for (var node = 0; node < 3; node++)
        {
            _hosts.Add(await StartAsync(hasAdmin: node == 0));
        }

        for (var node = 0; node < 3; node++)
        {
            await Akka.Cluster.Cluster.Get(this[node]).JoinAsync(Akka.Cluster.Cluster.Get(this[0]).SelfAddress);
        }

        await Eventually.Holds(
            () => Enumerable.Range(0, 3).All(node => Akka.Cluster.Cluster.Get(this[node]).State.Members.Count(
                static member => member.Status == Akka.Cluster.MemberStatus.Up) == 3),
            static () => "Not all nodes are up.");
    }

    public async Task DisposeAsync()
    {
        await Task.WhenAll(_hosts.Select(static host => host.StopAsync()));
        _hosts.ForEach(static host => host.Dispose());
    }

    /// <summary>The name of a node on the page.</summary>
    public string NameOf(int node) => string.Create(
        CultureInfo.InvariantCulture, $"127.0.0.1:{Akka.Cluster.Cluster.Get(this[node]).SelfAddress.Port}");

    /// <summary>The address of a node's endpoint.</summary>
    public IPEndPoint EndPointOf(int node) => new(IPAddress.Loopback, PortOf(node, admin: false));

    /// <summary>A connection of a user, in a topic.</summary>
    public async Task<ClientWebSocket> ConnectAsync(int node, string user, string topic, bool hasSession = false)
    {
        var client = new ClientWebSocket();
        if (hasSession)
        {
            client.Options.AddSubProtocol("wsactors.session.v1");
        }

        using var patience = new CancellationTokenSource(Eventually.Patience);
        await client.ConnectAsync(new Uri($"ws://{EndPointOf(node)}{PathOf(user, topic)}"), patience.Token);
        if (hasSession)
        {
            await client.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, patience.Token);
        }

        return client;
    }

    /// <summary>A path whose query names the user.</summary>
    public static string PathOf(string user, string topic) => $"/room/{Uri.EscapeDataString(topic)}?user={Uri.EscapeDataString(user)}";

    private int PortOf(int node, bool admin) => this[node].WebSockets().BoundEndpoints[admin ? 1 : 0].Port;

    private async Task<IHost> StartAsync(bool hasAdmin)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(new LogLines(_log));
        builder.Services.AddAkka("nodes", akka =>
        {
            akka.AddHocon(Settings, HoconAddMode.Prepend)
                .WithWebSockets(static ws => ws
                    .Listen("ws://127.0.0.1:0")
                    .Map(
                        "/room/{topic}",
                        static request => Props.Create<RoomHandler>(request.RouteValues["topic"]),
                        new WebSocketRouteOptions { Guard = GuardAsync, Sessions = true }))
                .WithWebSocketCluster();
            if (hasAdmin)
            {
                akka.WithWebSocketAdmin("ws://127.0.0.1:0", new WebSocketAdminOptions { Token = Token, PageSize = PageSize });
            }
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static Task<GuardDecision> GuardAsync(UpgradeRequest request, CancellationToken cancellation) => Task.FromResult(
        GuardDecision.Accept(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, request.Http.Query["user"]!)], "test"))));

    /// <summary>
    /// Joins the topic. Text is echoed; a binary message is answered with more than any client takes that does not read.
    /// </summary>
    private sealed class RoomHandler(string topic) : UntypedActor
    {
        private static readonly Ws.Send Part = Ws.Send.Binary(new byte[64 * 1024]) with { Overflow = Ws.OverflowPolicy.Drop };

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Ws.Opened opened: opened.Connection.Tell(new Ws.Join(topic)); break;
                case Ws.Received { Kind: MessageKind.Text } received: received.Connection.Tell(Ws.Send.Text(received.Text)); break;
                case Ws.Received { Kind: MessageKind.Binary } received:
                    for (var i = 0; i < 200; i++)
                    {
                        received.Connection.Tell(Part);
                    }

                    break;
            }
        }
    }

    private sealed class LogLines(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) =>
            categoryName == "WsActors.Admin" ? this : NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
