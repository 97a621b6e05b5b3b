using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;
using Akka.Event;
using WsActors.Messages;
using WsActors.Sessions;
using Entries = Akka.DistributedData.ORSet<string>;

namespace WsActors.Cluster.Sessions;

/// <summary>
/// Keeps what sessions hand over, on a majority of all nodes, until their next incarnation takes it: once, and before it serves. What a majority does
/// not confirm did not happen. One a system.
/// </summary>
internal sealed class SessionStoreActor : UntypedActor, IWithTimers
{
    /// <summary>Beyond the time that a session waits for its client: nodes' clocks differ.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long nodes are told again that something is taken. Of two nodes, one is a majority only once the cluster has removed the other that left. A
    /// session waits longer than for this and two timeouts.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    /// <summary>The time from a store request until its write is sent to the nodes again. A session waits longer than this and a timeout.</summary>
    private static readonly TimeSpan Persistence = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(50);

    private static readonly WriteMajority WriteToMajority = new(Timeout);

    private static readonly ReadMajority ReadFromMajority = new(Timeout);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);

    private readonly ILoggingAdapter _log = Context.GetLogger();

    private readonly SessionHost _host;

    /// <summary>One of its own: few sessions are large, and what is said of them must not hold up the rest.</summary>
    private readonly IActorRef _replicator;

    private readonly string? _role;

    /// <summary>The requests that wait for the number of replicas the replicator knows, in the order of the questions.</summary>
    private readonly Queue<Waiting> _waiting = [];

    /// <param name="host">The node's.</param>
    /// <param name="replicator">On all nodes of the role.</param>
    /// <param name="role">Whose nodes host sessions; null or empty for all.</param>
    public SessionStoreActor(SessionHost host, IActorRef replicator, string? role) => (_host, _replicator, _role) = (host, replicator, role);

    public ITimerScheduler Timers { get; set; } = null!; // Akka sets it before the start.

    /// <summary>The number of nodes that host sessions.</summary>
    private int Nodes => _cluster.State.Members.Count(member =>
        member.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting && (string.IsNullOrEmpty(_role) || member.HasRole(_role)));

    /// <inheritdoc cref="SessionStoreActor(SessionHost, IActorRef, string)"/>
    public static Props PropsFor(SessionHost host, IActorRef replicator, string? role) => Props.Create<SessionStoreActor>(host, replicator, role!);

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Sweep), Sweep.Instance, SweepInterval);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SessionMessages.Store or SessionMessages.Take: Await(new Waiting(message, Sender, _host.Clock.Now)); break;
            case Waiting waiting: Await(waiting); break;
            case ReplicaCount known: Process(_waiting.Dequeue(), known.N); break;
            case GetFailure { Request: Taking taking }: taking.Asker.Tell(new SessionMessages.Taken(null, IsSure: false), Self); break;
            case IGetResponse { Request: Taking taking } got: Remove(got, taking); break;
            case IGetResponse { Request: Sweep } got: SweepUp(got); break;
            case UpdateTimeout { Request: Taking taking } when _host.Clock.Now < taking.Until: Remove(taking); break;
            case IUpdateResponse { Request: Taking taking } removed:
                taking.Asker.Tell(new SessionMessages.Taken(removed.IsSuccessful ? taking.State : null), Self);
                break;
            case UpdateTimeout { Request: Storing storing } when _host.Clock.Now < storing.Until: Write(storing, static entries => entries); break;
            case IUpdateResponse { Request: Storing storing } stored: Answer(storing.Id, storing.Asker, stored.IsSuccessful); break;
            case Sweep when SessionSharding.IsFirst(_cluster, _role): AskForAll(); break;
            case Sweep or IUpdateResponse: break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>
    /// The replicator hears of nodes a little after the cluster knows them; until then a majority is one of fewer, and alone it would be its own.
    /// </summary>
    private void Await(Waiting waiting)
    {
        _waiting.Enqueue(waiting);
        _replicator.Tell(GetReplicaCount.Instance, Self);
    }

    private void Process(Waiting waiting, int known)
    {
        var isLate = _host.Clock.Now >= waiting.Since + Timeout;
        switch (waiting.Message)
        {
            case SessionMessages.Store store when known >= Nodes: Put(store, new Storing(store.Id, waiting.Asker, waiting.Since + Persistence)); break;
            case SessionMessages.Take take when known >= Nodes: Find(take.Id, waiting.Asker); break;
            case SessionMessages.Store store when isLate: Answer(store.Id, waiting.Asker, isKept: false); break;
            case SessionMessages.Take when isLate: waiting.Asker.Tell(new SessionMessages.Taken(null, IsSure: false), Self); break;
            default: Timers.StartSingleTimer(waiting, waiting, Retry); break;
        }
    }

    private void Put(SessionMessages.Store store, Storing storing)
    {
        var node = _cluster.SelfUniqueAddress;
        var entry = SessionBucket.Entry(store.Id, store.Moves, _host.Clock.Date + _host.Settings.Retention + Slack, store.State);
        Write(storing, entries => SessionBucket.Put(entries, node, store.Id, entry));
    }

    private void Write(Storing storing, Func<Entries, Entries> change) =>
        _replicator.Tell(Dsl.Update(SessionBucket.KeyOf(storing.Id), Entries.Empty, WriteToMajority, storing, change), Self);

    private void Answer(string id, IActorRef asker, bool isKept)
    {
        if (!isKept)
        {
            _log.Warning("{Session} moves, and what it leaves was not kept by a majority of nodes: its client may have to begin anew", id);
        }

        asker.Tell(new SessionMessages.Stored(isKept), Self);
    }

    private void Find(string id, IActorRef asker) =>
        _replicator.Tell(Dsl.Get(SessionBucket.KeyOf(id), ReadFromMajority, new Taking(id, asker, _host.Clock.Now + Patience, null)), Self);

    private void Remove(IGetResponse got, Taking taking)
    {
        if (got.IsSuccessful && SessionBucket.Find(got.Get(SessionBucket.KeyOf(taking.Id)), taking.Id) is { } state)
        {
            Remove(taking with { State = state });
        }
        else
        {
            taking.Asker.Tell(new SessionMessages.Taken(null), Self);
        }
    }

    /// <summary>A state that was read belongs to its reader from the moment a majority knows that it is taken.</summary>
    private void Remove(Taking taking)
    {
        var node = _cluster.SelfUniqueAddress;
        _replicator.Tell(
            Dsl.Update(SessionBucket.KeyOf(taking.Id), Entries.Empty, WriteToMajority, taking, entries => SessionBucket.Take(entries, node, taking.Id)),
            Self);
    }

    private void AskForAll()
    {
        for (var number = 0; number < SessionBucket.Count; number++)
        {
            _replicator.Tell(Dsl.Get(SessionBucket.KeyOf(number), Dsl.ReadLocal, Sweep.Instance), Self);
        }
    }

    private void SweepUp(IGetResponse got)
    {
        var (node, now) = (_cluster.SelfUniqueAddress, _host.Clock.Date);
        if (got.IsSuccessful && got.Key is ORSetKey<string> key && SessionBucket.HasExpired(got.Get(key), now))
        {
            _replicator.Tell(
                Dsl.Update(key, Entries.Empty, Dsl.WriteLocal, entries => SessionBucket.RemoveExpired(entries, node, now)),
                Self);
        }
    }

    /// <param name="Message">To keep something, or to take it.</param>
    /// <param name="Asker">Who asks.</param>
    /// <param name="Since">When it did.</param>
    private sealed record Waiting(object Message, IActorRef Asker, TimeSpan Since) : INoSerializationVerificationNeeded;

    /// <param name="Id">Which session.</param>
    /// <param name="Asker">Who asks.</param>
    /// <param name="Until">How long nodes are told again what is to be kept.</param>
    private sealed record Storing(string Id, IActorRef Asker, TimeSpan Until);

    /// <param name="Id">Which session.</param>
    /// <param name="Asker">Who asks.</param>
    /// <param name="Until">How long nodes are told again that it is taken.</param>
    /// <param name="State">What was read; null before.</param>
    private sealed record Taking(string Id, IActorRef Asker, TimeSpan Until, byte[]? State);

    private sealed record Sweep : INoSerializationVerificationNeeded
    {
        public static Sweep Instance { get; } = new();
    }
}
