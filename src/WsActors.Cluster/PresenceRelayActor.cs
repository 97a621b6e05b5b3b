using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;
using WsActors.Clustering;
using Entries = Akka.DistributedData.ORSet<string>;

namespace WsActors.Cluster;

/// <summary>
/// Replicates the members of topics between nodes. It subscribes to its node's topics and is the source of its node's presence. Each node
/// writes the entries of its own connections into DistributedData, which replicates them to all others. Only entries of nodes in the
/// cluster are shown. One for each actor system.
/// </summary>
internal sealed class PresenceRelayActor(
    IActorRef topics,
    IActorRef presence,
    TimeSpan sweepInterval,
    PresenceBucket[] buckets,
    HashSet<string> nodes)
    : UntypedActor, IWithTimers
{
    /// <summary>The time for which changes are collected into one write.</summary>
    private static readonly TimeSpan WriteDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>A write goes to all nodes at once. A node that it does not reach gets it later, by gossip.</summary>
    private static readonly WriteAll Everywhere = new(TimeSpan.FromSeconds(2));

    /// <summary>The delay before a mismatch is repaired: longer than the way of this node's own write back to it.</summary>
    private static readonly TimeSpan RepairDelay = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(30);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);

    private readonly IActorRef _replicator = DistributedData.Get(Context.System).Replicator;

    // The buckets and nodes are passed in, so that a restart keeps them.
    private readonly PresenceBucket[] _buckets = buckets;

    /// <summary>The nodes of the cluster, in any state.</summary>
    private readonly HashSet<string> _nodes = nodes;

    /// <summary>Nodes that have entries and were not in the cluster at the last sweep.</summary>
    private HashSet<string> _absentNodes = [];

    public ITimerScheduler Timers { get; set; } = null!; // Akka sets it before the start.

    public static Props PropsFor(IActorRef topics, IActorRef presence) => PropsFor(topics, presence, SweepInterval);

    public static Props PropsFor(IActorRef topics, IActorRef presence, TimeSpan sweepInterval) =>
        Props.Create<PresenceRelayActor>(
            topics,
            presence,
            sweepInterval,
            Enumerable.Range(0, PresenceBucket.Count).Select(static number => new PresenceBucket(number)).ToArray(),
            new HashSet<string>());

    protected override void PreStart()
    {
        foreach (var bucket in _buckets)
        {
            _replicator.Tell(Dsl.Subscribe(bucket.Key, Self));
        }

        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        topics.Tell(PresenceFeed.Subscribe.Instance, Self);
        presence.Tell(new PresenceFeed.ChangeSource(Self));
        StartTimers();
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    // Subscriptions and state outlive a restart; timers do not.
    protected override void PreRestart(Exception reason, object message)
    {
    }

    protected override void PostRestart(Exception reason)
    {
        StartTimers();
        foreach (var bucket in _buckets.Where(static bucket => bucket.Pending.Count > 0))
        {
            StartFlush(bucket.Number);
        }
    }

    // A message whose handling throws is logged and dropped. It does not restart the actor, which all connections share.
    protected override void OnReceive(object message)
    {
        try
        {
            Handle(message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Context.System.WebSockets().ReportFailure($"The presence relay's handling of {message.GetType().Name}", e);
        }
    }

    private void Handle(object message)
    {
        switch (message)
        {
            case PresenceFeed.MemberJoined joined:
                Write(CreateEntry(joined.Topic, joined.Connection, joined.User, joined.PresenceData), isMember: true);
                break;
            case PresenceFeed.MemberLeft left:
                Write(CreateEntry(left.Topic, left.Connection, null, new Dictionary<string, string>()), isMember: false);
                break;
            case Flush flush: WritePending(_buckets[flush.Bucket]); break;
            case Changed changed: OnReplicated(changed); break;
            case RepairDue repairDue: Repair(_buckets[repairDue.Bucket], repairDue.Mismatches); break;
            case ClusterEvent.MemberRemoved removed: Remove(removed.Member.UniqueAddress); break;
            case ClusterEvent.IMemberEvent member: Add(member.Member.UniqueAddress); break;
            case PresenceFeed.Subscribe: TellAllMembers(); break;
            case Sweep: RemoveEntriesOfDeadNodes(); break;
            case IUpdateResponse: break;
            default: Unhandled(message); break;
        }
    }

    private static ExtendedActorSystem OwnSystem => (ExtendedActorSystem)Context.System;

    private PresenceEntry CreateEntry(string topic, IActorRef connection, string? user, IReadOnlyDictionary<string, string> data) => new(
        topic,
        connection.Path.ToSerializationFormatWithAddress(_cluster.SelfAddress),
        NameOf(_cluster.SelfUniqueAddress),
        user,
        data);

    private static string NameOf(UniqueAddress node) => $"{node.Address}#{node.Uid}";

    private void Write(PresenceEntry entry, bool isMember)
    {
        var number = PresenceBucket.NumberOf(entry.Key);
        var pending = _buckets[number].Pending;
        if (pending.Count == 0)
        {
            StartFlush(number);
        }

        pending[entry.Key] = isMember ? entry : null;
    }

    private void StartTimers() => Timers.StartPeriodicTimer(nameof(Sweep), Sweep.Instance, sweepInterval);

    private void StartFlush(int bucket) => Timers.StartSingleTimer(bucket, new Flush(bucket), WriteDelay);

    private void WritePending(PresenceBucket bucket)
    {
        List<string> removed = [], added = [];
        foreach (var (key, entry) in bucket.TakePending())
        {
            if (bucket.Own.Remove(key, out var before))
            {
                removed.Add(before);
            }

            if (entry is not null)
            {
                added.Add(bucket.Own[key] = entry.Write());
            }
        }

        Change(bucket, removed, added);
    }

    private void Change(PresenceBucket bucket, IEnumerable<string> removed, IEnumerable<string> added)
    {
        var node = _cluster.SelfUniqueAddress;
        _replicator.Tell(Dsl.Update(bucket.Key, Entries.Empty, Everywhere, entries => added.Aggregate(
            removed.Aggregate(entries, (all, entry) => all.Remove(node, entry)),
            (all, entry) => all.Add(node, entry))));
    }

    /// <summary>
    /// Checks that the replicated entries of this node are the entries it wrote. On a merge of two sets, Akka.NET (1.5) may restore a
    /// removed element or lose an added one, because it compares the histories of the sets without an order.
    /// </summary>
    private void Check(PresenceBucket bucket)
    {
        var key = (nameof(RepairDue), bucket.Number);
        if (!Timers.IsTimerActive(key) && bucket.FindMismatches(NameOf(_cluster.SelfUniqueAddress)) is { Count: > 0 } mismatches)
        {
            Timers.StartSingleTimer(key, new RepairDue(bucket.Number, mismatches), RepairDelay);
        }
    }

    /// <summary>Writes the mismatches again that have lasted for <see cref="RepairDelay"/>; newer ones may be in replication.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="before">The mismatches at the start of the delay.</param>
    private void Repair(PresenceBucket bucket, HashSet<string> before)
    {
        var lasting = bucket.FindMismatches(NameOf(_cluster.SelfUniqueAddress));
        lasting.IntersectWith(before);
        if (lasting.Count > 0)
        {
            Change(
                bucket,
                removed: [.. lasting.Where(bucket.Entries.ContainsKey)],
                added: [.. lasting.Where(entry => !bucket.Entries.ContainsKey(entry))]);
        }

        Check(bucket);
    }

    private void OnReplicated(Changed changed)
    {
        var bucket = Array.Find(_buckets, bucket => bucket.Key.Id == changed.Key.Id)!;
        bucket.Update(changed.Get(bucket.Key).Elements, PresenceEntry.Read);
        Show(bucket);
        Check(bucket);
    }

    private void Add(UniqueAddress node)
    {
        if (_nodes.Add(NameOf(node)))
        {
            Array.ForEach(_buckets, Show);
        }
    }

    private void Remove(UniqueAddress node)
    {
        _nodes.Remove(NameOf(node));
        Array.ForEach(_buckets, Show);
    }

    /// <summary>Compares the entries of the cluster's nodes with the shown entries, and tells presence the differences.</summary>
    private void Show(PresenceBucket bucket)
    {
        var (before, now) = (bucket.Shown, new Dictionary<string, (PresenceEntry Entry, IActorRef Connection)>());
        foreach (var entry in bucket.Entries.Values.Where(entry => _nodes.Contains(entry.Node)))
        {
            var connection = before.TryGetValue(entry.Key, out var shown)
                ? shown.Connection
                : OwnSystem.Provider.ResolveActorRef(entry.Connection);
            now[entry.Key] = (entry, connection);
        }

        foreach (var (key, (entry, connection)) in before)
        {
            if (!now.ContainsKey(key))
            {
                presence.Tell(new PresenceFeed.MemberLeft { Topic = entry.Topic, Connection = connection });
            }
        }

        foreach (var (key, (entry, connection)) in now)
        {
            if (!before.TryGetValue(key, out var known) || !known.Entry.HasSameData(entry))
            {
                TellMemberJoined(entry, connection);
            }
        }

        bucket.Shown = now;
    }

    private void TellAllMembers()
    {
        foreach (var (entry, connection) in _buckets.SelectMany(static bucket => bucket.Shown.Values))
        {
            TellMemberJoined(entry, connection);
        }
    }

    private void TellMemberJoined(PresenceEntry entry, IActorRef connection) =>
        presence.Tell(new PresenceFeed.MemberJoined
        {
            Topic = entry.Topic,
            Connection = connection,
            User = entry.User,
            PresenceData = entry.Data,
        });

    /// <summary>
    /// Deletes the entries of nodes that were absent at two sweeps; only the leader does. Such entries are not shown in the meantime. A new
    /// node's entries may arrive before the cluster reports the node.
    /// </summary>
    private void RemoveEntriesOfDeadNodes()
    {
        var absent = _buckets
            .SelectMany(static bucket => bucket.Entries.Values)
            .Select(static entry => entry.Node)
            .Where(node => !_nodes.Contains(node))
            .ToHashSet();
        var dead = absent.Where(_absentNodes.Contains).ToHashSet();
        _absentNodes = absent;
        if (dead.Count == 0 || !_cluster.SelfAddress.Equals(_cluster.State.Leader))
        {
            return;
        }

        foreach (var bucket in _buckets)
        {
            List<string> entries = [.. bucket.Entries.Where(pair => dead.Contains(pair.Value.Node)).Select(static pair => pair.Key)];
            if (entries.Count > 0)
            {
                Change(bucket, removed: entries, added: []);
            }
        }
    }

    private sealed record Flush(int Bucket) : INoSerializationVerificationNeeded;

    private sealed record RepairDue(int Bucket, HashSet<string> Mismatches) : INoSerializationVerificationNeeded;

    private sealed record Sweep : INoSerializationVerificationNeeded
    {
        private Sweep()
        {
        }

        public static Sweep Instance { get; } = new();
    }
}
