using Akka;
using Akka.Actor;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace WsActors.AspNetCore;

/// <summary>
/// The app's stop within a shutdown of the actor system. On SIGTERM Akka's own hook shuts the system down before the host stops: without
/// this, requests in flight would lose the actors that they ask.
/// </summary>
internal static class ServerShutdown
{
    /// <summary>After the drain, in which the server still accepts, and before anything stops that requests may need.</summary>
    public static void AddTo(ActorSystem system, IServiceProvider services)
    {
        if (services.GetService<IServer>() is not { } server)
        {
            return;
        }

        var lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        var timeout = services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
        var stop = new Lazy<Task>(() => StopAsync(server, lifetime, timeout));
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "stop-http-server", () =>
        {
            _ = stop.Value;
            return Task.FromResult(Done.Instance);
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "await-http-requests", async () =>
        {
            await stop.Value.ConfigureAwait(false);
            return Done.Instance;
        });
    }

    private static async Task StopAsync(IServer server, IHostApplicationLifetime lifetime, TimeSpan timeout)
    {
        lifetime.StopApplication();
        using var limit = new CancellationTokenSource(timeout);

        // The host stops the server, too: the second call awaits the first.
        await server.StopAsync(limit.Token).ConfigureAwait(false);
    }
}
