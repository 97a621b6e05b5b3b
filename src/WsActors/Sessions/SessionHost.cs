using System.Collections.Concurrent;
using System.Net;
using System.Security.Claims;
using Akka.Actor;
using Akka.Event;
using WsActors.Connection;
using WsActors.Routing;
using WsActors.Topics;

namespace WsActors.Sessions;

/// <summary>What the sessions of a node see of it. One a system; any thread.</summary>
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

    /// <summary>Keeps what a session hands over; null where sessions do not move.</summary>
    public IActorRef? Store { get; set; }

    /// <summary>What a session tells its parent when it wants to stop; null where it just stops.</summary>
    public object? PassivateMessage { get; set; }

    public bool HasSessions => !_wakeUps.IsEmpty;

    /// <summary>Whether this node goes: no session begins here any more, or goes on.</summary>
    public bool IsShuttingDown { get; private set; }

    /// <summary>Takes whatever is addressed to a session.</summary>
    public IActorRef Home { get; set; } = ActorRefs.Nobody;

    /// <summary>Who finds the sessions of a cluster; null where there is none.</summary>
    public IActorRef? ClusterHome { get; set; }

    /// <summary>
    /// Why a client that offers the subprotocol cannot have a session here, as far as that is known before its hello; null when it may.
    /// </summary>
    /// <param name="principal">As the guard said.</param>
    /// <param name="client">Where it is.</param>
    public string? RefusalFor(ClaimsPrincipal? principal, IPAddress client)
    {
        var reason = ClusterHome is not null ? null : Quota.RefusalFor(UserIdentity.From(principal), client);
        if (reason is not null)
        {
            Refusals.Write(reason);
        }

        return reason;
    }

    /// <summary>What links a connection with its session.</summary>
    /// <param name="endpoint">Where it came in.</param>
    /// <param name="subprotocol">What the application agreed on with the client; null for nothing.</param>
    public Props LinkFor(string endpoint, string? subprotocol) => SessionLinkActor.PropsFor(this, endpoint, subprotocol);

    /// <summary>The session wants to be woken at the times that it says.</summary>
    public WakeUpTime WakeUpTimeOf(IActorRef session) => _wakeUps.GetOrAdd(session, static _ => new WakeUpTime());

    public void Remove(IActorRef session) => _wakeUps.TryRemove(session, out _);

    /// <summary>This node goes: those that are still here leave what they are to the next, wherever that will be.</summary>
    public void HandOverAll()
    {
        IsShuttingDown = true;
        foreach (var session in _wakeUps.Keys)
        {
            session.Tell(SessionMessages.HandOver.Instance, ActorRefs.NoSender);
        }
    }

    /// <summary>Tells those whose time has come.</summary>
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
