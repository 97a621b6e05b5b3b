using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace WsActors.Hosting;

/// <summary>
/// The health checks of a host. Live: the manager answers. Ready: every configured endpoint listens, no drain has begun, and upgrades do
/// not fail by a fault of the process. A reached connection limit does not make a node unready: the node serves its connections, and a load
/// balancer would move them all.
/// </summary>
internal static class HealthChecks
{
    // Far more than a busy manager needs, and less than the usual timeout of a health probe.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    public static AkkaConfigurationBuilder WithWebSocketHealthChecks(this AkkaConfigurationBuilder akka) => akka
        .WithHealthCheck("websockets.live", CheckLive, tags: ["live"])
        .WithHealthCheck("websockets.ready", CheckReady, tags: ["ready"]);

    private static async Task<HealthCheckResult> CheckLive(ActorSystem system, ActorRegistry registry, CancellationToken cancellation) =>
        await Ask(registry, cancellation).ConfigureAwait(false) is { } health
            ? HealthCheckResult.Healthy($"{health.Connections} connections")
            : HealthCheckResult.Unhealthy("the manager of WebSockets does not answer");

    private static async Task<HealthCheckResult> CheckReady(ActorSystem system, ActorRegistry registry, CancellationToken cancellation)
    {
        if (CoordinatedShutdown.Get(system).ShutdownReason is not null)
        {
            return HealthCheckResult.Unhealthy("the actor system is shutting down");
        }

        return await Ask(registry, cancellation).ConfigureAwait(false) switch
        {
            null => HealthCheckResult.Unhealthy("the manager of WebSockets does not answer"),
            { IsDraining: true } => HealthCheckResult.Unhealthy("the server is draining"),
            { Endpoints.Count: 0, HostedEndpoints: 0 } => HealthCheckResult.Unhealthy("no endpoint listens yet"),
            { UpgradeFault: { } fault } => HealthCheckResult.Unhealthy(fault),
            var health when HostedEndpoints.Get(system).Missing(health) is > 0 and var missing =>
                HealthCheckResult.Unhealthy($"{missing} of the configured endpoints do not listen"),
            { Endpoints.Count: 0 } => HealthCheckResult.Healthy("the host listens"),
            var health => HealthCheckResult.Healthy($"listening on {string.Join(", ", health.Endpoints)}"),
        };
    }

    private static async Task<Ws.Health?> Ask(ActorRegistry registry, CancellationToken cancellation)
    {
        if (!registry.TryGet<WebSocketManagerKey>(out var manager))
        {
            return null;
        }

        try
        {
            return await manager.Ask<Ws.Health>(Ws.GetHealth.Instance, AnswerTimeout, cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}
