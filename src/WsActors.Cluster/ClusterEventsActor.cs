using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.PublishSubscribe;
using WsActors.Clustering;

namespace WsActors.Cluster;

/// <summary>
/// Tells the topic relay which nodes have left or are unreachable, and takes the acknowledgements of its subscriptions. One for each actor
/// system.
/// </summary>
internal sealed class ClusterEventsActor(ClusterNode node) : UntypedActor
{
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);

    public static Props PropsFor(ClusterNode node) => Props.Create<ClusterEventsActor>(node);

    protected override void PreStart() =>
        _cluster.Subscribe(Self, typeof(ClusterEvent.MemberRemoved), typeof(ClusterEvent.UnreachableMember));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.MemberRemoved removed: node.RemoveNode(removed.Member.Address); break;
            case ClusterEvent.UnreachableMember unreachable: node.RemoveNode(unreachable.Member.Address); break;
            case ClusterEvent.CurrentClusterState or SubscribeAck or UnsubscribeAck: break;
            default: Unhandled(message); break;
        }
    }
}
