using System.Net;
using System.Net.WebSockets;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsActors.Hosting;
using WsActors.Tests.Loopback;

namespace WsActors.AspNetCore.Tests;

/// <summary>An app on a real Kestrel.</summary>
internal sealed class App : IAsyncDisposable
{
    /// <summary>The stop of an app takes no time, unless a test says otherwise.</summary>
    private const string QuickDrain = "ws-actors.drain { lead = off, spread = off, deadline = 10s }";

    private readonly TestAuthority? _authority;

    private App(WebApplication web, bool isHttp2, TestAuthority? authority = null) =>
        (Web, IsHttp2, _authority) = (web, isHttp2, authority);

    public WebApplication Web { get; }

    public bool IsHttp2 { get; }

    public Uri Address => new(Web.Urls.First());

    public ActorSystem Actors => Web.Services.GetRequiredService<ActorSystem>();

    /// <summary>Starts an app.</summary>
    /// <param name="map">Maps the routes.</param>
    /// <param name="isHttp2">Whether the app speaks HTTP/2 only, without TLS.</param>
    /// <param name="services">Adds services.</param>
    /// <param name="sockets">Configures the WebSockets.</param>
    /// <param name="logs">Gets what is logged.</param>
    /// <param name="hocon">Settings of the actor system.</param>
    /// <param name="akka">Configures the actor system.</param>
    /// <param name="environment">The name of the host's environment.</param>
    /// <param name="authority">Signs the certificate of an app with TLS, which speaks HTTP/1.1 and HTTP/2 on one port.</param>
    public static async Task<App> StartAsync(
        Action<WebApplication> map,
        bool isHttp2 = false,
        Action<IServiceCollection>? services = null,
        Action<WebSocketsBuilder>? sockets = null,
        LogList? logs = null,
        string hocon = "",
        Action<AkkaConfigurationBuilder>? akka = null,
        string environment = "Production",
        TestAuthority? authority = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Logging.ClearProviders();
        if (logs is not null)
        {
            builder.Logging.AddProvider(logs);
        }

        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port: 0, listen =>
        {
            listen.Protocols = isHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1;
            if (authority is not null)
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(authority.Sign("CN=localhost", ["localhost", "127.0.0.1"]));
            }
        }));
        builder.Services.AddAkka("app", configure =>
        {
            configure.ConfigureLoggers(static loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
            });
            akka?.Invoke(configure);
            configure.AddHocon($"{QuickDrain}\n{hocon}", HoconAddMode.Prepend).WithWebSockets(sockets);
        });
        services?.Invoke(builder.Services);
        var web = builder.Build();
        map(web);
        await web.StartAsync();
        return new App(web, isHttp2, authority);
    }

    /// <summary>An app that the test has started.</summary>
    public static App Of(WebApplication web) => new(web, isHttp2: false);

    /// <summary>All open connections.</summary>
    public async Task<IReadOnlyList<Ws.Stats>> ListAsync() =>
        (await Actors.WebSockets().Manager.Ask<Ws.ConnectionList>(new Ws.ListConnections(), Limit())).Connections;

    /// <summary>Awaits that no connection is left.</summary>
    public async Task EmptyAsync()
    {
        var limit = Limit();
        while ((await Actors.WebSockets().Manager.Ask<Ws.Health>(Ws.GetHealth.Instance, limit)).Connections > 0)
        {
        }
    }

    /// <summary>Opens a WebSocket of .NET's client.</summary>
    public async Task<ClientWebSocket> ConnectAsync(string path, Action<ClientWebSocketOptions>? configure = null)
    {
        var client = new ClientWebSocket();
        await ConnectAsync(client, path, configure);
        return client;
    }

    private async Task ConnectAsync(ClientWebSocket client, string path, Action<ClientWebSocketOptions>? configure)
    {
        if (IsHttp2)
        {
            client.Options.HttpVersion = HttpVersion.Version20;
            client.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }

        configure?.Invoke(client.Options);
        using var handler = new SocketsHttpHandler();
        if (_authority is not null)
        {
            handler.SslOptions = _authority.ClientOptions();
        }

        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        var scheme = _authority is null ? "ws" : "wss";
        await client.ConnectAsync(new UriBuilder(new Uri(Address, path)) { Scheme = scheme }.Uri, invoker, Limit());
    }

    /// <summary>The status with which the app refuses .NET's client.</summary>
    public async Task<int> RefusedAsync(string path, Action<ClientWebSocketOptions>? configure = null)
    {
        using var client = new ClientWebSocket();
        client.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(client, path, configure));
        return (int)client.HttpStatusCode;
    }

    /// <summary>Sends a request for an upgrade over HTTP/1.1, as a client of no particular kind does.</summary>
    /// <param name="path">The path.</param>
    /// <param name="headers">Headers instead of, or beside, those of a valid request; an empty value removes one.</param>
    public async Task<HttpResponseMessage> UpgradeAsync(string path, params (string Name, string Value)[] headers)
    {
        var all = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Connection"] = "Upgrade",
            ["Upgrade"] = "websocket",
            ["Sec-WebSocket-Version"] = "13",
            ["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ==",
        };
        foreach (var (name, value) in headers)
        {
            all[name] = value;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, path));
        foreach (var (name, value) in all.Where(static header => header.Value.Length > 0))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Limit());
    }

    /// <summary>A client of the app that follows no redirects and keeps no cookies.</summary>
    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    /// <summary>A limit for awaits of a peer, so that a failing test ends.</summary>
    public static CancellationToken Limit() => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Web.StopAsync();
        await Web.DisposeAsync();
    }
}
