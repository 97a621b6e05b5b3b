using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.PublishSubscribe;
using WsActors.Clustering;

namespace WsActors.Cluster;

/// <summary>
/// Tells the topic relay which nodes have left or are unreachable, and operations of all nodes which there are. It takes the
/// acknowledgements of the relay's subscriptions. One for each actor system.
/// </summary>
internal sealed class ClusterEventsActor(ClusterNode node) : UntypedActor
{
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);

    /// <summary>The nodes of the cluster, and whether the failure detector reaches them.</summary>
    private readonly Dictionary<UniqueAddress, bool> _isReachable = [];

    public static Props PropsFor(ClusterNode node) => Props.Create<ClusterEventsActor>(node);

    protected override void PreStart() =>
        _cluster.Subscribe(Self, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.CurrentClusterState state:
                foreach (var member in state.Members)
                {
                    _isReachable[member.UniqueAddress] = !state.Unreachable.Contains(member);
                }

                break;
            case ClusterEvent.MemberRemoved removed:
                _isReachable.Remove(removed.Member.UniqueAddress);
                node.RemoveNode(removed.Member.Address);
                break;
            case ClusterEvent.UnreachableMember unreachable:
                _isReachable[unreachable.Member.UniqueAddress] = false;
                node.RemoveNode(unreachable.Member.Address);
                break;
            case ClusterEvent.ReachableMember reachable: _isReachable[reachable.Member.UniqueAddress] = true; break;
            case ClusterEvent.IMemberEvent changed: _isReachable.TryAdd(changed.Member.UniqueAddress, true); break;
            case SubscribeAck or UnsubscribeAck: return;
            default:
                Unhandled(message);
                return;
        }

        node.SetMembers([.. _isReachable.Select(static one => new ClusterMember(one.Key.Address, one.Key.Uid, one.Value))]);
    }
}
