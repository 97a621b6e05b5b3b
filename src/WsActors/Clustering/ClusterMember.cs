using Akka.Actor;

namespace WsActors.Clustering;

/// <summary>A node of the cluster, as this node knows it. Immutable.</summary>
/// <param name="Address">The address.</param>
/// <param name="Uid">The number of the actor system's incarnation at the address.</param>
/// <param name="IsReachable">Whether the failure detector reaches it.</param>
public sealed record ClusterMember(Address Address, int Uid, bool IsReachable)
{
    /// <summary>The address.</summary>
    public Address Address { get; } = Ws.NotNull(Address);
}
