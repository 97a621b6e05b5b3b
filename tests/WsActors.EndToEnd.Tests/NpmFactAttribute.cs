namespace WsActors.EndToEnd.Tests;

/// <summary>
/// A test that needs Node.js, the packages of <c>clients/node/package.json</c>, and Chromium: skipped, with the reason, without one of
/// them; where they are required, the test runs and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NpmFactAttribute : FactAttribute
{
    public NpmFactAttribute() => Skip = NodeFactAttribute.Missing ?? BrowserFactAttribute.Missing ?? Missing;

    /// <summary>The folder of the tools' commands.</summary>
    public static string Tools { get; } = Path.Combine(NodeFactAttribute.Folder, "node_modules", ".bin");

    private static string? Missing =>
        File.Exists(Path.Combine(Tools, "esbuild")) || Environment.GetEnvironmentVariable("WSACTORS_REQUIRE_NODE") is not null
            ? null
            : "esbuild is not here: run 'npm install' in tests/WsActors.EndToEnd.Tests/clients/node to run this test.";
}
