using Akka.Actor;
using WsActors.Messages;

namespace WsActors.Operations;

/// <summary>
/// Collects the counters of all nodes, which are asked at the same time. A node of an earlier version is asked again as that knows it.
/// </summary>
internal sealed class CountNodesActor(NodesOperationActor.OperationContext operation) : NodesOperationActor(operation)
{
    private readonly SortedDictionary<Address, Ws.Totals> _answers = new(Comparer<Address>.Create(ClusterCursor.Compare));

    /// <summary>The nodes that did not know the question, and were asked again.</summary>
    private readonly HashSet<Address> _earlier = [];

    public static Props PropsFor(OperationContext operation) => Props.Create<CountNodesActor>(operation).WithDeploy(Deploy.Local);

    protected override void Start()
    {
        foreach (var member in Members)
        {
            if (TryAwait(member))
            {
                ClusterNodes.Ask(member.Address, GetLocalTotals.Instance, Self, Context.System);
            }
        }
    }

    protected override bool TryAdd(Address node, object answer)
    {
        if ((answer as LocalTotals)?.Totals is not { } totals)
        {
            totals = answer as Ws.Totals;
        }

        return totals is not null && _answers.TryAdd(node, totals);
    }

    protected override bool TryAskAgain(Address node)
    {
        if (!_earlier.Add(node))
        {
            return false;
        }

        ClusterNodes.Ask(node, Ws.GetStats.Instance, Self, Context.System);
        return true;
    }

    protected override object Complete() => new Ws.ClusterTotals { Nodes = _answers.ToDictionary().AsReadOnly(), Missing = Missing };
}
