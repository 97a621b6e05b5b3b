namespace WsActors.EndToEnd.Tests;

/// <summary>
/// A test that needs Node.js and its ws package: skipped, with a plain word, where they are not installed; where they are required, it runs
/// and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute() => Skip = Missing;

    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "WsActors.EndToEnd.Tests", "clients", "node");

    /// <summary>Why such a test is skipped; null when it is not.</summary>
    public static string? Missing { get; } =
        Directory.Exists(Path.Combine(Folder, "node_modules", "ws"))
            || Environment.GetEnvironmentVariable("WSACTORS_REQUIRE_NODE") is not null
            ? null
            : "Node's ws is not here: run 'npm install' in tests/WsActors.EndToEnd.Tests/clients/node to run this test.";
}
