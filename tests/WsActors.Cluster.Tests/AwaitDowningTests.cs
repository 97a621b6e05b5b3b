using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace WsActors.Cluster.Tests;

/// <summary>The time a node has to wait for downing before it leaves; <see cref="Sessions.SessionFlightTests"/> shows the wait.</summary>
public sealed class AwaitDowningTests
{
    private const string Settings = """
        akka {
          stdout-loglevel = OFF
          loggers = []
          remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
          coordinated-shutdown { run-by-actor-system-terminate = off, run-by-clr-shutdown-hook = off }
        }
        """;

    [Theory]
    [InlineData("", false)]
    [InlineData("akka.cluster.split-brain-resolver.stable-after = 40s", true)]
    [InlineData("akka.coordinated-shutdown.phases.before-cluster-leave.timeout = 20s", true)]
    [InlineData("akka.cluster { downing-provider-class = \"\", split-brain-resolver.stable-after = 40s }", false)]
    public async Task A_timeout_shorter_than_the_downing_decision_is_a_warning_at_the_start(string hocon, bool warns)
    {
        var config = ConfigurationFactory.ParseString(hocon).WithFallback(ConfigurationFactory.ParseString(Settings));
        using var system = ActorSystem.Create("ws", WebSocketClusterExtension.Configure(config));
        var log = new Akka.TestKit.Xunit2.TestKit(system).CreateTestProbe();
        system.EventStream.Subscribe(log.Ref, typeof(Warning));

        system.WebSocketCluster();

        // Behind all earlier log messages.
        system.EventStream.Publish(new Warning("test", typeof(AwaitDowningTests), "the end"));
        var lines = new List<string>();
        while (lines is not [.., "the end"])
        {
            lines.Add(log.ExpectMsg<Warning>(Eventually.Patience).Message.ToString()!);
        }

        Assert.Equal(warns ? 1 : 0, lines.Count(static line => line.Contains("before-cluster-leave.timeout is", StringComparison.Ordinal)));
        await system.Terminate();
    }
}
