using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;
using WsActors.Runtime;
using WsActors.Topics;
using Entries = Akka.DistributedData.ORSet<string>;

namespace WsActors.Cluster;

/// <summary>
/// Carries between nodes who is in which topic: follows its own node's topics, and is followed by its node's presence. Each node writes the
/// entries of its own connections into DistributedData, which brings them to all others; what is shown are the entries of nodes that the
/// cluster has. One a system.
/// </summary>
internal sealed class PresenceRelayActor(
    IActorRef topics,
    IActorRef presence,
    TimeSpan sweepInterval,
    PresenceBucket[] buckets,
    HashSet<string> nodes)
    : ResilientActor, IWithTimers
{
    /// <summary>Changes that come together are written together.</summary>
    private static readonly TimeSpan WriteDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>Told to all nodes at once; what does not reach one comes to it later, by gossip.</summary>
    private static readonly WriteAll Everywhere = new(TimeSpan.FromSeconds(2));

    /// <summary>Longer than it takes until what this node writes is shown to it.</summary>
    private static readonly TimeSpan RepairDelay = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(30);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);

    private readonly IActorRef _replicator = DistributedData.Get(Context.System).Replicator;

    // Given from outside: a restart loses neither.
    private readonly PresenceBucket[] _buckets = buckets;

    /// <summary>The nodes that the cluster has, in whatever state.</summary>
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
        topics.Tell(TopicFeed.Subscribe.PresenceOnly, Self);
        presence.Tell(new PresenceActor.ChangeSource(Self));
        StartTimers();
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    // What it follows, and what it knows, stays; its timers do not.
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

    protected override void Handle(object message)
    {
        switch (message)
        {
            case TopicFeed.MemberJoined joined:
                Write(CreateEntry(joined.Topic, joined.Connection, joined.User, joined.PresenceData), isThere: true);
                break;
            case TopicFeed.MemberLeft left:
                Write(CreateEntry(left.Topic, left.Connection, null, new Dictionary<string, string>()), isThere: false);
                break;
            case Flush flush: WritePending(_buckets[flush.Bucket]); break;
            case Changed changed: OnReplicated(changed); break;
            case RepairDue repairDue: Repair(_buckets[repairDue.Bucket], repairDue.Mismatches); break;
            case ClusterEvent.MemberRemoved removed: Remove(removed.Member.UniqueAddress); break;
            case ClusterEvent.IMemberEvent member: Add(member.Member.UniqueAddress); break;
            case TopicFeed.Subscribe: TellOfAll(); break;
            case Sweep: SweepUp(); break;
            case TopicFeed.IEvent or IUpdateResponse: break;
            default: Unhandled(message); break;
        }
    }

    private static ExtendedActorSystem OwnSystem => (ExtendedActorSystem)Context.System;

    private PresenceEntry CreateEntry(string topic, IActorRef connection, string? user, IReadOnlyDictionary<string, string> shows) => new(
        topic,
        connection.Path.ToSerializationFormatWithAddress(_cluster.SelfAddress),
        NameOf(_cluster.SelfUniqueAddress),
        user,
        shows);

    private static string NameOf(UniqueAddress node) => $"{node.Address}#{node.Uid}";

    // What this node has.

    private void Write(PresenceEntry entry, bool isThere)
    {
        var number = PresenceBucket.NumberOf(entry.Key);
        var pending = _buckets[number].Pending;
        if (pending.Count == 0)
        {
            StartFlush(number);
        }

        pending[entry.Key] = isThere ? entry : null;
    }

    private void StartTimers() => Timers.StartPeriodicTimer(nameof(Sweep), Sweep.Instance, sweepInterval);

    private void StartFlush(int bucket) => Timers.StartSingleTimer(bucket, new Flush(bucket), WriteDelay);

    private void WritePending(PresenceBucket bucket)
    {
        List<string> gone = [], come = [];
        foreach (var (key, entry) in bucket.TakePending())
        {
            if (bucket.Own.Remove(key, out var before))
            {
                gone.Add(before);
            }

            if (entry is not null)
            {
                come.Add(bucket.Own[key] = entry.Write(OwnSystem));
            }
        }

        Change(bucket, gone, come);
    }

    private void Change(PresenceBucket bucket, IEnumerable<string> gone, IEnumerable<string> come)
    {
        var node = _cluster.SelfUniqueAddress;
        _replicator.Tell(Dsl.Update(bucket.Key, Entries.Empty, Everywhere, entries => come.Aggregate(
            gone.Aggregate(entries, (all, entry) => all.Remove(node, entry)),
            (all, entry) => all.Add(node, entry))));
    }

    /// <summary>
    /// Sees to it that what nodes have of this one is what it wrote. Of two sets Akka.NET (1.5) may bring back what one has removed, or lose what one has
    /// added, since it compares their histories in no order.
    /// </summary>
    private void Check(PresenceBucket bucket)
    {
        var key = (nameof(RepairDue), bucket.Number);
        if (!Timers.IsTimerActive(key) && bucket.FindMismatches(NameOf(_cluster.SelfUniqueAddress)) is { Count: > 0 } amiss)
        {
            Timers.StartSingleTimer(key, new RepairDue(bucket.Number, amiss), RepairDelay);
        }
    }

    /// <param name="bucket">What may need it.</param>
    /// <param name="before">What was amiss a while ago: the rest may be on its way.</param>
    private void Repair(PresenceBucket bucket, HashSet<string> before)
    {
        var still = bucket.FindMismatches(NameOf(_cluster.SelfUniqueAddress));
        still.IntersectWith(before);
        if (still.Count > 0)
        {
            Change(bucket, [.. still.Where(bucket.Entries.ContainsKey)], [.. still.Where(entry => !bucket.Entries.ContainsKey(entry))]);
        }

        Check(bucket);
    }

    // What all nodes have.

    private void OnReplicated(Changed changed)
    {
        var bucket = Array.Find(_buckets, bucket => bucket.Key.Id == changed.Key.Id)!;
        bucket.Update(changed.Get(bucket.Key).Elements, text => PresenceEntry.Read(OwnSystem, text));
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

    /// <summary>Compares what is there with what was shown, and tells of the difference.</summary>
    private void Show(PresenceBucket bucket)
    {
        var (before, now) = (bucket.Shown, new Dictionary<string, (PresenceEntry Entry, IActorRef Connection)>());
        foreach (var entry in bucket.Entries.Values.Where(entry => _nodes.Contains(entry.Node)))
        {
            now[entry.Key] = (entry, before.TryGetValue(entry.Key, out var known) ? known.Connection : OwnSystem.Provider.ResolveActorRef(entry.Connection));
        }

        foreach (var (key, (entry, connection)) in before)
        {
            if (!now.ContainsKey(key))
            {
                presence.Tell(new TopicFeed.MemberLeft(entry.Topic, connection));
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

    private void TellOfAll()
    {
        foreach (var (entry, connection) in _buckets.SelectMany(static bucket => bucket.Shown.Values))
        {
            TellMemberJoined(entry, connection);
        }
    }

    private void TellMemberJoined(PresenceEntry entry, IActorRef connection) => presence.Tell(new TopicFeed.MemberJoined(entry.Topic, connection, entry.User, entry.Data));

    /// <summary>
    /// Entries of a node that is gone are not shown; that they are deleted is the leader's affair, and no hurry: a node that has just come may
    /// be known by its entries before the cluster tells of it.
    /// </summary>
    private void SweepUp()
    {
        var missing = _buckets.SelectMany(static bucket => bucket.Entries.Values).Select(static entry => entry.Node).Where(node => !_nodes.Contains(node)).ToHashSet();
        var gone = missing.Where(_absentNodes.Contains).ToHashSet();
        _absentNodes = missing;
        if (gone.Count == 0 || !_cluster.SelfAddress.Equals(_cluster.State.Leader))
        {
            return;
        }

        foreach (var bucket in _buckets)
        {
            List<string> dead = [.. bucket.Entries.Where(one => gone.Contains(one.Value.Node)).Select(static one => one.Key)];
            if (dead.Count > 0)
            {
                Change(bucket, dead, []);
            }
        }
    }

    private sealed record Flush(int Bucket) : INoSerializationVerificationNeeded;

    private sealed record RepairDue(int Bucket, HashSet<string> Mismatches) : INoSerializationVerificationNeeded;

    private sealed record Sweep : INoSerializationVerificationNeeded
    {
        public static Sweep Instance { get; } = new();
    }
}
