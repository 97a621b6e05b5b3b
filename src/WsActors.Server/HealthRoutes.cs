using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using WsActors.Hosting;
using WsActors.Protocol.Handshake;
using WsActors.Routing;

namespace WsActors.Server;

/// <summary>
/// The health routes for load balancers and container runtimes: <c>/health/live</c> and <c>/health/ready</c>, 200 or 503.
/// </summary>
internal static class HealthRoutes
{
    public static WebSocketsBuilder GetHealth(this WebSocketsBuilder ws, IServiceProvider services) => ws
        .Get("/health/live", Answer(services, "live"))
        .Get("/health/ready", Answer(services, "ready"));

    private static HttpHandler Answer(IServiceProvider services, string tag) => async (_, cancellation) =>
    {
        var checks = services.GetRequiredService<HealthCheckService>();
        var report = await checks.CheckHealthAsync(check => check.Tags.Contains(tag), cancellation);
        var isHealthy = report.Status == HealthStatus.Healthy;
        var reasons = report.Entries.Values.Where(static e => e.Status != HealthStatus.Healthy).Select(static e => e.Description);
        return PlainResponse.Text(
            isHealthy ? 200 : 503,
            isHealthy ? $"{tag}\n" : $"not {tag}: {string.Join("; ", reasons)}\n",
            new HttpHeader("Cache-Control", "no-store"));
    };
}
