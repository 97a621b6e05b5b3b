using Akka.Hosting;

namespace WsActors.Cluster;

/// <summary>WebSockets of many nodes in hosted actor systems.</summary>
public static class WebSocketClusterHostingExtensions
{
    /// <summary>
    /// Makes one system of the WebSockets of all nodes: any connection can be told anything from any node, topics reach everyone, and presence
    /// tells who is there. Where the nodes are is for <c>WithRemoting</c> and <c>WithClustering</c> to say.
    /// <para>
    /// Sets the remote frame above the largest message of <c>ws-actors.message.max-size</c>, whatever the order of the calls, unless
    /// you set <c>akka.remote.dot-netty.tcp.maximum-frame-size</c>: the host does not start where a message would not fit. A health
    /// check, <c>websockets.cluster</c>, tagged <c>ready</c>, is healthy while the node is up in the cluster.
    /// </para>
    /// </summary>
    /// <param name="akka">The actor system in the making.</param>
    public static AkkaConfigurationBuilder WithWebSocketCluster(this AkkaConfigurationBuilder akka)
    {
        ArgumentNullException.ThrowIfNull(akka);
        return akka
            .AddHocon(RemoteFrameSize.For(() => akka.Configuration.Value), HoconAddMode.Append)
            .AddHocon(WebSocketClusterExtension.DefaultConfig, HoconAddMode.Append)
            .AddHocon(WebSocketExtension.DefaultConfig, HoconAddMode.Append)
            .StartActors(static (system, _) => system.WebSocketCluster())
            .WithClusterHealthCheck();
    }
}
