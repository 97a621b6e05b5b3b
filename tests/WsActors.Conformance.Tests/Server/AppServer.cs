using System.Net;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using WsActors.Hosting;

namespace WsActors.Conformance.Tests.Server;

/// <summary>A server in an ASP.NET Core app, on a real Kestrel without TLS.</summary>
internal sealed class AppServer : IEchoServer
{
    private readonly WebApplication _web;

    /// <summary>The client of HTTP/2, all of whose WebSockets share a connection; null with HTTP/1.1.</summary>
    private readonly HttpMessageInvoker? _http2;

    private AppServer(WebApplication web, bool isHttp2) =>
        (_web, _http2) = (web, isHttp2 ? new HttpMessageInvoker(new SocketsHttpHandler()) : null);

    private Uri Address => new(_web.Urls.Single());

    public static async Task<IEchoServer> Start(EchoOptions options, bool isHttp2)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(
            listen => listen.Protocols = isHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1));
        builder.Services.AddAkka("conformance", akka => akka
            .ConfigureLoggers(static loggers => loggers.ClearLoggers())
            .AddHocon(options.Hocon, HoconAddMode.Prepend)
            .WithWebSockets());
        var web = builder.Build();
        web.MapWebSocketActor("/", Props.Create<Echo>());
        await web.StartAsync();
        return new AppServer(web, isHttp2);
    }

    public Task<IPeer> Connect(string? extensions) => _http2 is null
        ? SocketPeer.Connect(IPEndPoint.Parse(Address.Authority), extensions)
        : Http2Peer.Connect(_http2, Address, extensions);

    public async ValueTask DisposeAsync()
    {
        // First: a stopping Kestrel waits for the HTTP/2 connection.
        _http2?.Dispose();
        await _web.StopAsync();
        await _web.DisposeAsync();
    }
}
