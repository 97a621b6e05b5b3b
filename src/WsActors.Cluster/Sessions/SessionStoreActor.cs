using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;
using Akka.Event;
using WsActors.Clustering;
using Entries = Akka.DistributedData.ORSet<string>;

namespace WsActors.Cluster.Sessions;

/// <summary>
/// Stores the states of handed-over sessions on a majority of nodes, until the next incarnation of the session takes its state: once, and
/// before it serves. A write without the confirmation of a majority counts as failed. One for each actor system.
/// </summary>
internal sealed class SessionStoreActor : UntypedActor, IWithTimers
{
    /// <summary>The time that a state is kept beyond the session's wait for its client, because the clocks of nodes differ.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The time for which the mark of a taken state is written again. Of two nodes, one is a majority only after the cluster has removed
    /// the node that left. A session waits longer than this and two timeouts.
    /// </summary>
    private static readonly TimeSpan TakeRetryTime = TimeSpan.FromSeconds(12);

    /// <summary>The time for which the write of a state is repeated. A session waits longer than this and a timeout.</summary>
    private static readonly TimeSpan StoreRetryTime = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(50);

    private static readonly WriteMajority WriteToMajority = new(Timeout);

    private static readonly ReadMajority ReadFromMajority = new(Timeout);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);

    private readonly ILoggingAdapter _log = Context.GetLogger();

    private readonly ClusterNode _node;

    /// <summary>A separate replicator: a few sessions are large, and their replication must not delay other data.</summary>
    private readonly IActorRef _replicator;

    private readonly string? _role;

    /// <summary>
    /// The requests that wait for the replicator's answer to <see cref="GetReplicaCount"/>, in the order of the questions.
    /// </summary>
    private readonly Queue<Waiting> _waiting = [];

    /// <param name="node">The node.</param>
    /// <param name="replicator">The replicator of handed-over sessions, on all nodes of the role.</param>
    /// <param name="role">The role of nodes that host sessions; null or empty for all nodes.</param>
    public SessionStoreActor(ClusterNode node, IActorRef replicator, string? role) =>
        (_node, _replicator, _role) = (node, replicator, role);

    public ITimerScheduler Timers { get; set; } = null!; // Akka sets it before the start.

    /// <summary>The number of nodes that host sessions.</summary>
    private int Nodes => _cluster.State.Members.Count(member =>
        member.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting
        && (string.IsNullOrEmpty(_role) || member.HasRole(_role)));

    /// <inheritdoc cref="SessionStoreActor(ClusterNode, IActorRef, string)"/>
    public static Props PropsFor(ClusterNode node, IActorRef replicator, string? role) =>
        Props.Create<SessionStoreActor>(node, replicator, role!);

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Sweep), Sweep.Instance, SweepInterval);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SessionStore.Store or SessionStore.Take: Await(new Waiting(message, Sender, _node.Now)); break;
            case Waiting waiting: Await(waiting); break;
            case ReplicaCount known: Process(_waiting.Dequeue(), known.N); break;
            case GetFailure { Request: Taking taking }: taking.Requester.Tell(new SessionStore.Taken { IsSure = false }, Self); break;
            case IGetResponse { Request: Taking taking } response: OnRead(response, taking); break;
            case IGetResponse { Request: Sweep } response: RemoveExpired(response); break;
            case UpdateTimeout { Request: Taking taking } when _node.Now < taking.Until: MarkTaken(taking); break;
            case IUpdateResponse { Request: Taking taking } response:
                taking.Requester.Tell(new SessionStore.Taken { State = response.IsSuccessful ? taking.State : null, IsSure = true }, Self);
                break;
            case UpdateTimeout { Request: Storing storing } when _node.Now < storing.Until:
                Write(storing, static entries => entries);
                break;
            case IUpdateResponse { Request: Storing storing } response:
                Answer(storing.Id, storing.Requester, response.IsSuccessful);
                break;
            case Sweep when SessionSharding.IsFirst(_cluster, _role): ReadAllBuckets(); break;
            case Sweep or IUpdateResponse: break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>
    /// Asks the replicator how many nodes it knows. It learns of nodes a little later than the cluster. Until then its majority is one of
    /// fewer nodes; alone it would be a majority by itself.
    /// </summary>
    private void Await(Waiting waiting)
    {
        _waiting.Enqueue(waiting);
        _replicator.Tell(GetReplicaCount.Instance, Self);
    }

    private void Process(Waiting waiting, int known)
    {
        var isLate = _node.Now >= waiting.Since + Timeout;
        switch (waiting.Message)
        {
            case SessionStore.Store store when known >= Nodes:
                Put(store, new Storing(store.Id, waiting.Requester, waiting.Since + StoreRetryTime));
                break;
            case SessionStore.Take take when known >= Nodes: Read(take.Id, waiting.Requester); break;
            case SessionStore.Store store when isLate: Answer(store.Id, waiting.Requester, isStored: false); break;
            case SessionStore.Take when isLate: waiting.Requester.Tell(new SessionStore.Taken { IsSure = false }, Self); break;
            default: Timers.StartSingleTimer(waiting, waiting, RetryInterval); break;
        }
    }

    private void Put(SessionStore.Store store, Storing storing)
    {
        var node = _cluster.SelfUniqueAddress;
        var entry = SessionBucket.Entry(store.Id, store.Moves, _node.Date + _node.SessionRetention + ClockTolerance, store.State);
        Write(storing, entries => SessionBucket.Put(entries, node, store.Id, entry));
    }

    private void Write(Storing storing, Func<Entries, Entries> change) =>
        _replicator.Tell(Dsl.Update(SessionBucket.KeyOf(storing.Id), Entries.Empty, WriteToMajority, storing, change), Self);

    private void Answer(string id, IActorRef requester, bool isStored)
    {
        if (!isStored)
        {
            _log.Warning(
                "The state of session {Session}, which moves to another node, was not stored by a majority of nodes: "
                + "its client may have to start a new session",
                id);
        }

        requester.Tell(new SessionStore.Stored { IsKept = isStored }, Self);
    }

    private void Read(string id, IActorRef requester)
    {
        var taking = new Taking(id, requester, _node.Now + TakeRetryTime, null);
        _replicator.Tell(Dsl.Get(SessionBucket.KeyOf(id), ReadFromMajority, taking), Self);
    }

    private void OnRead(IGetResponse response, Taking taking)
    {
        if (response.IsSuccessful && SessionBucket.Find(response.Get(SessionBucket.KeyOf(taking.Id)), taking.Id) is { } state)
        {
            MarkTaken(taking with { State = state });
        }
        else
        {
            taking.Requester.Tell(new SessionStore.Taken { IsSure = true }, Self);
        }
    }

    /// <summary>Marks a state as taken on a majority of nodes. Only then does the state belong to the session that read it.</summary>
    private void MarkTaken(Taking taking)
    {
        var (key, node) = (SessionBucket.KeyOf(taking.Id), _cluster.SelfUniqueAddress);
        _replicator.Tell(
            Dsl.Update(key, Entries.Empty, WriteToMajority, taking, entries => SessionBucket.Take(entries, node, taking.Id)),
            Self);
    }

    private void ReadAllBuckets()
    {
        for (var number = 0; number < SessionBucket.Count; number++)
        {
            _replicator.Tell(Dsl.Get(SessionBucket.KeyOf(number), Dsl.ReadLocal, Sweep.Instance), Self);
        }
    }

    private void RemoveExpired(IGetResponse response)
    {
        var (node, now) = (_cluster.SelfUniqueAddress, _node.Date);
        if (response.IsSuccessful && response.Key is ORSetKey<string> key && SessionBucket.HasExpired(response.Get(key), now))
        {
            _replicator.Tell(
                Dsl.Update(key, Entries.Empty, Dsl.WriteLocal, entries => SessionBucket.RemoveExpired(entries, node, now)),
                Self);
        }
    }

    /// <param name="Message">A <see cref="SessionStore.Store"/> or <see cref="SessionStore.Take"/>.</param>
    /// <param name="Requester">The sender of the message.</param>
    /// <param name="Since">The time at which the message arrived.</param>
    private sealed record Waiting(object Message, IActorRef Requester, TimeSpan Since) : INoSerializationVerificationNeeded;

    /// <param name="Id">The session.</param>
    /// <param name="Requester">The sender of the request.</param>
    /// <param name="Until">The time until which the write is repeated.</param>
    private sealed record Storing(string Id, IActorRef Requester, TimeSpan Until);

    /// <param name="Id">The session.</param>
    /// <param name="Requester">The sender of the request.</param>
    /// <param name="Until">The time until which the mark is written again.</param>
    /// <param name="State">The state; null until it is read.</param>
    private sealed record Taking(string Id, IActorRef Requester, TimeSpan Until, byte[]? State);

    private sealed record Sweep : INoSerializationVerificationNeeded
    {
        private Sweep()
        {
        }

        public static Sweep Instance { get; } = new();
    }
}
