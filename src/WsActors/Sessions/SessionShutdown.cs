using Akka.Actor;
using Akka.Event;
using WsActors.Clustering;
using WsActors.Connection;
using WsActors.Handlers;
using WsActors.Messages;
using WsActors.Protocol;
using WsActors.Topics;

namespace WsActors.Sessions;

/// <summary>
/// The end of a session, or its move to another node: detaches the client, waits for the handler's stop, and stores the state of a session
/// that moves. Each wait has a deadline, except that for members to take its publishes. Part of its actor.
/// </summary>
/// <remarks>
/// The wait for members is bounded by them: a member acknowledges in mailbox order in every state, and one that stops is removed. It has no
/// deadline, since its end would void the quota. The shutdown of the node ends it.
/// </remarks>
internal sealed class SessionShutdown(SessionActor session, ActiveSession activeSession)
{
    /// <summary>Longer than the store takes to answer.</summary>
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(8);

    private TimeSpan HandlerDeadline => session.Now + activeSession.EndpointContext.Options.CloseTimeout;

    /// <summary>
    /// Whether the session ends without waiting for members to take its publishes: it does not count in the quota any more.
    /// </summary>
    private bool _skipsPublishes;

    /// <param name="closeOutcome">The outcome, for the handler.</param>
    /// <param name="close">The close, for the client; null when its connection is closed already, or none is attached.</param>
    public void Start(CloseOutcome closeOutcome, Ws.Close? close)
    {
        activeSession.DetachForGood(close);
        TellHandler(closeOutcome);
    }

    /// <summary>Ends an evicted session, or one whose node shuts down.</summary>
    public void End(Ws.Close close)
    {
        _skipsPublishes = true;
        Start(new CloseOutcome(close.Code, close.Reason, Ws.Side.Local), close);
    }

    /// <summary>
    /// Ends a session in which library or user code failed. Messages that its client did not get are lost; the client is told so when it
    /// returns.
    /// </summary>
    /// <returns>False when its handler was told <c>Closed</c> already: then the actor stops.</returns>
    public bool TryFail(Exception cause)
    {
        if (activeSession.Handler.IsStopping)
        {
            return false;
        }

        session.Host.Failures.Write($"{activeSession.EndpointContext.Name}: a session of {activeSession.Route}", predicate: null, cause);
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
            session.BecomeUntil(HandlerDeadline, session.StartPassivation, Ending);
        }
    }

    /// <summary>
    /// Stops once members have taken all publishes of its handler. Until then it counts as a session of its user, address and node: clients
    /// that start sessions, publish and end them cannot queue more than all sessions together may.
    /// </summary>
    private void StopWhenPublished()
    {
        if (!_skipsPublishes && activeSession.Handler.Published is { Bytes: > 0 } published)
        {
            session.Share?.ExcludeFromEviction();
            session.WakeAt(TimeSpan.MaxValue);
            session.Become(AwaitingPublishes);
            published.NotifyBelow(session.Ref, threshold: 0);
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
            case SessionMessages.End: session.StartPassivation(); break;
            case SessionMessages.HandOver: session.Stop(); break;
            default: session.HandleDefault(message); break;
        }
    }

    /// <summary>Hands the session over to another node, to which the client will return.</summary>
    public void StartHandOver()
    {
        activeSession.DetachForReturn(new Ws.Close(CloseCode.ServiceRestart, "your session moves to another node; reconnect to resume it"));
        if (session.Host.Store is null)
        {
            Start(Connection.CloseOutcome.Failed(Role.Server), close: null);
            return;
        }

        activeSession.Handler.Stop(closed: null);
        session.BecomeUntil(HandlerDeadline, StopUnstored, HandingOver);
    }

    private void Ending(object message)
    {
        switch (message)
        {
            case Terminated gone when gone.ActorRef.Equals(activeSession.Handler.Ref): StopWhenPublished(); break;
            case SessionMessages.End: _skipsPublishes = true; break;
            case SessionMessages.HandOver: session.Stop(); break;
            default: session.HandleDefault(message); break;
        }
    }

    /// <summary>Ignores the client's messages, which it sends again on the next node. Messages to the client are logged.</summary>
    private void HandingOver(object message)
    {
        switch (message)
        {
            case Ws.Send { Parts: null } send: activeSession.Log(send); break;
            case Ws.Deliver deliver: activeSession.Log(deliver); break;
            case StashReport report: activeSession.OnStashChanged(report); break;
            case Terminated gone when gone.ActorRef.Equals(activeSession.Handler.Ref): Store(); break;
            case SessionMessages.Resume: break; // The client repeats it on the next node.
            default: session.HandleDefault(message); break;
        }
    }

    // The handler's progress is unknown: a lost session is better than messages that are lost or delivered twice.
    private void StopUnstored()
    {
        session.Host.Log.Warning(
            "{Session} moves, and its handler did not stop in time: its client has to start a new session", session.Id);
        session.Stop();
    }

    private void Store()
    {
        var state = activeSession.ToState();
        session.Tell(
            session.Host.Store!,
            new SessionStore.Store { Id = session.Id, Moves = state.Moves, State = SessionActor.Serialize(state) });
        session.BecomeUntil(session.Now + StoreTimeout, session.Stop, Storing);
    }

    private void Storing(object message)
    {
        switch (message)
        {
            case SessionStore.Stored or SessionMessages.HandOver: session.Stop(); break;
            case SessionMessages.Resume or Ws.Deliver: break; // The sender repeats it on the next node.
            default: session.HandleDefault(message); break;
        }
    }
}
