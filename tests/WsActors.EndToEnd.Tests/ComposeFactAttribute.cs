namespace WsActors.EndToEnd.Tests;

/// <summary>
/// A test that needs Compose, though no Docker: skipped, with a plain word, where it is not installed; where it is required, it runs and
/// fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ComposeFactAttribute : FactAttribute
{
    public ComposeFactAttribute() =>
        Skip = HaproxyFactAttribute.IsInstalled("docker-compose")
            || Environment.GetEnvironmentVariable("WSACTORS_REQUIRE_COMPOSE") is not null
        ? null
        : "No Compose here: install docker-compose to run this test.";
}
