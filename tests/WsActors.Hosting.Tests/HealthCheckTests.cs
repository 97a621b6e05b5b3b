using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using WsActors.Routing;

namespace WsActors.Hosting.Tests;

public sealed class HealthCheckTests
{
    [Fact]
    public async Task A_serving_host_is_live_and_ready()
    {
        await using var host = await TestHost.StartAsync(Serve(), AddHealthChecks);

        Assert.Equal(HealthStatus.Healthy, await StatusOf(host, "live"));
        Assert.Equal(HealthStatus.Healthy, await StatusOf(host, "ready"));
    }

    [Fact]
    public async Task A_host_that_did_not_start_is_not_live_and_not_ready()
    {
        var host = TestHost.Build(Serve(), AddHealthChecks);

        Assert.Equal(HealthStatus.Unhealthy, await StatusOf(host, "live"));
        Assert.Equal(HealthStatus.Unhealthy, await StatusOf(host, "ready"));
        await host.System.Terminate();
    }

    [Fact]
    public async Task A_host_at_its_connection_limit_is_ready()
    {
        await using var host = await TestHost.StartAsync(Serve("ws-actors.connections.max = 1"), AddHealthChecks);
        using var client = await host.ConnectAsync("/echo");
        await Assert.ThrowsAnyAsync<Exception>(() => host.ConnectAsync("/echo"));

        Assert.Equal(HealthStatus.Healthy, await StatusOf(host, "ready"));
    }

    [Fact]
    public async Task A_host_whose_upgrades_cannot_load_an_assembly_is_live_and_not_ready_until_one_opens()
    {
        await using var host = await TestHost.StartAsync(Serve(), AddHealthChecks);
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => host.ConnectAsync("/broken"));
        }

        Assert.Equal(HealthStatus.Healthy, await StatusOf(host, "live"));
        Assert.Equal(HealthStatus.Unhealthy, await StatusOf(host, "ready"));

        using var client = await host.ConnectAsync("/echo");
        Assert.Equal(HealthStatus.Healthy, await StatusOf(host, "ready"));
    }

    [Fact]
    public async Task A_host_with_a_stopped_endpoint_is_not_ready()
    {
        await using var host = await TestHost.StartAsync(Serve(), AddHealthChecks);
        var endPoints = host.EndPoints;
        await host.System.WebSockets().Manager.Ask<Ws.Unbound>(new Ws.Unbind(endPoints[0]), TimeSpan.FromSeconds(60));

        Assert.Equal(HealthStatus.Healthy, await StatusOf(host, "live"));
        Assert.Equal(HealthStatus.Unhealthy, await StatusOf(host, "ready"));
    }

    [Fact]
    public async Task A_host_that_shuts_down_is_live_and_not_ready()
    {
        await using var host = await TestHost.StartAsync(Serve(), AddHealthChecks);
        var reached = new TaskCompletionSource();
        var gate = new TaskCompletionSource<Akka.Done>();
        CoordinatedShutdown.Get(host.System).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "wait", () =>
        {
            reached.SetResult();
            return gate.Task;
        });

        var stop = host.StopAsync();
        await reached.Task;
        Assert.Equal(HealthStatus.Healthy, await StatusOf(host, "live"));
        Assert.Equal(HealthStatus.Unhealthy, await StatusOf(host, "ready"));

        gate.SetResult(Akka.Done.Instance);
        await stop;
        Assert.Equal(HealthStatus.Unhealthy, await StatusOf(host, "live"));
        Assert.Equal(HealthStatus.Unhealthy, await StatusOf(host, "ready"));
    }

    private static Action<AkkaConfigurationBuilder> Serve(string hocon = "") => akka => akka
        .AddHocon(hocon, HoconAddMode.Prepend)
        .WithWebSockets(
            ws => ws.Listen("ws://127.0.0.1:0").Listen("ws://127.0.0.1:0").Map<EchoHandler>("/echo").Map<EchoHandler>("/broken", Broken));

    private static WebSocketRouteOptions Broken { get; } = new()
    {
        Guard = static (_, _) => throw new FileNotFoundException("It cannot be loaded.", "System.Security.Claims, Version=10.0.0.0"),
    };

    private static void AddHealthChecks(IServiceCollection services) => services.AddHealthChecks();

    private static async Task<HealthStatus> StatusOf(TestHost host, string tag)
    {
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Tags.Contains(tag));
        Assert.Single(report.Entries);
        return report.Status;
    }
}
