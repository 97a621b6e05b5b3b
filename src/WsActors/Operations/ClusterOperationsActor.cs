using Akka.Actor;
using WsActors.Clustering;
using WsActors.Runtime;

namespace WsActors.Operations;

/// <summary>
/// Starts the operations of all nodes, each an actor that gets the answers of the nodes' managers and answers by its deadline. The manager
/// forwards them here. Outside a cluster there is this node alone. One for each actor system.
/// </summary>
internal sealed class ClusterOperationsActor(Clock clock) : ResilientActor
{
    /// <summary>The nodes of the cluster have changed.</summary>
    internal sealed record MembersChanged(IReadOnlyList<ClusterMember> Members) : INoSerializationVerificationNeeded;

    /// <summary>A node has answered: there are WebSockets.</summary>
    internal sealed record HasManager(Address Node) : INoSerializationVerificationNeeded;

    /// <summary>Most operations at one time. While a node does not answer, each waits until its deadline.</summary>
    internal const int MaxOperations = 1000;

    /// <summary>Most of them that the app's own code starts while it sends to users: the rest is the operator's.</summary>
    internal const int MaxSends = MaxOperations - 100;

    private readonly Address _own = ((ExtendedActorSystem)Context.System).Provider.DefaultAddress;

    /// <summary>The nodes of the cluster and this one, by their addresses.</summary>
    private Dictionary<Address, ClusterMember> _members = [];

    /// <summary>The nodes that have answered. A node of the cluster need not have WebSockets.</summary>
    private readonly HashSet<Address> _withManager = [];

    private int _operations;

    public static Props PropsFor(Clock clock) => Props.Create<ClusterOperationsActor>(clock).WithDeploy(Deploy.Local);

    protected override void PreStart() => SetMembers([]);

    // An operation that fails is not answered: its asker waits no longer than for any other.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Stop);

    protected override void Handle(object message)
    {
        switch (message)
        {
            case Ws.IClusterOperation when _operations >= (message is Ws.SendToUser ? MaxSends : MaxOperations):
                Fail($"{_operations} operations of all nodes wait for answers already; try again later.");
                break;
            case Ws.IClusterOperation operation when !OperationPlan.FitsItsCursor(operation):
                Fail("The page to continue behind has another order.");
                break;
            case Ws.IClusterOperation operation: Start(operation); break;
            case Ws.Drain { Node: { } node } drain: Forward(node, drain with { Node = null }, "be drained"); break;
            case Ws.Tap tap: Forward(tap.Connection.Path.Address, tap, "be asked"); break;
            case Ws.EndTap end: Forward(end.Connection.Path.Address, end, "be asked"); break;
            case Terminated: _operations--; break;
            case HasManager has when _members.ContainsKey(has.Node): _withManager.Add(has.Node); break;
            case HasManager: break; // It has left.
            case MembersChanged changed: SetMembers(changed.Members); break;
            default: Unhandled(message); break;
        }
    }

    protected override void Refuse(object message, Exception cause) => AnswerFailure(cause);

    private void Start(Ws.IClusterOperation operation)
    {
        var nodes = new ClusterNodes(_own, [.. _members.Values], _withManager.ToHashSet());
        var plan = OperationPlan.For(operation, nodes, clock, Sender);
        var actor = Context.Watch(Context.ActorOf(plan.Props));
        _operations++;
        if (plan.Question is { } question)
        {
            foreach (var member in nodes.Members.Where(static member => member.IsReachable))
            {
                ClusterNodes.Ask(member.Address, question, actor, Context.System);
            }
        }
    }

    private void Forward(Address node, object message, string what)
    {
        if (_members.TryGetValue(node, out var member) && member.IsReachable)
        {
            ClusterNodes.ManagerOf(node, Context.System).Forward(message);
        }
        else
        {
            Fail($"{node} cannot {what}: {(member is null ? "it is not a node of the cluster" : "it is unreachable")}.");
        }
    }

    private void Fail(string reason) => Sender.Tell(new Status.Failure(new InvalidOperationException(reason)), Self);

    private void SetMembers(IReadOnlyList<ClusterMember> members)
    {
        _members = new() { [_own] = new ClusterMember(_own, Uid: 0, IsReachable: true) };
        foreach (var member in members)
        {
            _members[member.Address] = member;
        }

        _withManager.IntersectWith(_members.Keys);
        var changed = new MembersChanged([.. _members.Values]);
        foreach (var operation in Context.GetChildren())
        {
            operation.Tell(changed, Self);
        }
    }
}
