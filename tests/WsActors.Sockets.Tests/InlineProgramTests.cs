using System.Net.WebSockets;
using WsActors.EndToEnd.Tests;
using WsActors.Tests.Loopback;

namespace WsActors.Sockets.Tests;

/// <summary>The program has the threads that <c>ws-actors.sockets.inline</c> wants, whatever its environment.</summary>
public sealed class InlineProgramTests
{
    [Theory]
    [InlineData("handlers", 3)]
    [InlineData("connections", 3)]
    [InlineData("off", 1)]
    public async Task One_thread_waits_for_sockets_or_one_a_processor_where_these_deal_with_what_comes(string inline, int threads)
    {
        var environment = new Dictionary<string, string?> { ["DOTNET_PROCESSOR_COUNT"] = "3" };
        await using var server = await ServerProcess.StartAsync(environment, "--set", $"ws-actors.sockets.inline={inline}");
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port}/echo"), CancellationToken.None).WaitAsync(Eventually.Patience);
        await client.SendAsync("hi");
        Assert.Equal("hi", await client.ReceiveTextAsync());

        if (OperatingSystem.IsLinux())
        {
            Assert.Equal(threads, Proc.Pollers(server.Id));
        }
    }
}
