using System.Net;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using WsActors.Hosting;

namespace WsActors.Client.Tests;

/// <summary>The server of this library in an ASP.NET Core app, over HTTP/1.1.</summary>
internal sealed class KestrelAppServer : IOurServer
{
    private readonly WebApplication _web;

    private readonly StrongBox<int> _flooded;

    private KestrelAppServer(WebApplication web, StrongBox<int> flooded) => (_web, _flooded) = (web, flooded);

    public int Flooded => Volatile.Read(ref _flooded.Value);

    public int Port => new Uri(_web.Urls.Single()).Port;

    public static async Task<KestrelAppServer> Start(int port, MessageCompression compression)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, port, static listen => listen.Protocols = HttpProtocols.Http1));
        builder.Services.AddAkka("server", akka => akka
            .AddHocon(
                """
                akka.loggers = []
                akka.stdout-loglevel = OFF
                akka.log-dead-letters = off
                ws-actors { tick = 20ms, drain { lead = off, spread = off } }
                """,
                HoconAddMode.Prepend)
            .WithWebSockets(sockets => sockets.Configure(
                options => options with { Compression = options.Compression with { Mode = compression } })));
        var web = builder.Build();
        var flooded = new StrongBox<int>();
        web.MapWebSocketActor("/", Props.Create<FloodingEcho>(flooded));
        await web.StartAsync();
        return new KestrelAppServer(web, flooded);
    }

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
    }
}
