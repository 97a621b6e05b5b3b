namespace WsActors.EndToEnd.Tests;

/// <summary>
/// A test that needs HAProxy: skipped, with a plain word, where it is not installed; where it is required, it runs and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HaproxyFactAttribute : FactAttribute
{
    public HaproxyFactAttribute() =>
        Skip = IsInstalled("haproxy") || Environment.GetEnvironmentVariable("WSACTORS_REQUIRE_HAPROXY") is not null
            ? null
            : "No HAProxy here: install haproxy to run this test.";

    /// <summary>Whether there is a program of that name.</summary>
    public static bool IsInstalled(string program) =>
        Array.Exists(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator),
            folder => File.Exists(Path.Combine(folder, program)));
}
