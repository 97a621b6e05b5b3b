using System.Net;
using Akka.Actor;
using WsActors.Clustering;
using WsActors.Messages;

namespace WsActors.Operations;

/// <summary>
/// Makes a sorted page of the connections of all nodes: each sends its first ones, and the first of these are the page. All nodes are asked
/// at the same time.
/// </summary>
internal sealed class SortedConnectionsActor(NodesOperationActor.OperationContext operation, Ws.ListClusterConnections list)
    : NodesOperationActor(operation)
{
    /// <summary>A connection that may be in the page.</summary>
    private readonly record struct Candidate(SortKey Key, Address Node, LocalConnections.Entry Entry);

    private readonly SortOrder _order = SortOrder.Of(list);

    private readonly Ws.ConnectionOrder _orderBy = list.OrderBy!.Value; // not null: the list is sorted

    private readonly SortCursor? _after = list.After is null ? null : SortCursor.Parse(list.After);

    private readonly List<Candidate> _candidates = [];

    private bool _hasMore;

    public static Props PropsFor(OperationContext operation, Ws.ListClusterConnections list) =>
        Props.Create<SortedConnectionsActor>(operation, list).WithDeploy(Deploy.Local);

    protected override void Start()
    {
        foreach (var member in Members)
        {
            if (TryAwait(member))
            {
                ClusterNodes.Ask(member.Address, QuestionTo(member), Self, Context.System);
            }
        }
    }

    protected override bool TryAdd(Address node, object answer)
    {
        if (answer is LocalConnections local)
        {
            _candidates.AddRange(local.Connections.Select(entry => new Candidate(KeyOf(entry.Stats), node, entry)));
            _hasMore |= local.HasMore;
            return true;
        }

        return false;
    }

    protected override object Complete()
    {
        _candidates.Sort(Compare);
        var page = _candidates.Take(list.PageSize).ToList();
        return new Ws.ClusterConnectionList
        {
            Connections = [.. page.Select(static one => one.Entry.Stats)],
            Missing = Missing,
            Next = page.Count > 0 && (_hasMore || _candidates.Count > page.Count) ? CursorBehind(page[^1]).ToString() : null,
        };
    }

    private int Compare(Candidate one, Candidate other)
    {
        if (_order.Compare(one.Key, other.Key) is var keys and not 0)
        {
            return keys;
        }

        return ClusterCursor.Compare(one.Node, other.Node) is var nodes and not 0
            ? nodes
            : one.Entry.Number.CompareTo(other.Entry.Number);
    }

    private SortCursor CursorBehind(Candidate last) => new(
        $"{_orderBy}", list.IsDescending, last.Key, new ClusterCursor(last.Node, UidOf(last.Node), last.Entry.Number));

    private int UidOf(Address node) => Members.First(member => member.Address.Equals(node)).Uid;

    /// <summary>
    /// Among connections with the cursor's key, the nodes before the cursor's are listed, and those behind it are not. A restarted node
    /// counts from 1 again.
    /// </summary>
    private ListLocalConnections QuestionTo(ClusterMember node) => new(_after is not { Place: { } place } after
        ? list
        : list with
        {
            After = $"{after with
            {
                Place = place with
                {
                    After = ClusterCursor.Compare(node.Address, place.Node) switch
                    {
                        < 0 => long.MaxValue,
                        0 when node.Uid == place.Uid => place.After,
                        _ => 0,
                    },
                },
            }}",
        });

    private SortKey KeyOf(Ws.Stats stats) => _orderBy switch
    {
        Ws.ConnectionOrder.OpenedAt => SortKey.Of(stats.OpenedAt),
        Ws.ConnectionOrder.User => SortKey.Of(stats.User),
        Ws.ConnectionOrder.Address => SortKey.Of(IPAddress.TryParse(stats.Address, out var address) ? address : null),
        Ws.ConnectionOrder.Route => SortKey.Of(stats.Route),
        Ws.ConnectionOrder.QueuedBytes => SortKey.Of(stats.QueuedBytes),
        Ws.ConnectionOrder.UnhandledBytes => SortKey.Of(stats.UnhandledBytes),
        Ws.ConnectionOrder.LastRoundTrip => SortKey.Of(stats.LastRoundTrip),
        _ => SortKey.Of(stats.MessagesReceived + stats.MessagesSent),
    };
}
