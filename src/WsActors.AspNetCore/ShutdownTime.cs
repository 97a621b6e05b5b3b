using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace WsActors.AspNetCore;

/// <summary>The drain at the stop of an app, within the time that its host leaves.</summary>
internal static class ShutdownTime
{
    /// <summary>The time that the host needs beside the drain.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    /// <summary>Warns when the host's shutdown timeout is shorter than a drain.</summary>
    public static void Check(IServiceProvider services, ActorSystem system, ILogger log)
    {
        _ = system.WebSockets();
        var drain = system.Settings.Config.GetTimeSpan("ws-actors.drain.deadline") + Margin;
        var shutdown = services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
        if (shutdown < drain)
        {
            log.LogWarning(
                "The host stops within {ShutdownTimeout}, and a drain of the WebSockets may take {Drain}: connections are then reset. "
                + "Set HostOptions.ShutdownTimeout to {Drain} or more, or shorten ws-actors.drain.deadline",
                shutdown,
                drain,
                drain);
        }
    }

    /// <summary>
    /// Starts the drain when the host stops, without a lead: its server refuses new connections from then on. In Development all
    /// connections are closed at once with 1001. After a signal the drain is over by then.
    /// </summary>
    public static void Drain(IServiceProvider services)
    {
        var sockets = services.GetRequiredService<ActorSystem>().WebSockets();
        if (services.GetRequiredService<IHostEnvironment>().IsDevelopment())
        {
            sockets.GoAway();
        }
        else
        {
            // Nobody takes the answer: no sender would log it as a dead letter.
            sockets.Manager.Tell(new Ws.Drain { Lead = TimeSpan.Zero }, ActorRefs.Nobody);
        }
    }
}
