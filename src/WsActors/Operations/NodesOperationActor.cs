using Akka.Actor;
using WsActors.Clustering;
using WsActors.Messages;
using WsActors.Runtime;

namespace WsActors.Operations;

/// <summary>
/// One operation of all nodes: waits for the answers of managers until its deadline, answers its asker, and stops. A node is missing at
/// once when the cluster does not reach it, or when its manager does not know the question, as of an earlier version.
/// </summary>
internal abstract class NodesOperationActor(NodesOperationActor.OperationContext operation) : UntypedActor
{
    /// <summary>The inputs of an operation.</summary>
    /// <param name="Nodes">The nodes of the cluster.</param>
    /// <param name="Clock">The clock of the deadline.</param>
    /// <param name="Timeout">The time in which nodes must answer.</param>
    /// <param name="Asker">Gets the answer.</param>
    internal sealed record OperationContext(ClusterNodes Nodes, Clock Clock, TimeSpan Timeout, IActorRef Asker);

    private sealed record TimedOut : INoSerializationVerificationNeeded
    {
        private TimedOut()
        {
        }

        public static TimedOut Instance { get; } = new();
    }

    /// <summary>The nodes that were asked and have not answered.</summary>
    private readonly HashSet<Address> _awaited = [];

    /// <summary>Those of them whose answers follow.</summary>
    private readonly HashSet<Address> _answering = [];

    private readonly List<Address> _missing = [];

    private ICancelable? _deadline;

    /// <summary>The nodes of the cluster, this one included.</summary>
    protected IReadOnlyList<ClusterMember> Members => operation.Nodes.Members;

    /// <summary>Whether the deadline has passed: no node is asked any more.</summary>
    protected bool IsTimedOut { get; private set; }

    /// <summary>The nodes that did not answer, in the order of their addresses.</summary>
    protected IReadOnlyList<Address> Missing => [.. _missing.Order(Comparer<Address>.Create(ClusterCursor.Compare))];

    protected override void PreStart()
    {
        _deadline = operation.Clock.TellOnce(Context.System.Scheduler, operation.Timeout, Self, TimedOut.Instance);
        Start();
        Continue();
    }

    protected override void PostStop() => _deadline?.Cancel();

    protected sealed override void OnReceive(object message)
    {
        switch (message)
        {
            case TimedOut:
                IsTimedOut = true;
                GiveUp(static _ => true);
                break;
            case ClusterOperationsActor.MembersChanged changed:
                GiveUp(node => !changed.Members.Any(member => member.IsReachable && member.Address.Equals(node)));
                break;
            case ActorIdentity { MessageId: Address node } identity: OnProbed(node, identity.Subject); break;
            case AnswerFollows: _answering.Add(NodeOf(Sender)); break;
            default: OnAnswered(NodeOf(Sender), message); break;
        }

        Continue();
    }

    /// <summary>Awaits the first nodes.</summary>
    protected abstract void Start();

    /// <summary>A node has answered.</summary>
    /// <returns>Whether it is the expected answer; otherwise the node is missing.</returns>
    protected abstract bool TryAdd(Address node, object answer);

    /// <summary>A node does not know the question.</summary>
    /// <returns>Whether it was asked another one; otherwise the node is missing.</returns>
    protected virtual bool TryAskAgain(Address node) => false;

    /// <summary>Asks more nodes, or makes the answer. Called when no answer is awaited.</summary>
    /// <returns>Null when more nodes were asked.</returns>
    protected abstract object? Complete();

    /// <summary>Awaits the answer of a node that is asked, or counts it as missing: then it must not be asked.</summary>
    protected bool TryAwait(ClusterMember node)
    {
        if (node.IsReachable)
        {
            _awaited.Add(node.Address);
        }
        else
        {
            _missing.Add(node.Address);
        }

        return node.IsReachable;
    }

    private void OnAnswered(Address node, object answer)
    {
        if (!_awaited.Remove(node))
        {
            return;
        }

        Context.Parent.Tell(new ClusterOperationsActor.HasManager(node), Self);
        if (!TryAdd(node, answer))
        {
            _missing.Add(node);
        }
    }

    /// <summary>A node without a manager has no connections. It is missing if it had one: it shuts down.</summary>
    private void OnProbed(Address node, IActorRef? manager)
    {
        if (_answering.Contains(node) || !_awaited.Contains(node) || (!manager.IsNobody() && TryAskAgain(node)))
        {
            return;
        }

        _awaited.Remove(node);
        if (!manager.IsNobody() || operation.Nodes.WithManager.Contains(node))
        {
            _missing.Add(node);
        }
    }

    private void GiveUp(Predicate<Address> condition)
    {
        _missing.AddRange(_awaited.Where(node => condition(node)));
        _awaited.RemoveWhere(condition);
    }

    private void Continue()
    {
        while (_awaited.Count == 0)
        {
            if (Complete() is { } answer)
            {
                operation.Asker.Tell(answer, Context.Parent);
                Context.Stop(Self);
                return;
            }
        }
    }

    private Address NodeOf(IActorRef manager) =>
        manager.Path.Address is { HasGlobalScope: true } other ? other : operation.Nodes.Own;
}
