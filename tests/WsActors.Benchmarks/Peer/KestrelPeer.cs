using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace WsActors.Benchmarks.Peer;

/// <summary>
/// ASP.NET Core with the middleware of WebSockets only: no logging, no routing, no configuration. The garbage collector and the rest of the
/// runtime have the defaults, as in the program.
/// </summary>
internal static class KestrelPeer
{
    /// <summary>Serves until it is told to stop; its first line has the address: "bound to 127.0.0.1:8081".</summary>
    /// <param name="port">0 is any free one.</param>
    /// <param name="certificate">A PEM file with a certificate and its key: wss; null is ws.</param>
    /// <param name="isHttp2">Whether it serves HTTP/2 only, instead of HTTP/1.1 only.</param>
    /// <param name="isInline">Whether messages are handled on the polling thread (<c>UnsafePreferInlineScheduling</c>).</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<int> RunAsync(int port, string? certificate, bool isHttp2, bool isInline, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = isInline);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port, endpoint =>
            {
                endpoint.Protocols = isHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1;
                if (certificate is not null)
                {
                    endpoint.UseHttps(X509Certificate2.CreateFromPemFile(certificate));
                }
            });
        });

        await using var app = builder.Build();
        using var members = new Broadcast();
        app.UseWebSockets();
        app.Run(context => Serve(context, members));
        await app.StartAsync(cancellation);
        Console.WriteLine($"bound to {new Uri(app.Urls.Single()).Authority}");
        await app.WaitForShutdownAsync(cancellation);
        return 0;
    }

    private static Task Serve(HttpContext context, Broadcast members) => context.WebSockets.IsWebSocketRequest
        ? context.Request.Path.Value switch
        {
            "/echo" => TalkAsync(context, Plain, Echo.RunAsync),
            "/deflate" => TalkAsync(context, Deflate, Echo.RunAsync),
            "/broadcast/all" => TalkAsync(context, Plain, members.RunAsync),
            _ => Refuse(context, StatusCodes.Status404NotFound),
        }
        : Refuse(context, StatusCodes.Status400BadRequest);

    private static WebSocketAcceptContext Plain => new();

    // As the program's compression.mode = shared: each message for itself.
    private static WebSocketAcceptContext Deflate => new() { DangerousEnableCompression = true, DisableServerContextTakeover = true };

    private static async Task TalkAsync(HttpContext context, WebSocketAcceptContext accept, Func<WebSocket, Task> talk)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync(accept);
        try
        {
            await talk(socket);
        }
        catch (WebSocketException)
        {
            // The client has closed its socket without a close frame, as the load does at its end.
        }
    }

    private static Task Refuse(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
