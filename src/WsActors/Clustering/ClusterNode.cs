using Akka.Actor;
using WsActors.Messages;
using WsActors.Operations;
using WsActors.Sessions;
using WsActors.Topics;

namespace WsActors.Clustering;

/// <summary>
/// The seam for cluster extensions, such as the package WsActors.Cluster: a node whose topics, presence and sessions are connected with
/// those of other nodes. Members of topics are replicated by <see cref="PresenceFeed"/>. One for each extension; any thread.
/// </summary>
public sealed class ClusterNode
{
    private readonly ActorSystem _system;

    private readonly WebSocketExtension _sockets;

    /// <summary>Null before the start of the relay.</summary>
    private volatile IActorRef? _topicRelay;

    private ClusterNode(ActorSystem system) => (_system, _sockets) = (system, system.WebSockets());

    /// <summary>Declares that the topics, presence and sessions of a system reach other nodes.</summary>
    public static ClusterNode Join(ActorSystem system)
    {
        var node = new ClusterNode(system);
        node._sockets.IsClustered = true;
        return node;
    }

    /// <summary>The message that a session is stopped with, so that it continues on another node. Its state is stored first.</summary>
    public static object HandOver => SessionMessages.HandOver.Instance;

    /// <summary>The time for deadlines, since the system started, without standstills of the process.</summary>
    public TimeSpan Now => Host.Clock.Now;

    /// <summary>The current date.</summary>
    public DateTimeOffset Date => Host.Clock.Date;

    /// <summary>The role of the nodes that host sessions (<c>ws-actors.sessions.role</c>); null or empty for all nodes.</summary>
    public string? SessionRole => Host.Settings.Role;

    /// <summary>The time that a session waits for its client (<c>ws-actors.sessions.retention</c>).</summary>
    public TimeSpan SessionRetention => Host.Settings.Retention;

    /// <summary>Whether there are sessions on this node.</summary>
    public bool HasSessions => Host.HasSessions;

    private SessionHost Host => _sockets.SessionHost;

    /// <summary>Adds a check of the options of every endpoint that is bound from now on.</summary>
    /// <param name="check">Throws, with one sentence, if the options are not usable.</param>
    public void CheckEndpoints(Action<ConnectionOptions> check) => _sockets.CheckEndpoints(check);

    /// <summary>
    /// Starts the relay of publishes, as <c>/system/websockets-topic-relay</c> on every node. Once for each actor system.
    /// </summary>
    /// <param name="backplane">Carries its messages between nodes.</param>
    public void StartTopicRelay(ITopicBackplane backplane) => _topicRelay = ((ExtendedActorSystem)_system).SystemActorOf(
        TopicRelayActor.PropsFor(_sockets.Topics, backplane), "websockets-topic-relay");

    /// <summary>A node has left the cluster or is unreachable: the relay does not wait for it any more.</summary>
    public void RemoveNode(Address node) => _topicRelay?.Tell(new TopicRelayActor.NodeRemoved(node), ActorRefs.NoSender);

    /// <summary>The nodes of the cluster have changed: operations of all nodes ask these.</summary>
    /// <param name="members">All nodes, reachable or not.</param>
    public void SetMembers(IReadOnlyList<ClusterMember> members) =>
        _sockets.Operations.Tell(new ClusterOperationsActor.MembersChanged(Ws.NoneNull(members)), ActorRefs.NoSender);

    /// <summary>The ID of the session that a message is addressed to; null for any other message.</summary>
    public static string? SessionIdOf(object message) => (message as SessionMessages.IAddressed)?.Id;

    /// <summary>The part of a session's ID that all sessions of a user share: they are hosted by one node.</summary>
    public static string UserPartOf(string sessionId) => SessionToken.UserPartOf(sessionId);

    /// <summary>The <c>Props</c> of a session that starts on this node, or continues here.</summary>
    public Props SessionPropsFor(string id) => SessionActor.PropsFor(Host, id);

    /// <summary>Lets the sessions of this node move to other nodes. Before <see cref="MoveSessions"/>.</summary>
    /// <param name="store">Takes the messages of <see cref="SessionStore"/>.</param>
    /// <param name="passivate">A session's message to its parent when it has ended: the parent answers <see cref="HandOver"/>.</param>
    public void UseSessionStore(IActorRef store, object passivate) => (Host.Store, Host.PassivateMessage) = (store, passivate);

    /// <summary>Moves sessions to the cluster: new sessions start there.</summary>
    /// <param name="home">The receiver of messages to sessions; the sessions of this node are its grandchildren.</param>
    public void MoveSessions(IActorRef home) => _sockets.MoveSessions(home);

    /// <summary>Activates a session whose state is stored, before its client returns.</summary>
    public void ActivateSession(string id) => Host.Home.Tell(new SessionMessages.Activate(id), ActorRefs.NoSender);

    /// <summary>This node shuts down: every session that is still here is handed over.</summary>
    public void HandOverAllSessions() => Host.HandOverAll();
}
