using System.Net.Sockets;
using System.Net.WebSockets;

namespace WsActors.EndToEnd.Tests.Telemetry;

/// <summary>A small load in which each metric of the dashboard changes, over and over until it is disposed.</summary>
internal sealed class ObservedLoad : IAsyncDisposable
{
    /// <summary>The settings without which it would take too long.</summary>
    public static readonly string[] Arguments =
    [
        "--set", "ws-actors.handshake.timeout=2s", "--set", "ws-actors.keep-alive.ping-interval=300ms",
    ];

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();

    private readonly ServerProcess _server;

    private readonly Task _running;

    private ObservedLoad(ServerProcess server)
    {
        _server = server;
        _running = RunAsync();
    }

    public static ObservedLoad Start(ServerProcess server) => new(server);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var pinged = await _server.ConnectAsync("/echo");
        var pongs = pinged.ReceiveAsync(); // a client answers pings while it reads
        using var silent = new TcpClient("127.0.0.1", _server.Port); // is refused: no request arrives in time
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await EchoAsync();
                await BeRefusedAsync();
                await TalkInSessionAsync();
                await LeaveTooSoonAsync();
            }
            catch (WebSocketException)
            {
                // On a busy machine a handshake may take longer than the short timeout.
            }

            await Task.Delay(Pause, CancellationToken.None);
        }

        pinged.Abort();
        await Assert.ThrowsAnyAsync<Exception>(() => pongs);
    }

    private async Task EchoAsync()
    {
        using var client = await _server.ConnectAsync("/echo");
        await client.SendAsync("hi");
        await client.ReceiveAsync();
        await client.CloseAsync();
    }

    private async Task BeRefusedAsync()
    {
        using var refused = new ClientWebSocket();
        await Assert.ThrowsAsync<WebSocketException>(() => refused.ConnectAsync(_server.WebSocketUri("/nothing"), CancellationToken.None));
    }

    private async Task TalkInSessionAsync()
    {
        using var client = new ClientWebSocket();
        client.Options.AddSubProtocol("wsactors.session.v1");
        await client.ConnectAsync(_server.WebSocketUri("/echo"), CancellationToken.None);
        await client.SendAsync("hello");
        await client.ReceiveAsync();
        await client.CloseAsync();
    }

    /// <summary>The messages that this client publishes come back to it while it closes, and are dropped.</summary>
    private async Task LeaveTooSoonAsync()
    {
        using var client = await _server.ConnectAsync("/broadcast/tea");
        for (var i = 0; i < 10; i++)
        {
            await client.SendAsync("bye");
        }

        await client.CloseAsync();
    }
}
