using System.Collections.Concurrent;
using System.Net;
using System.Security.Claims;
using Akka.Actor;
using Akka.Event;
using WsActors.Connection;
using WsActors.Routing;
using WsActors.Topics;

namespace WsActors.Sessions;

/// <summary>The node as its sessions see it. One a system; any thread.</summary>
internal sealed class SessionHost(
    SessionSettings settings, TopicSettings ofTopics, Clock clock, ILoggingAdapter log, FailureLog failures, IActorRef topics)
{
    private readonly ConcurrentDictionary<IActorRef, WakeUpTime> _wakeUps = new();

    public SessionSettings Settings { get; } = settings;

    public Clock Clock { get; } = clock;

    public ILoggingAdapter Log { get; } = log;

    public FailureLog Failures { get; } = failures;

    public IActorRef Topics { get; } = topics;

    public UnknownMessageLog UnknownMessages { get; } = new(log, clock);

    public TopicSettings TopicSettings { get; } = ofTopics;

    public SessionRoutes Routes { get; } = new();

    public SessionQuota Quota { get; } = new(settings);

    public SessionRefusalLog Refusals { get; } = new(clock, log);

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

    /// <summary>
    /// The refusal of a client that offers the subprotocol, as far as it is known before its hello; null when it is not refused.
    /// </summary>
    /// <param name="principal">The guard's principal.</param>
    /// <param name="client">The client's address.</param>
    public string? RefusalFor(ClaimsPrincipal? principal, IPAddress client)
    {
        var reason = ClusterHome is not null ? null : Quota.RefusalFor(UserIdentity.From(principal), client);
        if (reason is not null)
        {
            Refusals.Write(reason);
        }

        return reason;
    }

    /// <summary>The <c>Props</c> of the link between a connection and its session.</summary>
    /// <param name="endpoint">The endpoint that accepted the connection.</param>
    /// <param name="subprotocol">The application's subprotocol; null for none.</param>
    public Props LinkFor(string endpoint, string? subprotocol) => SessionLinkActor.PropsFor(this, endpoint, subprotocol);

    /// <summary>The wake-up time of a session, which it sets.</summary>
    public WakeUpTime WakeUpTimeOf(IActorRef session) => _wakeUps.GetOrAdd(session, static _ => new WakeUpTime());

    public void Remove(IActorRef session) => _wakeUps.TryRemove(session, out _);

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
    /// <param name="interval">The time until the next call.</param>
    public void Tick(TimeSpan interval)
    {
        var now = Clock.Tick(interval);
        foreach (var (session, wakeUpTime) in _wakeUps)
        {
            if (wakeUpTime.IsDue(now))
            {
                session.Tell(WakeUpTime.Tick.Instance);
            }
        }
    }
}
