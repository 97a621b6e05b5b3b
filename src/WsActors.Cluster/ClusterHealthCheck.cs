using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace WsActors.Cluster;

/// <summary>
/// The node is ready while it is up in its cluster. Before that, other nodes do not see its connections; when it leaves, clients must
/// connect to other nodes. An unreachable node does not make it unready: downing decides which side of a partition survives.
/// </summary>
internal static class ClusterHealthCheck
{
    public static AkkaConfigurationBuilder WithClusterHealthCheck(this AkkaConfigurationBuilder akka) =>
        akka.WithHealthCheck("websockets.cluster", static (system, _, _) => Task.FromResult(Check(system)), tags: ["ready"]);

    private static HealthCheckResult Check(ActorSystem system)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        return cluster switch
        {
            { IsTerminated: true } => HealthCheckResult.Unhealthy("the node is no longer in the cluster"),
            { SelfMember.Status: MemberStatus.Up } => HealthCheckResult.Healthy($"the node is up, one of {cluster.State.Members.Count}"),
            _ => HealthCheckResult.Unhealthy("the node is not up in the cluster"),
        };
    }
}
