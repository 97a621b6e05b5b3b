using System.Net.WebSockets;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsActors.Hosting;

namespace WsActors.AspNetCore.Tests;

/// <summary>An app on a real Kestrel.</summary>
internal sealed class App : IAsyncDisposable
{
    private App(WebApplication web, bool isHttp2) => (Web, IsHttp2) = (web, isHttp2);

    public WebApplication Web { get; }

    public bool IsHttp2 { get; }

    public Uri Address => new(Web.Urls.First());

    /// <summary>Starts an app.</summary>
    /// <param name="map">Maps the routes.</param>
    /// <param name="isHttp2">Whether the app speaks HTTP/2 only, without TLS.</param>
    /// <param name="services">Adds services.</param>
    /// <param name="sockets">Configures the WebSockets.</param>
    /// <param name="logs">Gets what is logged.</param>
    public static async Task<App> StartAsync(
        Action<WebApplication> map,
        bool isHttp2 = false,
        Action<IServiceCollection>? services = null,
        Action<WebSocketsBuilder>? sockets = null,
        LogList? logs = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (logs is not null)
        {
            builder.Logging.AddProvider(logs);
        }

        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(
            listen => listen.Protocols = isHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1));
        builder.Services.AddAkka("app", akka => akka.WithWebSockets(sockets));
        services?.Invoke(builder.Services);
        var web = builder.Build();
        map(web);
        await web.StartAsync();
        return new App(web, isHttp2);
    }

    /// <summary>Opens a WebSocket of .NET's client.</summary>
    public async Task<ClientWebSocket> ConnectAsync(string path, Action<ClientWebSocketOptions>? configure = null)
    {
        var client = new ClientWebSocket();
        if (IsHttp2)
        {
            client.Options.HttpVersion = System.Net.HttpVersion.Version20;
            client.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }

        configure?.Invoke(client.Options);
        using var handler = new SocketsHttpHandler();
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        await client.ConnectAsync(new UriBuilder(new Uri(Address, path)) { Scheme = "ws" }.Uri, invoker, Limit());
        return client;
    }

    /// <summary>A limit for awaits of a peer, so that a failing test ends.</summary>
    public static CancellationToken Limit() => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    public async ValueTask DisposeAsync()
    {
        await Web.StopAsync();
        await Web.DisposeAsync();
    }
}
