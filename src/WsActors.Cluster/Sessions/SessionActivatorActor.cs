using Akka.Actor;
using Akka.DistributedData;
using WsActors.Messages;
using WsActors.Sessions;

namespace WsActors.Cluster.Sessions;

/// <summary>
/// Has sessions that have moved go on though their clients are away: they stay in their topics, hear what those are told, and end in time. A session that
/// leaves cannot see to that itself, since its node goes; of the others, one does. One a system.
/// </summary>
internal sealed class SessionActivatorActor(SessionHost host, IActorRef replicator, string? role) : UntypedActor, IWithTimers
{
    /// <summary>The interval at which waiting sessions are activated. Sharding keeps messages while a shard moves, so once is usually enough.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);

    /// <summary>The sessions whose state nobody has taken yet, by their buckets' keys. None is empty.</summary>
    private readonly Dictionary<string, string[]> _waiting = [];

    public ITimerScheduler Timers { get; set; } = null!; // Akka sets it before the start.

    /// <param name="host">The node's.</param>
    /// <param name="replicator">That of the sessions on their way.</param>
    /// <param name="role">Whose nodes host sessions; null or empty for all.</param>
    public static Props PropsFor(SessionHost host, IActorRef replicator, string? role) => Props.Create<SessionActivatorActor>(host, replicator, role!);

    protected override void PreStart()
    {
        for (var number = 0; number < SessionBucket.Count; number++)
        {
            replicator.Tell(Dsl.Subscribe(SessionBucket.KeyOf(number), Self));
        }

        Timers.StartPeriodicTimer(nameof(ActivateWaiting), ActivateWaiting.Instance, Interval);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Changed { Key: ORSetKey<string> key } changed: SetWaiting(key.Id, [.. SessionBucket.Waiting(changed.Get(key))]); break;
            case ActivateWaiting when SessionSharding.IsFirst(_cluster, role): ActivateAll(); break;
            case ActivateWaiting: break;
            default: Unhandled(message); break;
        }
    }

    private void SetWaiting(string bucket, string[] waiting)
    {
        if (waiting.Length > 0)
        {
            _waiting[bucket] = waiting;
        }
        else
        {
            _waiting.Remove(bucket);
        }
    }

    private void ActivateAll()
    {
        foreach (var id in _waiting.Values.SelectMany(static ids => ids))
        {
            host.Home.Tell(new SessionMessages.Activate(id), ActorRefs.NoSender);
        }
    }

    private sealed record ActivateWaiting : INoSerializationVerificationNeeded
    {
        public static ActivateWaiting Instance { get; } = new();
    }
}
