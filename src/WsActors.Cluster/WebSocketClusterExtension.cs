using Akka.Actor;
using Akka.Configuration;
using WsActors.Cluster.Sessions;

namespace WsActors.Cluster;

/// <summary>WebSockets of a cluster: makes topics reach all nodes, presence know of all, and sessions move. One a system; any thread may use it.</summary>
public sealed class WebSocketClusterExtension : IExtension
{
    internal WebSocketClusterExtension(ExtendedActorSystem system)
    {
        AwaitDowning.OnShutdown(system);
        system.Settings.InjectTopLevelFallback(DefaultConfig);
        var sockets = system.WebSockets();
        sockets.IsClustered = true;
        sockets.CheckEndpoints(options => RemoteFrameSize.Check(system.Settings.Config, options.Message.MaxMessageBytes));
        system.SystemActorOf(TopicRelayActor.PropsFor(sockets.Topics), TopicRelayActor.Name);
        system.SystemActorOf(PresenceRelayActor.PropsFor(sockets.Topics, sockets.Presence), "websockets-presence-relay");
        SessionSharding.Start(system, sockets);
    }

    /// <summary>
    /// What a clustered node needs of Akka's settings, as it stands in <c>hocon/cluster.conf</c>: to be among those with which the system is
    /// made. <c>WithWebSocketCluster</c> sees to it.
    /// </summary>
    public static Config DefaultConfig { get; } = ConfigurationFactory.FromResource<WebSocketClusterExtension>("cluster.conf");

    /// <summary>
    /// Settings for a system that is made without a host: <see cref="DefaultConfig"/>, WebSockets' own, and a remote frame that carries the
    /// largest message of <paramref name="config"/>.
    /// </summary>
    /// <param name="config">Everything else; it wins.</param>
    public static Config Configure(Config config)
    {
        var all = config.WithFallback(DefaultConfig).WithFallback(WebSocketExtension.DefaultConfig);
        return all.WithFallback(RemoteFrameSize.For(all));
    }
}

/// <summary>Makes the extension.</summary>
public sealed class WebSocketClusterProvider : ExtensionIdProvider<WebSocketClusterExtension>
{
    /// <summary>The one instance.</summary>
    public static WebSocketClusterProvider Instance { get; } = new();

    /// <inheritdoc/>
    public override WebSocketClusterExtension CreateExtension(ExtendedActorSystem system) => new(system);
}

/// <summary>The way to the extension.</summary>
public static class WebSocketClusterExtensions
{
    /// <summary>WebSockets of this system's cluster; the first call joins their topics, and who is in them, to those of other nodes.</summary>
    public static WebSocketClusterExtension WebSocketCluster(this ActorSystem system) => WebSocketClusterProvider.Instance.Apply(system);
}
