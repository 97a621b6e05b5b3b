using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;

namespace WsActors.Tests;

/// <summary>A shutdown's time for the drain is the user's setting; a time that is too short is logged at the start.</summary>
public sealed class ShutdownTimeSpec
{
    private const string Key = "akka.coordinated-shutdown.phases.before-service-unbind.timeout";

    [Theory]
    [InlineData("", 20, null)]
    [InlineData($"{Key} = 3s", 3, "timeout is 00:00:03; give it 00:00:17.5")]
    [InlineData($"{Key} = 17500ms", 17.5, null)]
    [InlineData($"{Key} = 60s", 60, null)]
    [InlineData("ws-actors.drain.deadline = 1m", 20, "timeout is 00:00:20; give it 00:01:02.5")]
    public async Task A_configured_phase_timeout_is_kept_and_a_short_one_is_a_warning(string hocon, double seconds, string? warning)
    {
        var system = ActorSystem.Create("time", ConfigurationFactory.ParseString(
            $"akka {{ stdout-loglevel = OFF, loggers = [\"{typeof(TestEventListener).AssemblyQualifiedName}\"] }}\n{hocon}"));
        var inbox = Inbox.Create(system);
        system.EventStream.Subscribe(inbox.Receiver, typeof(Warning));

        _ = system.WebSockets();

        Assert.Equal(TimeSpan.FromSeconds(seconds), CoordinatedShutdown.Get(system).Timeout(CoordinatedShutdown.PhaseBeforeServiceUnbind));
        inbox.Receiver.Tell(new Warning("", typeof(object), "nothing"));
        Assert.Contains(
            warning ?? "nothing", ((Warning)inbox.Receive(TimeSpan.FromSeconds(30))).Message.ToString(), StringComparison.Ordinal);
        await system.Terminate();
    }

    /// <summary>Somebody may stop or kill them; there is nothing left to wait for.</summary>
    [Fact]
    public async Task A_shutdown_does_not_wait_for_actors_that_were_stopped()
    {
        var system = ActorSystem.Create("stopped", """
            akka { stdout-loglevel = OFF, loggers = [] }
            akka.coordinated-shutdown.phases { before-service-unbind.timeout = 1h, service-requests-done.timeout = 1h }
            """);
        var webSockets = system.WebSockets();
        foreach (var actor in new[] { webSockets.Manager, webSockets.Sessions, webSockets.Clients })
        {
            actor.Tell(PoisonPill.Instance);
        }

        await system.Terminate().WaitAsync(TimeSpan.FromMinutes(3)); // Only a failing test waits that long.
    }
}
