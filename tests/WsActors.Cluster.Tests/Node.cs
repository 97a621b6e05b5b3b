using System.Security.Claims;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Cluster.Tests;

/// <summary>A node of a cluster in this process: an actor system that listens on a free port of loopback, in real time.</summary>
internal sealed class Node : IAsyncDisposable
{
    private static readonly Config Settings = ConfigurationFactory.ParseString("""
        akka {
          loglevel = WARNING
          stdout-loglevel = OFF
          loggers = []
          remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
          cluster {
            gossip-interval = 200ms
            leader-actions-interval = 200ms
            failure-detector.acceptable-heartbeat-pause = 5s
            run-coordinated-shutdown-when-down = off
          }
          coordinated-shutdown { run-by-actor-system-terminate = off, run-by-clr-shutdown-hook = off }
          test { default-timeout = 30s, single-expect-default = 30s, filter-leeway = 30s }
        }
        """);

    private readonly Akka.TestKit.Xunit2.TestKit _test;

    private Node(ActorSystem system, RouteTable routes)
    {
        _test = new Akka.TestKit.Xunit2.TestKit(system);
        Sockets = new WebSocketTestKit(_test, routes);
    }

    public ActorSystem System => _test.Sys;

    public Akka.Cluster.Cluster Cluster => Akka.Cluster.Cluster.Get(System);

    /// <summary>Clients whose sockets are probes, and whose connections are this node's.</summary>
    public WebSocketTestKit Sockets { get; }

    public IActorRef Topics => System.WebSockets().Topics;

    public IActorRef Presence => System.WebSockets().Presence;

    /// <param name="config">More configuration.</param>
    /// <param name="routes">The routes beside <c>/</c>, whose handler is silent, and <c>/as/{user}</c>, whose user has that name.</param>
    public static Node Start(string config = "", Func<RouteTable, RouteTable>? routes = null)
    {
        var system = ActorSystem.Create(
            "ws", WebSocketClusterExtension.Configure(ConfigurationFactory.ParseString(config).WithFallback(Settings)));
        system.WebSocketCluster();
        var table = RouteTable.Empty
            .Map("/", static _ => Props.Create<Silent>())
            .Map(
                "/as/{user}",
                static _ => Props.Create<Silent>(),
                new WebSocketRouteOptions { Guard = static (request, _) => Task.FromResult(Named(request.RouteValues["user"])) });
        return new Node(system, routes is null ? table : routes(table));
    }

    /// <summary>Starts nodes, the first of which is the oldest, and waits until each knows all.</summary>
    public static async Task<Node[]> StartCluster(int count, string config = "", Func<RouteTable, RouteTable>? routes = null)
    {
        Node[] nodes = [.. Enumerable.Range(0, count).Select(_ => Start(config, routes))];
        await Join(nodes);
        return nodes;
    }

    /// <summary>Makes a cluster of nodes, the first of which is the oldest, and waits until each knows all.</summary>
    public static async Task Join(params Node[] nodes)
    {
        foreach (var node in nodes)
        {
            await node.Cluster.JoinAsync(nodes[0].Cluster.SelfAddress).WaitAsync(TimeSpan.FromSeconds(60));
        }

        foreach (var node in nodes)
        {
            await Eventually.Holds(
                () => node.Cluster.State.Members.Count(static m => m.Status == Akka.Cluster.MemberStatus.Up) == nodes.Length,
                "not all nodes are up");
        }
    }

    /// <summary>An actor of another node, as this node knows it.</summary>
    public IActorRef RefOf(Node other, IActorRef actor) => ((ExtendedActorSystem)System).Provider.ResolveActorRef(
        actor.Path.ToSerializationFormatWithAddress(other.Cluster.SelfAddress));

    public TestProbe Probe() => _test.CreateTestProbe();

    /// <summary>A client whose connection is a member.</summary>
    public ClientProbe Member(string topic, string path = "/", IReadOnlyDictionary<string, string>? presence = null)
    {
        var client = Sockets.Connect(path);
        Join(client, topic, presence);
        return client;
    }

    public void Join(ClientProbe client, string topic, IReadOnlyDictionary<string, string>? presence = null)
    {
        var probe = Probe();
        client.Connection.Tell(new Ws.Join(topic) { PresenceData = presence }, probe.Ref);
        probe.ExpectMsg<Ws.Joined>();
    }

    public void Publish(string topic, Ws.Send message) => Topics.Tell(new Ws.Publish(topic, message), ActorRefs.NoSender);

    /// <summary>Ends at once, without a word to the others, as a process that is killed.</summary>
    public Task Kill() => System.Terminate().WaitAsync(TimeSpan.FromSeconds(60));

    public async ValueTask DisposeAsync() => await Kill();

    private static GuardDecision Named(string user) =>
        GuardDecision.Accept(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, user)], "test")));

    private sealed class Silent : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }
    }
}
