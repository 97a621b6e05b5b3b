using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Configuration;
using WsActors.Cluster.Sessions;
using WsActors.Clustering;

namespace WsActors.Cluster;

/// <summary>
/// The extension of a clustered node: topics and presence span all nodes, and sessions move between them. One for each actor system; any
/// thread.
/// </summary>
public sealed class WebSocketClusterExtension : IExtension
{
    internal WebSocketClusterExtension(ExtendedActorSystem system)
    {
        AwaitDowning.OnShutdown(system);
        system.Settings.InjectTopLevelFallback(DefaultConfig);
        var (sockets, node) = (system.WebSockets(), ClusterNode.Join(system));
        node.CheckEndpoints(options => RemoteFrameSize.Check(system.Settings.Config, options.Message.MaxBytes));
        var events = system.SystemActorOf(ClusterEventsActor.PropsFor(node), "websockets-cluster-events");
        node.StartTopicRelay(new PubSubBackplane(DistributedPubSub.Get(system).Mediator, acks: events));
        system.SystemActorOf(PresenceRelayActor.PropsFor(sockets.Topics, sockets.Presence), "websockets-presence-relay");
        SessionSharding.Start(system, node);
    }

    /// <summary>
    /// The Akka settings that a clustered node needs, from <c>hocon/cluster.conf</c>. The actor system must be created with them;
    /// <c>WithWebSocketCluster</c> adds them.
    /// </summary>
    public static Config DefaultConfig { get; } = ConfigurationFactory.FromResource<WebSocketClusterExtension>("cluster.conf");

    /// <summary>
    /// The settings for a system without a host: <see cref="DefaultConfig"/>, <see cref="WebSocketExtension.DefaultConfig"/>, and a remote
    /// frame size for the largest message of <paramref name="config"/>.
    /// </summary>
    /// <param name="config">All other settings; they take precedence.</param>
    public static Config Configure(Config config)
    {
        var all = config.WithFallback(DefaultConfig).WithFallback(WebSocketExtension.DefaultConfig);
        return all.WithFallback(RemoteFrameSize.For(all));
    }
}

/// <summary>Creates the extension.</summary>
public sealed class WebSocketClusterProvider : ExtensionIdProvider<WebSocketClusterExtension>
{
    /// <summary>The one instance.</summary>
    public static WebSocketClusterProvider Instance { get; } = new();

    /// <inheritdoc/>
    public override WebSocketClusterExtension CreateExtension(ExtendedActorSystem system) => new(system);
}

/// <summary>Access to the extension.</summary>
public static class WebSocketClusterExtensions
{
    /// <summary>The extension of this system. The first call connects its topics, presence and sessions to those of other nodes.</summary>
    public static WebSocketClusterExtension WebSocketCluster(this ActorSystem system) => WebSocketClusterProvider.Instance.Apply(system);
}
