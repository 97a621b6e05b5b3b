using Akka.Actor;
using WsActors.Messages;
using WsActors.Runtime;

namespace WsActors.Operations;

/// <summary>The plan of an operation: its actor, and the question to the nodes. Immutable.</summary>
/// <param name="Props">The <c>Props</c> of its actor.</param>
/// <param name="Question">The question to all nodes at the same time; null when the actor itself asks them, one after the other.</param>
internal sealed record OperationPlan(Props Props, object? Question)
{
    /// <summary>Whether a list continues behind a page of its own order, or starts.</summary>
    public static bool FitsItsCursor(Ws.IClusterOperation operation) => operation switch
    {
        Ws.ListClusterConnections { OrderBy: { } order } list => SortCursor.Fits(list.After, order, list.IsDescending),
        Ws.ListClusterConnections list => list.After is null || ClusterCursor.Parse(list.After) is not null,
        Ws.ListTopics list => SortCursor.Fits(list.After, list.OrderBy, list.IsDescending),
        Ws.ListSessions list => SortCursor.Fits(list.After, list.OrderBy, list.IsDescending),
        _ => true,
    };

    /// <param name="operation">The operation.</param>
    /// <param name="nodes">The nodes of the cluster.</param>
    /// <param name="clock">The clock of the deadline.</param>
    /// <param name="asker">Gets the answer.</param>
    public static OperationPlan For(Ws.IClusterOperation operation, ClusterNodes nodes, Clock clock, IActorRef asker)
    {
        var context = new NodesOperationActor.OperationContext(nodes, clock, operation.Timeout, asker);
        return operation switch
        {
            Ws.GetClusterStats => new(CountNodesActor.PropsFor(context), Question: null),
            Ws.KickInCluster kick => new(
                EachNodeActor<Ws.Kicked>.PropsFor(
                    context, static (answers, missing) => new Ws.KickedInCluster { Nodes = answers, Missing = missing }),
                kick.Kick),
            Ws.SendToUser send => new(
                EachNodeActor<Ws.Recipients>.PropsFor(
                    context, static (answers, missing) => new Ws.SentToUser { Nodes = answers, Missing = missing }),
                new SendToLocalUser(send.User, send.Message, asker)),
            Ws.ListClusterConnections { OrderBy: not null } list => new(SortedConnectionsActor.PropsFor(context, list), Question: null),
            Ws.ListTopics list => new(
                EachNodeActor<LocalTopics>.PropsFor(
                    context, (answers, missing) => MergedLists.Merge(list, answers, missing)),
                new ListLocalTopics(MergedLists.PartOf(list))),
            Ws.ListSessions list => new(
                EachNodeActor<LocalSessions>.PropsFor(
                    context, (answers, missing) => MergedLists.Merge(list, answers, missing)),
                new ListLocalSessions(list)),
            Ws.ListClusterConnections list => new(ListNodesActor.PropsFor(context, list), Question: null),
            _ => throw new ArgumentException($"{operation.GetType().Name} is no operation of all nodes.", nameof(operation)),
        };
    }
}
