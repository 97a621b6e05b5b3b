namespace WsActors.EndToEnd.Tests;

/// <summary>A page's session on a network that falls silent under its open socket: <c>session.js</c> in Node.js.</summary>
public sealed class SilentNetworkTests
{
    private static readonly string Script = Path.Combine(Repository.Root, "src", "wsactors-session", "session.js");

    /// <summary>The clock and the sockets are played: see the names in <c>liveness.js</c>.</summary>
    [NodeFact]
    public async Task Silence_is_detected_without_false_positives()
    {
        var output = await NodeClientTests.RunAsync("liveness.js", Script);

        Assert.Equal("done", output[^1]);
        Assert.All(output[..^1], static line => Assert.StartsWith("ok ", line, StringComparison.Ordinal));
    }

    [NodeFact]
    public async Task A_page_that_wakes_on_a_silent_network_resumes_over_another_connection()
    {
        await using var server = await ServerProcess.StartAsync();

        var output = await NodeClientTests.RunAsync("silent.js", $"{server.Port}");

        Assert.Equal(["open new", "message one", "away 1006 no answer in time", "open true", "message two", "connections 2"], output);
    }
}
