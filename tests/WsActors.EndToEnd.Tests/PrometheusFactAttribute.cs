namespace WsActors.EndToEnd.Tests;

/// <summary>
/// A test that needs Prometheus: skipped, with a plain word, where it is not installed; where it is required, it runs and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute() =>
        Skip = HaproxyFactAttribute.IsInstalled("prometheus")
            || Environment.GetEnvironmentVariable("WSACTORS_REQUIRE_PROMETHEUS") is not null
            ? null
            : "No Prometheus here: install prometheus to run this test.";
}
