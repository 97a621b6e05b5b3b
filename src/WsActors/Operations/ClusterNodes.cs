using Akka.Actor;
using WsActors.Clustering;

namespace WsActors.Operations;

/// <summary>The nodes of the cluster when an operation starts. Immutable.</summary>
/// <param name="Own">The address of this node.</param>
/// <param name="Members">The nodes, this one included.</param>
/// <param name="WithManager">Those that are known to have WebSockets.</param>
internal sealed record ClusterNodes(Address Own, IReadOnlyList<ClusterMember> Members, IReadOnlySet<Address> WithManager)
{
    /// <summary>The name of every node's manager below <c>/system</c>.</summary>
    public const string ManagerName = "websockets";

    public static IActorRef ManagerOf(Address node, ActorSystem system) =>
        ((ExtendedActorSystem)system).Provider.ResolveActorRef(new RootActorPath(node) / "system" / ManagerName);

    /// <summary>
    /// Asks the manager of a node. <c>Identify</c> follows the question: its answer shows that there is no answer to the question, or no
    /// manager.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="question">The question.</param>
    /// <param name="operation">Gets both answers.</param>
    /// <param name="system">The system of this node.</param>
    public static void Ask(Address node, object question, IActorRef operation, ActorSystem system)
    {
        var manager = ManagerOf(node, system);
        manager.Tell(question, operation);
        manager.Tell(new Identify(node), operation);
    }
}
