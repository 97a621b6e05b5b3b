using System.Diagnostics;

namespace WsActors.EndToEnd.Tests;

/// <summary>A client of another language: Node's ws.</summary>
public sealed class NodeClientTests
{
    [NodeFact]
    public async Task Nodes_ws_works_with_the_echo()
    {
        await using var server = await ServerProcess.StartAsync();

        var output = await RunAsync("session.js", server.WebSocketUri("/echo").ToString());

        Assert.Equal(
            ["open true", "text true grüße", "binary true true", "pong are you there?", "close 4000"],
            output);
    }

    [NodeFact]
    public async Task A_client_written_by_the_specification_loses_no_message_across_breaks()
    {
        await using var server = await ServerProcess.StartAsync();

        var output = await RunAsync("resume.js", server.WebSocketUri("/chat/tea?name=Ann").ToString());

        Assert.Equal(["recovered new true true true true true", "heard true 110"], output);
    }

    /// <summary>The lines that a script writes.</summary>
    internal static Task<string[]> RunAsync(string script, params string[] arguments) => RunInAsync([], script, arguments);

    /// <summary>The same with additional environment variables.</summary>
    internal static async Task<string[]> RunInAsync(Dictionary<string, string?> environment, string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(NodeFactAttribute.Folder, script), .. arguments])
        {
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var node = Process.Start(start)!; // not null: the shell is not used

        var output = await node.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await node.WaitForExitAsync();
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
