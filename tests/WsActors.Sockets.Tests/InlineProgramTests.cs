using System.Net.WebSockets;
using WsActors.EndToEnd.Tests;
using WsActors.Tests.Loopback;

namespace WsActors.Sockets.Tests;

/// <summary>The program and its <c>Inline</c> route.</summary>
public sealed class InlineProgramTests
{
    [Fact]
    public async Task One_poller_thread_a_processor_runs_and_the_inline_echo_answers()
    {
        var environment = new Dictionary<string, string?> { ["DOTNET_PROCESSOR_COUNT"] = "3" };
        await using var server = await ServerProcess.StartAsync(environment);
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port}/echo/inline"), CancellationToken.None)
            .WaitAsync(Eventually.Patience);
        await client.SendAsync("hi");
        Assert.Equal("hi", await client.ReceiveTextAsync());

        if (OperatingSystem.IsLinux())
        {
            Assert.Equal(3, Proc.Pollers(server.Id));
        }
    }
}
