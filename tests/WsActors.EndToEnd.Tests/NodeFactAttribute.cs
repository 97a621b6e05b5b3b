namespace WsActors.EndToEnd.Tests;

/// <summary>A test that needs Node.js and its ws package: skipped, with a plain word, where they are not installed; where they are required, it runs and fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute()
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "ws")) && Environment.GetEnvironmentVariable("WSACTORS_REQUIRE_NODE") is null)
        {
            Skip = "Node's ws is not here: run 'npm install' in tests/WsActors.EndToEnd.Tests/clients/node to run this test.";
        }
    }

    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "WsActors.EndToEnd.Tests", "clients", "node");
}
