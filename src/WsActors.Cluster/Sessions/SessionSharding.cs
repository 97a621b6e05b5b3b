using System.Globalization;
using Akka;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.DistributedData;
using WsActors.Messages;
using WsActors.Sessions;

namespace WsActors.Cluster.Sessions;

/// <summary>
/// Where a session lives in a cluster: with all others of its user, on the node that has their shard. Nothing but its own hand-over brings a session
/// back, so entities are not remembered.
/// </summary>
internal sealed class SessionSharding : IMessageExtractor
{
    public const string TypeName = "websocket-sessions";

    /// <summary>For ever: nodes of two versions must agree.</summary>
    private const int Shards = 100;

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(100);

    private SessionSharding()
    {
    }

    /// <summary>Brings a node's sessions into its cluster; a node without the role of those that host them brings its clients to theirs.</summary>
    public static void Start(ExtendedActorSystem system, WebSocketExtension sockets)
    {
        var host = sockets.SessionHost;
        var sharding = ClusterSharding.Get(system);
        var region = SettingsFor(system, host.Settings.Role);
        if (string.IsNullOrEmpty(region.Role) || Akka.Cluster.Cluster.Get(system).SelfRoles.Contains(region.Role))
        {
            var replicator = system.SystemActorOf(ReplicatorProps(system, region.Role), "websockets-session-replicator");
            host.Store = system.SystemActorOf(SessionStoreActor.PropsFor(host, replicator, region.Role), "websockets-session-store");
            system.SystemActorOf(SessionActivatorActor.PropsFor(host, replicator, region.Role), "websockets-session-caller");
            host.PassivateMessage = new Passivate(SessionMessages.HandOver.Instance);
            MoveOnShutdown(CoordinatedShutdown.Get(system), host);
        }

        sockets.MoveSessions(sharding.Start(
            TypeName,
            id => SessionActor.PropsFor(host, id),
            region,
            new SessionSharding(),
            sharding.DefaultShardAllocationStrategy(region),
            SessionMessages.HandOver.Instance));
    }

    /// <summary>Whether this node is the one of those that host sessions that does what one of them has to do.</summary>
    public static bool IsFirst(Akka.Cluster.Cluster cluster, string? role) => cluster.State.Members.FirstOrDefault(member =>
        member.Status == MemberStatus.Up && (string.IsNullOrEmpty(role) || member.HasRole(role)))?.UniqueAddress == cluster.SelfUniqueAddress;

    /// <summary>
    /// Sharding moves the shards of a node that goes one by one, but waits for each other node to say that it has heard of it, a minute if need be; and
    /// a node may be dead. So after a while sessions leave without it: what they leave is found wherever their shards will be.
    /// </summary>
    private static void MoveOnShutdown(CoordinatedShutdown shutdown, SessionHost host)
    {
        const string Phase = CoordinatedShutdown.PhaseClusterShardingShutdownRegion;
        var time = shutdown.Timeout(Phase) / 3;
        shutdown.AddTask(Phase, "move-websocket-sessions", async () =>
        {
            for (var since = host.Clock.Elapsed; host.HasSessions && host.Clock.Elapsed - since < time;)
            {
                await Task.Delay(LookAgainAfter).ConfigureAwait(false);
            }

            host.HandOverAll();
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

    // A replicator may be started beside that of the extension, as Akka's documentation says, and sharding does so; of .NET's the class is internal.
    private static Props ReplicatorProps(ExtendedActorSystem system, string role)
    {
        // The extension brings the serializers; a replicator that is older compares its data as JSON, and fails at it.
        DistributedData.Get(system);
        var settings = ReplicatorSettings.Create(system).WithMaxDeltaElements(SessionBucket.PerMessage).WithRole(role);
        var replicator = typeof(ReplicatorSettings).Assembly.GetType("Akka.DistributedData.Replicator", throwOnError: true)!;
        return Props.Create(replicator, settings).WithDeploy(Deploy.Local).WithDispatcher(settings.Dispatcher);
    }

    /// <inheritdoc/>
    public string? EntityId(object message) => (message as SessionMessages.IAddressed)?.Id;

    /// <inheritdoc/>
    public object? EntityMessage(object message) => message;

    /// <inheritdoc/>
    public string? ShardId(object message) => EntityId(message) is { } id ? ShardId(id) : null;

    /// <inheritdoc/>
    public string ShardId(string entityId, object? messageHint = null) =>
        PresenceBucket.HashOf(SessionToken.UserPartOf(entityId), Shards).ToString(CultureInfo.InvariantCulture);
}
