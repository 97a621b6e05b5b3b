using Akka.Hosting;

namespace WsActors.Cluster;

/// <summary>Clustered WebSockets in hosted actor systems.</summary>
public static class WebSocketClusterHostingExtensions
{
    /// <summary>
    /// Joins the WebSockets of all nodes: messages reach a connection from any node, and topics and presence span all nodes. Configure the
    /// nodes with <c>WithRemoting</c> and <c>WithClustering</c>.
    /// <para>
    /// Sets the remote frame size above the largest message of <c>ws-actors.message.max-size</c>, in any order of the calls, unless you set
    /// <c>akka.remote.dot-netty.tcp.maximum-frame-size</c>. The host does not start if a message would not fit. The health check
    /// <c>websockets.cluster</c>, tagged <c>ready</c>, is healthy while the node is up in the cluster.
    /// </para>
    /// </summary>
    /// <param name="akka">The builder of the actor system.</param>
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
