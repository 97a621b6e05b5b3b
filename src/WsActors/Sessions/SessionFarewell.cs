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
internal sealed class SessionFarewell(SessionActor session, SessionConversation conversation)
{
    /// <summary>Longer than whoever keeps it takes to answer.</summary>
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(8);

    private TimeSpan EndOfHandler => session.Now + conversation.EndpointContext.Options.CloseTimeout;

    /// <param name="closeOutcome">What the handler is told.</param>
    /// <param name="close">What the client is told; null when it knows, or is not there.</param>
    public void End(CloseOutcome closeOutcome, Ws.Close? close)
    {
        conversation.Dismiss(close);
        TellHandler(closeOutcome);
    }

    /// <summary>
    /// Ends a session in which something failed, be it at what a user gave us. What its client did not get is lost, and it is told so when
    /// it comes back.
    /// </summary>
    /// <returns>False when its handler knows of the end already: then only stopping is left.</returns>
    public bool TryFail(Exception cause)
    {
        if (conversation.Handler.IsEnding)
        {
            return false;
        }

        session.Host.Failures.Write($"{conversation.EndpointContext.Name}: a session of {conversation.Route}", how: null, cause);
        var closeOutcome = Connection.CloseOutcome.Failed(Role.Server);
        conversation.SendAway(new Ws.Close(closeOutcome.Code, closeOutcome.Reason));
        TellHandler(closeOutcome);
        return true;
    }

    private void TellHandler(CloseOutcome closeOutcome)
    {
        conversation.TellClosed(closeOutcome);
        if (conversation.Handler.IsGone)
        {
            LeaveWhenPublished();
        }
        else
        {
            BecomeUntil(EndOfHandler, Ending);
        }
    }

    /// <summary>
    /// Leaves once members have taken what its handler published. Until then it counts as a session of its user, address and node, so that
    /// clients that begin sessions, publish and end them leave behind no more than all sessions together may have waiting.
    /// </summary>
    private void LeaveWhenPublished()
    {
        if (conversation.Handler.Published is { Bytes: > 0 } published)
        {
            session.Share?.Hold();
            session.WakeAt(TimeSpan.MaxValue);
            session.Become(AwaitingMembers);
            published.Await(session.Ref, little: 0);
        }
        else
        {
            session.Leave();
        }
    }

    private void AwaitingMembers(object message)
    {
        switch (message)
        {
            case PublishesTaken: LeaveWhenPublished(); break;
            case Session.HandOver: session.Stop(); break;
            default: session.Otherwise(message); break;
        }
    }

    /// <summary>Moves it: the client will come back to another node.</summary>
    public void HandOver()
    {
        conversation.SendAway(new Ws.Close(CloseCode.ServiceRestart, "your session moves; come back to it"));
        if (session.Host.Store is null)
        {
            End(Connection.CloseOutcome.Failed(Role.Server), close: null);
            return;
        }

        conversation.Handler.End(closed: null);
        BecomeUntil(EndOfHandler, HandingOver);
    }

    private void Ending(object message, TimeSpan deadline)
    {
        switch (message)
        {
            case Terminated gone when gone.ActorRef.Equals(conversation.Handler.Ref): LeaveWhenPublished(); break;
            case WakeUpTime.Tick when session.Now >= deadline: session.Leave(); break;
            case Session.HandOver: session.Stop(); break;
            default: session.Otherwise(message); break;
        }
    }

    /// <summary>Nothing is taken of the client any more; it sends it again elsewhere. Whatever is sent to it is logged.</summary>
    private void HandingOver(object message, TimeSpan deadline)
    {
        switch (message)
        {
            case Ws.Send { Parts: null } send: conversation.Log(send); break;
            case Ws.Deliver deliver: conversation.Log(deliver); break;
            case StashReport report: conversation.Note(report); break;
            case Terminated gone when gone.ActorRef.Equals(conversation.Handler.Ref): Store(); break;
            case WakeUpTime.Tick when session.Now >= deadline:
                // How far it got, nobody knows: better a session that is lost than messages that are, or come twice.
                session.Host.Log.Warning("{Session} moves, and its handler did not stop in time: its client has to begin anew", session.Id);
                session.Stop();
                break;
            case Session.Resume: break; // Who asked asks again, where it goes.
            default: session.Otherwise(message); break;
        }
    }

    private void Store()
    {
        var state = conversation.Written();
        session.Tell(session.Host.Store!, new Session.Store(session.Id, state.Moves, SessionActor.Written(state)));
        BecomeUntil(session.Now + StoreTimeout, Storing);
    }

    private void Storing(object message, TimeSpan deadline)
    {
        switch (message)
        {
            case Session.Stored or Session.HandOver: session.Stop(); break;
            case WakeUpTime.Tick when session.Now >= deadline: session.Stop(); break;
            case Session.Resume or Ws.Deliver: break; // Who asked asks again, where it goes.
            default: session.Otherwise(message); break;
        }
    }

    private void BecomeUntil(TimeSpan deadline, Action<object, TimeSpan> state)
    {
        session.WakeAt(deadline);
        session.Become(message => state(message, deadline));
    }
}
