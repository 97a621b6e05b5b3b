using Akka.Actor;
using WsActors.Handlers;
using WsActors.Topics;

namespace WsActors.Sessions;

/// <summary>The handler of a session, its child: told its start and end, restarted when it fails. Owned by its session.</summary>
internal sealed class SessionHandler
{
    private readonly SessionActor _session;

    private readonly HandlerContext _handlerContext = new();

    public SessionHandler(SessionActor session, Props props)
    {
        _session = session;
        EndsSpans = HandlerProps.IsWebSocketHandler(props);
        Ref = session.StartHandler(props, _handlerContext, givenUp: () => HasFailed = true);
    }

    public IActorRef Ref { get; }

    /// <inheritdoc cref="HandlerDescriptor.EndsSpans"/>
    public bool EndsSpans { get; }

    /// <summary>Whether it was stopped for failing too often.</summary>
    public bool HasFailed { get; private set; }

    public bool IsStopped { get; private set; }

    /// <summary>Whether it was told its last message.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>The route's template; null before it was told <see cref="Ws.Opened"/>.</summary>
    public string? Route => _handlerContext.Opened?.Request.Route;

    /// <summary>Its publishes that members have not taken; null before its first publish.</summary>
    public PublishBacklog? Published => _handlerContext.PublishBacklog;

    /// <param name="opened">Its first message.</param>
    /// <param name="isResumed">Whether it had a predecessor on another node.</param>
    public void Start(Ws.Opened opened, bool isResumed)
    {
        _handlerContext.SetOpened(opened);
        Tell(opened with { IsRestart = isResumed });
    }

    /// <summary>Sets the first message of a restarted handler.</summary>
    public void SetOpened(Ws.Opened opened) => _handlerContext.SetOpened(opened);

    public void Tell(object message) => _session.Tell(Ref, message);

    /// <summary>Stops it after it has handled all messages in its mailbox.</summary>
    /// <param name="closed">Its last message; null when the session continues on another node.</param>
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

    /// <summary>The handler has stopped.</summary>
    public void OnStopped() => IsStopped = true;
}
