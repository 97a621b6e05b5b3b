using System.Globalization;
using System.Runtime.InteropServices;
using WsActors.Tests.Loopback;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>A cluster on one machine by one command.</summary>
public sealed class ClusterCommandTests
{
    [Fact]
    public async Task The_cluster_command_starts_nodes_that_join_and_ends_them_with_itself()
    {
        var (port, nodePort, admin) = (FreePorts.One(), FreePorts.One(), FreePorts.One());
        await using var command = ServerProcess.Run(
            "cluster", "--nodes", "2", "--port", port, "--node-port", nodePort, "--admin", $"ws://127.0.0.1:{admin}");
        using var http = new HttpClient();
        var ready = Enumerable.Range(0, 2)
            .Select(number => new Uri($"http://127.0.0.1:{int.Parse(port, CultureInfo.InvariantCulture) + number}/health/ready"))
            .ToList();
        await Eventually.Holds(
            () => ready.TrueForAll(uri => Answers(http, uri)), () => string.Join('\n', [.. command.Output, .. command.Errors]));
        Assert.All(
            ready,
            uri => Assert.Contains(command.Output, line => line.Contains($"http://127.0.0.1:{uri.Port}/", StringComparison.Ordinal)));
        Assert.Contains("WsActors admin", await http.GetStringAsync(new Uri($"http://127.0.0.1:{admin}/")), StringComparison.Ordinal);

        command.Signal(PosixSignal.SIGTERM);

        Assert.Equal(0, await command.WaitForExitAsync());
        Assert.DoesNotContain(ready, uri => Answers(http, uri));
    }

    private static bool Answers(HttpClient http, Uri uri)
    {
        try
        {
            using var answer = http.Send(new HttpRequestMessage(HttpMethod.Get, uri));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
