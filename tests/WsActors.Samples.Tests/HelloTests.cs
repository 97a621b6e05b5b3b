using System.Net.WebSockets;
using System.Text;

namespace WsActors.Samples.Tests;

/// <summary>HelloWebSocket runs as it was built.</summary>
public sealed class HelloTests
{
    [Fact]
    public async Task It_greets_repeats_and_ends_on_SIGTERM()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var program = new HelloProgram();

        using (var client = await ConnectAsync(program, limit.Token))
        {
            Assert.Equal("Welcome to tea", await ReceiveAsync(client, limit.Token));
            await client.SendAsync("hi"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, limit.Token);
            Assert.Equal("You said: hi", await ReceiveAsync(client, limit.Token));
            await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", limit.Token);
        }

        Assert.Equal(0, await program.StopAsync(limit.Token));
    }

    private static async Task<ClientWebSocket> ConnectAsync(HelloProgram program, CancellationToken limit)
    {
        while (true)
        {
            var client = new ClientWebSocket();
            try
            {
                await client.ConnectAsync(new Uri(program.Uri, "/chat/tea"), limit);
                return client;
            }
            catch (WebSocketException) when (!program.Process.HasExited)
            {
                // The program has not opened its port yet.
                client.Dispose();
                await Task.Delay(100, limit);
            }
        }
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket client, CancellationToken limit)
    {
        var buffer = new byte[1024];
        return Encoding.UTF8.GetString(buffer, 0, (await client.ReceiveAsync(buffer, limit)).Count);
    }
}
