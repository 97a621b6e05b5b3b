using System.Net;
using System.Security.Cryptography.X509Certificates;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsActors.Hosting;
using WsActors.Routing;

namespace WsActors.Benchmarks.Peer;

/// <summary>
/// An app as WsActors.AspNetCore is used, without logging. All settings, and the rest of the runtime, have the defaults.
/// </summary>
internal static class AspNetCoreApp
{
    /// <summary>Serves until it is told to stop; its first line has the address: "bound to 127.0.0.1:8082".</summary>
    /// <inheritdoc cref="KestrelPeer.RunAsync" path="/param"/>
    public static async Task<int> RunAsync(int port, string? certificate, bool isHttp2, CancellationToken cancellation)
    {
        // Its configuration is watched for changes with all folders below it: the folder it is started in may have thousands.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, endpoint =>
        {
            endpoint.Protocols = isHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1;
            if (certificate is not null)
            {
                endpoint.UseHttps(X509Certificate2.CreateFromPemFile(certificate));
            }
        }));
        builder.Services.AddAkka("benchmark", static akka => akka.WithWebSockets());

        await using var app = builder.Build();
        app.MapWebSocketActor("/echo", EchoHandler.Props);
        app.MapWebSocketActor("/echo/inline", EchoHandler.Props, new WebSocketRouteOptions { Inline = true });
        await app.StartAsync(cancellation);
        await Console.Out.WriteLineAsync($"bound to {new Uri(app.Urls.Single()).Authority}");
        await app.WaitForShutdownAsync(cancellation);
        return 0;
    }
}
