using System.Diagnostics;
using System.Globalization;
using Akka;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.DistributedData;
using WsActors.Clustering;

namespace WsActors.Cluster.Sessions;

/// <summary>
/// The sharding of sessions: all sessions of a user are on the node that has their shard. Only its own hand-over starts a session on
/// another node, so entities are not remembered.
/// </summary>
internal sealed class SessionSharding : IMessageExtractor
{
    public const string TypeName = "websocket-sessions";

    /// <summary>The number of shards. It never changes: nodes of two versions must agree.</summary>
    private const int Shards = 100;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private SessionSharding()
    {
    }

    /// <summary>
    /// Starts sharding on a node. A node without the role of session hosts starts a proxy, which connects its clients to their sessions on
    /// other nodes.
    /// </summary>
    public static void Start(ExtendedActorSystem system, ClusterNode node)
    {
        var sharding = ClusterSharding.Get(system);
        var region = SettingsFor(system, node.SessionRole);
        if (string.IsNullOrEmpty(region.Role) || Akka.Cluster.Cluster.Get(system).SelfRoles.Contains(region.Role))
        {
            var replicator = system.SystemActorOf(ReplicatorProps(system, region.Role), "websockets-session-replicator");
            var store = system.SystemActorOf(SessionStoreActor.PropsFor(node, replicator, region.Role), "websockets-session-store");
            system.SystemActorOf(SessionActivatorActor.PropsFor(node, replicator, region.Role), "websockets-session-caller");
            node.UseSessionStore(store, new Passivate(ClusterNode.HandOver));
            MoveOnShutdown(CoordinatedShutdown.Get(system), node);
        }

        node.MoveSessions(sharding.Start(
            TypeName,
            node.SessionPropsFor,
            region,
            new SessionSharding(),
            sharding.DefaultShardAllocationStrategy(region),
            ClusterNode.HandOver));
    }

    /// <summary>
    /// Whether this node is the first of the nodes that host sessions. The first node does the work that only one must do.
    /// </summary>
    public static bool IsFirst(Akka.Cluster.Cluster cluster, string? role)
    {
        var first = cluster.State.Members.FirstOrDefault(member =>
            member.Status == MemberStatus.Up && (string.IsNullOrEmpty(role) || member.HasRole(role)));
        return first?.UniqueAddress == cluster.SelfUniqueAddress;
    }

    /// <summary>
    /// Hands all sessions over on shutdown if sharding has not moved them within a third of the phase. Sharding moves the shards of a
    /// leaving node one by one, but waits up to a minute for each other node's confirmation, and a node may be dead. The stored states are
    /// found wherever the shards will be.
    /// </summary>
    private static void MoveOnShutdown(CoordinatedShutdown shutdown, ClusterNode node)
    {
        const string Phase = CoordinatedShutdown.PhaseClusterShardingShutdownRegion;
        var time = shutdown.Timeout(Phase) / 3;
        shutdown.AddTask(Phase, "move-websocket-sessions", async () =>
        {
            for (var since = Stopwatch.StartNew(); node.HasSessions && since.Elapsed < time;)
            {
                await Task.Delay(PollInterval).ConfigureAwait(false);
            }

            node.HandOverAllSessions();
            return Done.Instance;
        });
    }

    private static ClusterShardingSettings SettingsFor(ExtendedActorSystem system, string? role)
    {
        var settings = ClusterShardingSettings.Create(system)
            .WithStateStoreMode(StateStoreMode.DData)
            .WithRememberEntities(false)
            .WithPassivateIdleAfter(TimeSpan.Zero)
            .WithSupervisorStrategy(new OneForOneStrategy(static _ => Directive.Stop));
        return role is null ? settings : settings.WithRole(role);
    }

    // Akka's documentation allows a second replicator beside that of the extension, and sharding starts one. In Akka.NET its class is
    // internal.
    private static Props ReplicatorProps(ExtendedActorSystem system, string role)
    {
        // The extension registers the serializers. A replicator that starts before it compares its data as JSON, and fails.
        DistributedData.Get(system);
        var settings = ReplicatorSettings.Create(system).WithMaxDeltaElements(SessionBucket.PerMessage).WithRole(role);
        var replicator = typeof(ReplicatorSettings).Assembly.GetType("Akka.DistributedData.Replicator", throwOnError: true)!;
        return Props.Create(replicator, settings).WithDeploy(Deploy.Local).WithDispatcher(settings.Dispatcher);
    }

    /// <inheritdoc/>
    public string? EntityId(object message) => ClusterNode.SessionIdOf(message);

    /// <inheritdoc/>
    public object? EntityMessage(object message) => message;

    /// <inheritdoc/>
    public string? ShardId(object message) => EntityId(message) is { } id ? ShardId(id) : null;

    /// <inheritdoc/>
    public string ShardId(string entityId, object? messageHint = null) =>
        PresenceBucket.HashOf(ClusterNode.UserPartOf(entityId), Shards).ToString(CultureInfo.InvariantCulture);
}
