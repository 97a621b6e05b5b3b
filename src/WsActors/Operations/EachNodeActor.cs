using Akka.Actor;
using WsActors.Messages;

namespace WsActors.Operations;

/// <summary>
/// An operation that all nodes are asked at the same time. Its parent asks them: messages of two operations of one sender reach each node
/// in order.
/// </summary>
/// <typeparam name="T">The answer of a node.</typeparam>
internal sealed class EachNodeActor<T>(NodesOperationActor.OperationContext operation, EachNodeActor<T>.Combine combine)
    : NodesOperationActor(operation)
    where T : class
{
    /// <summary>Makes the answer.</summary>
    internal delegate object Combine(IReadOnlyDictionary<Address, T> answers, IReadOnlyList<Address> missing);

    private readonly SortedDictionary<Address, T> _answers = new(Comparer<Address>.Create(ClusterCursor.Compare));

    public static Props PropsFor(OperationContext operation, Combine combine) =>
        Props.Create<EachNodeActor<T>>(operation, combine).WithDeploy(Deploy.Local);

    protected override void Start()
    {
        foreach (var member in Members)
        {
            TryAwait(member);
        }
    }

    protected override bool TryAdd(Address node, object answer)
    {
        if (answer is T expected)
        {
            _answers.Add(node, expected);
            return true;
        }

        return false;
    }

    protected override object Complete() => combine(_answers.ToDictionary().AsReadOnly(), Missing);
}
