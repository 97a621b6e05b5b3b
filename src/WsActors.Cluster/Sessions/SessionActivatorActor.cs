using Akka.Actor;
using Akka.DistributedData;
using WsActors.Clustering;

namespace WsActors.Cluster.Sessions;

/// <summary>
/// Activates sessions that were handed over while their clients are away, so that they stay in their topics, get publishes, and end in
/// time. A session that leaves its node cannot do that itself, because the node stops; one of the other nodes does it for all. One for each
/// actor system.
/// </summary>
internal sealed class SessionActivatorActor(ClusterNode node, IActorRef replicator, string? role) : UntypedActor, IWithTimers
{
    /// <summary>
    /// The interval at which waiting sessions are activated. Sharding buffers messages while a shard moves, so one message is usually
    /// enough.
    /// </summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);

    /// <summary>
    /// The sessions whose state was not taken yet, by the key of their bucket. A bucket without such sessions has no entry.
    /// </summary>
    private readonly Dictionary<string, string[]> _waiting = [];

    public ITimerScheduler Timers { get; set; } = null!; // Akka sets it before the start.

    /// <summary>The <c>Props</c> of the actor.</summary>
    /// <param name="node">The node.</param>
    /// <param name="replicator">The replicator of handed-over sessions.</param>
    /// <param name="role">The role of nodes that host sessions; null or empty for all nodes.</param>
    public static Props PropsFor(ClusterNode node, IActorRef replicator, string? role) =>
        Props.Create<SessionActivatorActor>(node, replicator, role!);

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
            node.ActivateSession(id);
        }
    }

    private sealed record ActivateWaiting : INoSerializationVerificationNeeded
    {
        private ActivateWaiting()
        {
        }

        public static ActivateWaiting Instance { get; } = new();
    }
}
