namespace WsActors.EndToEnd.Tests;

/// <summary>
/// Health requests of balancers and containers. <see cref="ListeningTests"/> has those before the port is open, and of a full server.
/// </summary>
public sealed class HealthTests
{
    [Fact]
    public async Task A_probe_with_HTTP_1_0_gets_200()
    {
        await using var server = await ServerProcess.StartAsync();

        foreach (var path in new[] { "/health/live", "/health/ready" })
        {
            var answer = await ListeningTests.AskAsync(server.Port, $"GET {path} HTTP/1.0\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_health_command_exits_with_0_for_a_ready_server_and_with_1_without_one()
    {
        await using var server = await ServerProcess.StartAsync();

        // The command waits three seconds for an answer, as containers want it. A container runtime asks again, and so does this test on a
        // busy machine.
        var ready = await ServerProcess.RunAsync("health", server.HttpUri("/health/ready").ToString());
        for (var i = 0; i < 20 && ready.Errors.Any(static line => line.Contains("does not answer within", StringComparison.Ordinal)); i++)
        {
            ready = await ServerProcess.RunAsync("health", server.HttpUri("/health/ready").ToString());
        }

        var nothing = await ServerProcess.RunAsync("health", server.HttpUri("/nothing").ToString());
        var nobody = await ServerProcess.RunAsync("health", "http://127.0.0.1:1/health/ready");

        Assert.Equal((0, 1, 1), (ready.ExitCode, nothing.ExitCode, nobody.ExitCode));
        Assert.Contains("answers 404", Assert.Single(nothing.Errors), StringComparison.Ordinal);
        Assert.Contains("does not answer", Assert.Single(nobody.Errors), StringComparison.Ordinal);
    }
}
