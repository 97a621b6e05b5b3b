using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace WsActors.EndToEnd.Tests;

/// <summary>The output of the program.</summary>
public sealed partial class LogTests
{
    [Fact]
    public async Task Every_line_is_time_level_and_a_message_with_its_values()
    {
        await using var server = await ServerProcess.StartAsync();
        server.Signal(PosixSignal.SIGTERM);
        await server.WaitForExitAsync();

        Assert.Contains(
            server.Output,
            line => line.EndsWith($" INF Listening on ws://127.0.0.1:0, bound to 127.0.0.1:{server.Port}", StringComparison.Ordinal));
        Assert.All(server.Output, static line => Assert.Matches(LogLine(), line));
        Assert.All(server.Output, static line => Assert.DoesNotContain('{', line));
        Assert.Empty(server.Errors);
    }

    [Fact]
    public async Task No_secret_of_a_client_reaches_the_log()
    {
        const string Secret = "s3cret";
        await using var server = await ServerProcess.StartAsync("--set", "akka.loglevel=DEBUG", "--set", "akka.log-dead-letters=on");
        using (var client = new ClientWebSocket())
        {
            client.Options.SetRequestHeader("Authorization", $"Bearer {Secret}");
            client.Options.SetRequestHeader("Cookie", $"session={Secret}");
            client.Options.AddSubProtocol(Secret);
            await client.ConnectAsync(server.WebSocketUri($"/broadcast/here?token={Secret}"), CancellationToken.None);
            await client.SendAsync(Secret);
            Assert.Equal(Secret, await client.ReceiveTextAsync());
            await client.CloseAsync(WebSocketCloseStatus.NormalClosure, Secret, CancellationToken.None);
        }

        using (var refused = new ClientWebSocket())
        {
            await Assert.ThrowsAsync<WebSocketException>(
                () => refused.ConnectAsync(server.WebSocketUri($"/no/{Secret}?token={Secret}"), CancellationToken.None));
        }

        server.Signal(PosixSignal.SIGTERM);
        await server.WaitForExitAsync();

        Assert.NotEmpty(server.Output);
        Assert.All([.. server.Output, .. server.Errors], static line => Assert.DoesNotContain(Secret, line, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^\d\d:\d\d:\d\d\.\d{3} [A-Z]{3} \S")]
    private static partial Regex LogLine();
}
