using System.Collections.Concurrent;
using System.Net;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsActors.EndToEnd.Tests;
using WsActors.Hosting;
using WsActors.Routing;
using WsActors.Tests.Loopback;

namespace WsActors.Samples.Tests;

/// <summary>An app with TLS, HTTP/1.1 and HTTP/2 on one port: a page with <c>session.js</c>, and sessions that echo.</summary>
internal sealed class EchoPageApp : IAsyncDisposable
{
    private const string Page = """
        <!doctype html><title>echo</title>
        <script type=module>import { WsSession } from './session.js'; globalThis.WsSession = WsSession;</script>
        """;

    private readonly TestAuthority _authority = new();

    private readonly WebApplication _web;

    private readonly ConcurrentQueue<HttpContext> _sockets = new();

    private EchoPageApp()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port: 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(_authority.Sign("CN=localhost", ["127.0.0.1"]));
        }));
        builder.Services.AddAkka("app", static akka => akka
            .AddHocon("akka.loglevel = WARNING, ws-actors.drain { lead = off, spread = off }", HoconAddMode.Prepend)
            .WithWebSockets());
        _web = builder.Build();
        _web.MapGet("/", static () => Results.Content(Page, "text/html"));
        var script = Path.Combine(Repository.Root, "src/wsactors-session/session.js");
        _web.MapGet("/session.js", () => Results.File(script, "text/javascript"));
        _web.Use((context, next) =>
        {
            if (context.Request.Path == "/echo")
            {
                Requests.Enqueue($"{context.Request.Method} {context.Request.Scheme} {context.Request.Protocol}");
                _sockets.Enqueue(context);
            }

            return next(context);
        });
        _web.MapWebSocketActor<Echo>("/echo", new WebSocketRouteOptions { Sessions = true });
    }

    /// <summary>Method, scheme and protocol of the requests for WebSockets.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public Uri Address => new(_web.Urls.Single());

    public static async Task<EchoPageApp> StartAsync()
    {
        var app = new EchoPageApp();
        await app._web.StartAsync();
        return app;
    }

    /// <summary>Resets the stream of the WebSocket that was opened last.</summary>
    public void Reset() => _sockets.Last().Abort();

    /// <summary>Awaits that no connection is left.</summary>
    public async Task EmptyAsync()
    {
        var manager = _web.Services.GetRequiredService<ActorSystem>().WebSockets().Manager;
        var limit = AuctionApp.Limit();
        while ((await manager.Ask<Ws.Health>(Ws.GetHealth.Instance, limit)).Connections > 0)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
        _authority.Dispose();
    }

    public sealed class Echo : WebSocketHandler
    {
        protected override void OnText(string text) => Connection.Tell(Ws.Send.Text(text));
    }
}
