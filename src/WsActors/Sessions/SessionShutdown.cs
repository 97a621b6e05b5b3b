using Akka.Actor;
using Akka.Event;
using WsActors.Connection;
using WsActors.Protocol;
using WsActors.Topics;

namespace WsActors.Sessions;

/// <summary>
/// How a session ends, or moves to another node: its client is let go, its handler stops in its own time, and what has to be kept is kept. Each wait
/// has a deadline. Part of its actor.
/// </summary>
internal sealed class SessionShutdown(SessionActor session, ActiveSession activeSession)
{
    /// <summary>Longer than whoever keeps it takes to answer.</summary>
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(8);

    private TimeSpan HandlerDeadline => session.Now + activeSession.EndpointContext.Options.CloseTimeout;

    /// <param name="closeOutcome">What the handler is told.</param>
    /// <param name="close">What the client is told; null when it knows, or is not there.</param>
    public void Start(CloseOutcome closeOutcome, Ws.Close? close)
    {
        activeSession.DetachForGood(close);
        TellHandler(closeOutcome);
    }

    /// <summary>
    /// Ends a session in which something failed, be it at what a user gave us. What its client did not get is lost, and it is told so when
    /// it comes back.
    /// </summary>
    /// <returns>False when its handler knows of the end already: then only stopping is left.</returns>
    public bool TryFail(Exception cause)
    {
        if (activeSession.Handler.IsStopping)
        {
            return false;
        }

        session.Host.Failures.Write($"{activeSession.EndpointContext.Name}: a session of {activeSession.Route}", how: null, cause);
        var closeOutcome = Connection.CloseOutcome.Failed(Role.Server);
        activeSession.DetachForReturn(new Ws.Close(closeOutcome.Code, closeOutcome.Reason));
        TellHandler(closeOutcome);
        return true;
    }

    private void TellHandler(CloseOutcome closeOutcome)
    {
        activeSession.TellClosed(closeOutcome);
        if (activeSession.Handler.IsStopped)
        {
            StopWhenPublished();
        }
        else
        {
            BecomeUntil(HandlerDeadline, Ending);
        }
    }

    /// <summary>
    /// Leaves once members have taken what its handler published. Until then it counts as a session of its user, address and node, so that
    /// clients that begin sessions, publish and end them leave behind no more than all sessions together may have waiting.
    /// </summary>
    private void StopWhenPublished()
    {
        if (activeSession.Handler.Published is { Bytes: > 0 } published)
        {
            session.Share?.ExcludeFromEviction();
            session.WakeAt(TimeSpan.MaxValue);
            session.Become(AwaitingPublishes);
            published.NotifyBelow(session.Ref, little: 0);
        }
        else
        {
            session.StartPassivation();
        }
    }

    private void AwaitingPublishes(object message)
    {
        switch (message)
        {
            case PublishBacklogLow: StopWhenPublished(); break;
            case SessionMessages.HandOver: session.Stop(); break;
            default: session.HandleDefault(message); break;
        }
    }

    /// <summary>Moves it: the client will come back to another node.</summary>
    public void StartHandOver()
    {
        activeSession.DetachForReturn(new Ws.Close(CloseCode.ServiceRestart, "your session moves; come back to it"));
        if (session.Host.Store is null)
        {
            Start(Connection.CloseOutcome.Failed(Role.Server), close: null);
            return;
        }

        activeSession.Handler.Stop(closed: null);
        BecomeUntil(HandlerDeadline, HandingOver);
    }

    private void Ending(object message, TimeSpan deadline)
    {
        switch (message)
        {
            case Terminated gone when gone.ActorRef.Equals(activeSession.Handler.Ref): StopWhenPublished(); break;
            case WakeUpTime.Tick when session.Now >= deadline: session.StartPassivation(); break;
            case SessionMessages.HandOver: session.Stop(); break;
            default: session.HandleDefault(message); break;
        }
    }

    /// <summary>Nothing is taken of the client any more; it sends it again elsewhere. Whatever is sent to it is logged.</summary>
    private void HandingOver(object message, TimeSpan deadline)
    {
        switch (message)
        {
            case Ws.Send { Parts: null } send: activeSession.Log(send); break;
            case Ws.Deliver deliver: activeSession.Log(deliver); break;
            case StashReport report: activeSession.OnStashChanged(report); break;
            case Terminated gone when gone.ActorRef.Equals(activeSession.Handler.Ref): Store(); break;
            case WakeUpTime.Tick when session.Now >= deadline:
                // How far it got, nobody knows: better a session that is lost than messages that are, or come twice.
                session.Host.Log.Warning("{Session} moves, and its handler did not stop in time: its client has to begin anew", session.Id);
                session.Stop();
                break;
            case SessionMessages.Resume: break; // Who asked asks again, where it goes.
            default: session.HandleDefault(message); break;
        }
    }

    private void Store()
    {
        var state = activeSession.ToState();
        session.Tell(session.Host.Store!, new SessionMessages.Store(session.Id, state.Moves, SessionActor.Serialize(state)));
        BecomeUntil(session.Now + StoreTimeout, Storing);
    }

    private void Storing(object message, TimeSpan deadline)
    {
        switch (message)
        {
            case SessionMessages.Stored or SessionMessages.HandOver: session.Stop(); break;
            case WakeUpTime.Tick when session.Now >= deadline: session.Stop(); break;
            case SessionMessages.Resume or Ws.Deliver: break; // Who asked asks again, where it goes.
            default: session.HandleDefault(message); break;
        }
    }

    private void BecomeUntil(TimeSpan deadline, Action<object, TimeSpan> state)
    {
        session.WakeAt(deadline);
        session.Become(message => state(message, deadline));
    }
}
