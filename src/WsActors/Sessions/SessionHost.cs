using System.Collections.Concurrent;
using System.Security.Claims;
using Akka.Actor;
using Akka.Event;
using WsActors.Connection;
using WsActors.Messages;
using WsActors.Metrics;
using WsActors.Protocol.Handshake;
using WsActors.Routing;
using WsActors.Runtime;
using WsActors.Sessions.Subprotocol;
using WsActors.Settings;

namespace WsActors.Sessions;

/// <summary>The node as its sessions see it. One a system; any thread.</summary>
internal sealed class SessionHost : ISessionGateway
{
    private readonly ConcurrentDictionary<IActorRef, WakeUpTime> _wakeUps = new();

    /// <summary>The sessions that serve.</summary>
    private readonly ConcurrentDictionary<IActorRef, SessionView> _views = new();

    private readonly LogThrottle _refusals;

    public SessionHost(
        SessionSettings settings,
        TopicSettings topicSettings,
        Clock clock,
        ILoggingAdapter log,
        FailureLog failures,
        IActorRef topics,
        WebSocketMetrics metrics)
    {
        (Settings, TopicSettings, Clock, Log, Failures, Topics) = (settings, topicSettings, clock, log, failures, topics);
        UnknownMessages = new UnknownMessageLog(log, clock);
        Quota = new SessionQuota(settings);
        metrics.ObserveSessions(() => Quota.Sessions, () => Quota.Bytes);
        _refusals = new LogThrottle(clock);
    }

    public SessionSettings Settings { get; }

    public Clock Clock { get; }

    public ILoggingAdapter Log { get; }

    public FailureLog Failures { get; }

    public IActorRef Topics { get; }

    public UnknownMessageLog UnknownMessages { get; }

    public TopicSettings TopicSettings { get; }

    public SessionRoutes Routes { get; } = new();

    public SessionQuota Quota { get; }

    /// <summary>The store of handed-over state; null where sessions do not move.</summary>
    public IActorRef? Store { get; set; }

    /// <summary>The passivation message of a session to its parent; null where it stops by itself.</summary>
    public object? PassivateMessage { get; set; }

    public bool HasSessions => !_wakeUps.IsEmpty;

    /// <summary>Whether this node shuts down: no session starts or continues here any more.</summary>
    public bool IsShuttingDown { get; private set; }

    /// <summary>The receiver of all messages that are addressed to a session.</summary>
    public IActorRef Home { get; set; } = ActorRefs.Nobody;

    /// <summary>The actor that finds the sessions of a cluster; null without a cluster.</summary>
    public IActorRef? ClusterHome { get; set; }

    public IReadOnlyList<string> Subprotocols => SessionProtocol.Versions;

    public void Check(EndpointOptions options) => Settings.CheckFits(options);

    public void AddRoutes(RouteTable routes, ServerEndpointContext endpoint) => Routes.Add(routes, endpoint);

    public void RemoveRoutes(ServerEndpointContext endpoint) => Routes.Remove(endpoint);

    public Refusal? RefusalFor(ServerEndpointContext endpoint, UpgradeRequest request, ClaimsPrincipal? principal)
    {
        if (!RetainedRequest.HasRoomFor(request, Settings.MaxRequestBytes))
        {
            return new Refusal(414, "The path is too long for a session (sessions.max-request-size).");
        }

        // In a cluster another node may have the room; it answers the hello.
        if (ClusterHome is not null || Quota.RefusalFor(UserIdentity.From(principal), request.ClientAddress) is not { } reason)
        {
            return null;
        }

        LogRefusal(reason);
        return Refusals.Unavailable(endpoint, $"There can be no session now: {reason}; come back later.");
    }

    public Props LinkFor(string endpoint, string? subprotocol) => SessionLinkActor.PropsFor(this, endpoint, subprotocol);

    public IReadOnlyList<IActorRef> SessionsOf(string user) => Quota.SessionsOf(user);

    /// <summary>Logs that a session was refused, in one line a minute: many clients must not cause many lines.</summary>
    public void LogRefusal(string reason)
    {
        if (_refusals.TryPass(out var withheld))
        {
            Log.Warning("Sessions refused: {Count}; the last one because {Reason}", withheld + 1, reason);
        }
    }

    /// <summary>The wake-up time of a session, which it sets.</summary>
    public WakeUpTime WakeUpTimeOf(IActorRef session) => _wakeUps.GetOrAdd(session, static _ => new WakeUpTime());

    /// <summary>A session serves: it is listed until it is removed.</summary>
    public void Add(IActorRef session, SessionView view) => _views[session] = view;

    public void Remove(IActorRef session)
    {
        _wakeUps.TryRemove(session, out _);
        _views.TryRemove(session, out _);
    }

    // The enumeration takes no lock.
    public LocalSessions List(Ws.ListSessions list) => SessionScan.Run(_views.Select(static one => one.Value), list);

    /// <summary>This node shuts down: every session that is still here is handed over.</summary>
    public void HandOverAll()
    {
        IsShuttingDown = true;
        foreach (var session in _wakeUps.Keys)
        {
            session.Tell(SessionMessages.HandOver.Instance, ActorRefs.NoSender);
        }
    }

    /// <summary>Wakes the sessions whose wake-up time has passed.</summary>
    public void WakeDue(TimeSpan now)
    {
        foreach (var (session, wakeUpTime) in _wakeUps)
        {
            wakeUpTime.TellIfDue(session, now);
        }
    }
}
