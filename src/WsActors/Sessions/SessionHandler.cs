using Akka.Actor;
using WsActors.Connection;
using WsActors.Topics;

namespace WsActors.Sessions;

/// <summary>The handler of a session, its child: made, told of the beginning and of the end, and made anew when it fails. Owned by its session.</summary>
internal sealed class SessionHandler
{
    private readonly SessionActor _session;

    private readonly HandlerContext _handlerContext = new();

    public SessionHandler(SessionActor session, Props props)
    {
        _session = session;
        Ref = session.StartHandler(props, _handlerContext, givenUp: () => HasFailed = true);
    }

    public IActorRef Ref { get; }

    /// <summary>Whether it was stopped for failing too often.</summary>
    public bool HasFailed { get; private set; }

    public bool IsStopped { get; private set; }

    /// <summary>Whether it was told all that it will be.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>What it has published and members have not taken; null before its first publish.</summary>
    public PublishBacklog? Published => _handlerContext.PublishBacklog;

    /// <param name="opened">What it begins with.</param>
    /// <param name="isResumed">Whether there was one before it, on another node.</param>
    public void Start(Ws.Opened opened, bool isResumed)
    {
        _handlerContext.SetOpened(opened);
        Tell(opened with { IsRestart = isResumed });
    }

    /// <summary>What a handler that is made anew is told from now on.</summary>
    public void SetOpened(Ws.Opened opened) => _handlerContext.SetOpened(opened);

    public void Tell(object message) => _session.Tell(Ref, message);

    /// <summary>It has time to deal with all that it was told.</summary>
    /// <param name="closed">The last; null when the session goes on elsewhere.</param>
    public void Stop(Ws.Closed? closed)
    {
        IsStopping = true;
        _handlerContext.SetClosed();
        if (closed is not null)
        {
            Tell(closed);
        }

        Tell(PoisonPill.Instance);
    }

    /// <summary>It has stopped.</summary>
    public void OnStopped() => IsStopped = true;
}
