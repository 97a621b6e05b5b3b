using System.Net.WebSockets;
using System.Runtime.InteropServices;

namespace WsActors.EndToEnd.Tests;

/// <summary>The end of the program, as containers and terminals bring it about.</summary>
public sealed class ShutdownTests
{
    [Theory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    public async Task Every_client_is_closed_with_1001_and_the_exit_code_is_0(PosixSignal signal)
    {
        await using var server = await ServerProcess.StartAsync();
        var clients = new List<ClientWebSocket>();
        for (var i = 0; i < 50; i++)
        {
            clients.Add(await server.ConnectAsync("/echo"));
        }

        server.Signal(signal);

        foreach (var client in clients)
        {
            var (type, _) = await client.ReceiveAsync();
            Assert.Equal(WebSocketMessageType.Close, type);
            Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, client.CloseStatus);
            await client.CloseAsync();
            client.Dispose();
        }

        Assert.Equal(0, await server.WaitForExitAsync());
    }

    [Fact]
    public async Task A_client_that_never_answers_does_not_hold_the_end_up()
    {
        await using var server = await ServerProcess.StartAsync();
        using var silent = await server.ConnectAsync("/echo");

        server.Signal(PosixSignal.SIGTERM);

        Assert.Equal(0, await server.WaitForExitAsync());
    }
}
