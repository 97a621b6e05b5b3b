using System.Net.WebSockets;
using WsActors.EndToEnd.Tests;
using WsActors.Tests.Loopback;
using WsActors.Transport.Sockets;

namespace WsActors.Sockets.Tests;

/// <summary>The program sees to the threads that <c>ws-actors.sockets.inline</c> needs.</summary>
public sealed class InlineProgramTests
{
    [Theory]
    [InlineData("handlers", null, 3)]
    [InlineData("connections", null, 3)]
    [InlineData("off", null, 1)]
    [InlineData("handlers", "0", 1)]
    public async Task The_runtime_calls_back_on_one_thread_a_processor_where_the_settings_want_it_and_the_environment_lets_it(
        string inline, string? variable, int threads)
    {
        // .NET has one thread that waits for sockets, and one a processor where these call back.
        var environment = new Dictionary<string, string?> { ["DOTNET_PROCESSOR_COUNT"] = "3", [SocketThread.Variable] = variable };
        await using var server = await ServerProcess.StartAsync(environment, "--set", $"ws-actors.sockets.inline={inline}");
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port}/echo"), CancellationToken.None).WaitAsync(Eventually.Patience);
        await client.SendAsync("hi");
        Assert.Equal("hi", await client.ReceiveTextAsync());

        Assert.Equal(threads > 1 || inline == "off", !server.Output.Any(static line => line.Contains("ws-actors.sockets.inline", StringComparison.Ordinal)));
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal(threads, Directory.GetDirectories($"/proc/{server.Id}/task").Count(static task => File.ReadAllText($"{task}/comm").StartsWith(".NET Sockets", StringComparison.Ordinal)));
        }
    }
}
