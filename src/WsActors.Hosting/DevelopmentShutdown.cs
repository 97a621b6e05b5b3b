using Akka;
using Akka.Actor;
using Akka.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace WsActors.Hosting;

/// <summary>In Development a shutdown of the actor system closes all connections at once, with 1001.</summary>
internal static class DevelopmentShutdown
{
    /// <summary>Adds the task, if the host of the system is in Development.</summary>
    public static void AddTo(ActorSystem system)
    {
        if (DependencyResolver.For(system).Resolver.GetService<IHostEnvironment>() is { } environment && environment.IsDevelopment())
        {
            // The drain of the same phase has begun, or joins this one.
            CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "close-websockets-at-once", () =>
            {
                system.WebSockets().GoAway();
                return Task.FromResult(Done.Instance);
            });
        }
    }
}
