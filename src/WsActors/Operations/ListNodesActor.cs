using Akka.Actor;
using WsActors.Clustering;
using WsActors.Messages;

namespace WsActors.Operations;

/// <summary>
/// Makes a page of the connections of all nodes. It asks one node after the other, in the order of their addresses: no node sends
/// connections that the page has no room for.
/// </summary>
internal sealed class ListNodesActor : NodesOperationActor
{
    private readonly Ws.ListClusterConnections _list;

    private readonly List<Ws.Stats> _connections = [];

    /// <summary>The nodes that are not asked yet.</summary>
    private readonly Queue<ClusterMember> _next;

    /// <summary>The place at which the first of these nodes continues; null for its beginning.</summary>
    private readonly ClusterCursor? _after;

    /// <summary>The node that was asked last.</summary>
    private ClusterMember? _asked;

    /// <summary>The number at which the last node continues, since its part was not complete; null if it was.</summary>
    private long? _rest;

    public ListNodesActor(OperationContext operation, Ws.ListClusterConnections list)
        : base(operation)
    {
        _list = list;
        _after = list.After is null ? null : ClusterCursor.Parse(list.After);
        _next = new(Members
            .Where(member => _after is null || ClusterCursor.Compare(member.Address, _after.Node) >= 0)
            .Order(Comparer<ClusterMember>.Create(static (one, other) => ClusterCursor.Compare(one.Address, other.Address))));
    }

    public static Props PropsFor(OperationContext operation, Ws.ListClusterConnections list) =>
        Props.Create<ListNodesActor>(operation, list).WithDeploy(Deploy.Local);

    protected override void Start()
    {
    }

    protected override bool TryAdd(Address node, object answer)
    {
        if (answer is Ws.ConnectionList list)
        {
            _connections.AddRange(list.Connections);
            _rest = list.Next;
            return true;
        }

        return false;
    }

    protected override object? Complete()
    {
        if (_rest is null && _connections.Count < _list.PageSize && !IsTimedOut && _next.TryDequeue(out _asked))
        {
            if (TryAwait(_asked))
            {
                ClusterNodes.Ask(_asked.Address, QuestionTo(_asked), Self, Context.System);
            }

            return null;
        }

        return new Ws.ClusterConnectionList { Connections = _connections, Missing = Missing, Next = Next()?.ToString() };
    }

    private Ws.ListConnections QuestionTo(ClusterMember node) => new(_list.Filter)
    {
        PageSize = _list.PageSize - _connections.Count,
        After = _after is { } after && after.Node.Equals(node.Address) && after.Uid == node.Uid ? after.After : null,
    };

    private ClusterCursor? Next() =>
        _rest is { } rest ? new ClusterCursor(_asked!.Address, _asked.Uid, rest) // not null: its answer has a rest
        : _next.TryPeek(out var next) ? new ClusterCursor(next.Address, next.Uid, After: 0)
        : null;
}
