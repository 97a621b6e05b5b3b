using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace WsActors.Client.Tests;

/// <summary>The WebSocket server of ASP.NET Core.</summary>
internal sealed class KestrelServer : IServer
{
    private readonly WebApplication _app;

    private KestrelServer(WebApplication app, int port) => (_app, Port) = (app, port);

    public int Port { get; }

    public static async Task<IServer> Start(int port, Func<WebSocketAcceptContext>? accept = null, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(context => Serve(context, accept?.Invoke() ?? new WebSocketAcceptContext(), app.Lifetime.ApplicationStopping));
        await app.StartAsync();
        var features = app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features;
        var address = features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new KestrelServer(app, new Uri(address).Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static async Task Serve(HttpContext context, WebSocketAcceptContext accept, CancellationToken stopping)
    {
        accept.SubProtocol = context.WebSockets.WebSocketRequestedProtocols.FirstOrDefault();
        using var socket = await context.WebSockets.AcceptWebSocketAsync(accept);
        try
        {
            await Echo(socket, stopping);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            context.Abort();
        }
    }

    private static async Task Echo(WebSocket socket, CancellationToken stopping)
    {
        var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer, stopping) is { MessageType: not WebSocketMessageType.Close } read)
        {
            message.Write(buffer.AsSpan(0, read.Count));
            if (read.EndOfMessage)
            {
                var bytes = message.ToArray();
                message.SetLength(0);
                if (read.MessageType == WebSocketMessageType.Text
                    && Encoding.UTF8.GetString(bytes).Split(' ') is ["close", var code, var reason])
                {
                    await socket.CloseAsync((WebSocketCloseStatus)int.Parse(code, CultureInfo.InvariantCulture), reason, stopping);
                    return;
                }

                await socket.SendAsync(bytes, read.MessageType, endOfMessage: true, stopping);
            }
        }

        if (socket.State == WebSocketState.CloseReceived)
        {
            await socket.CloseOutputAsync(socket.CloseStatus ?? WebSocketCloseStatus.Empty, null, stopping);
        }
    }
}
