using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;

namespace WsActors.Cluster.Tests;

/// <summary>A cluster node whose WebSockets do not take part in the cluster logs it, once.</summary>
public sealed class NotClusteredTests
{
    private static readonly Config Settings = ConfigurationFactory.ParseString("""
        akka {
          actor.provider = cluster
          loglevel = WARNING
          stdout-loglevel = OFF
          loggers = []
          scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
          remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
          coordinated-shutdown { run-by-actor-system-terminate = off, run-by-clr-shutdown-hook = off }
        }
        """);

    [Theory]
    [InlineData("", false, true)]
    [InlineData("", true, false)]
    [InlineData("akka.actor.provider = remote", false, false)]
    public async Task A_cluster_node_without_the_cluster_extension_warns_once(string hocon, bool isClustered, bool warns)
    {
        var config = WebSocketClusterExtension.Configure(ConfigurationFactory.ParseString(hocon).WithFallback(Settings));
        using var system = ActorSystem.Create("ws", config);
        var test = new Akka.TestKit.Xunit2.TestKit(system);
        var log = test.CreateTestProbe();
        system.EventStream.Subscribe(log.Ref, typeof(Warning));
        system.WebSockets();
        if (isClustered)
        {
            system.WebSocketCluster();
        }

        for (var i = 0; i < 30; i++)
        {
            ((TestScheduler)system.Scheduler).Advance(TimeSpan.FromSeconds(1));
        }

        // Behind all earlier log messages.
        system.EventStream.Publish(new Warning("test", typeof(NotClusteredTests), "the end"));
        var lines = new List<string>();
        while (lines is not [.., "the end"])
        {
            lines.Add(log.ExpectMsg<Warning>(Eventually.Patience).Message.ToString()!);
        }

        Assert.Equal(warns ? 1 : 0, lines.Count(static line => line.Contains("WithWebSocketCluster()", StringComparison.Ordinal)));
        await system.Terminate();
    }
}
