using Akka.Actor;
using Akka.Event;
using WsActors.Connection;
using WsActors.Manager;
using WsActors.Protocol;
using WsActors.Topics;

namespace WsActors.Sessions;

/// <summary>
/// What happens while a session serves: clients come and go, one at a time, what they send is told to the handler, and what the session is told
/// gets to them. Part of its actor.
/// </summary>
internal sealed class SessionConversation
{
    private readonly SessionActor _session;
    private readonly TimeSpan _began;
    private readonly SessionSending _sending;
    private readonly SessionReceiving _receiving;
    private readonly Deliveries _deliveries;
    private readonly SessionFarewell _farewell;
    private readonly Attachment _client;
    private readonly DropReport _drops;
    private readonly SessionMembership _topics;

    /// <summary>What it began with; its principal and items are the last client's.</summary>
    private SessionState _state;

    /// <param name="session">The actor.</param>
    /// <param name="endpointContext">Where its route is.</param>
    /// <param name="share">Its part of what the node's sessions may hold.</param>
    /// <param name="state">What it begins with.</param>
    /// <param name="handler">Makes its handler.</param>
    public SessionConversation(SessionActor session, EndpointContext endpointContext, SessionBudget.Share share, SessionState state, Props handler)
    {
        (_session, EndpointContext, _state) = (session, endpointContext, state);
        var now = session.Now;
        _began = session.Host.Clock.Elapsed - state.Age;
        _client = new Attachment(session, share, since: now - state.Detached);
        Handler = new SessionHandler(session, handler);
        _receiving = new SessionReceiving(session, _client, Handler, endpointContext.Publishing, state.Received) { BytesReceived = state.BytesReceived };
        _sending = new SessionSending(session, share, new SessionLog(state.Sent - state.Log.Count)) { BytesSent = state.BytesSent };
        _drops = new DropReport(session, Handler.Ref);
        _topics = new SessionMembership(session, state.Opened);
        _deliveries = new Deliveries(session, new Publishers(session.Host.Settings.MaxPublishers, state.Publishers), Take);
        _farewell = new SessionFarewell(session, this);
        session.EndBy(_farewell);
        _sending.Restore(state.Log, now);
        session.Become(Serving);

        // Before its handler hears of it: what is published here from then on comes.
        foreach (var topic in state.Topics)
        {
            _topics.Join(topic, ActorRefs.Nobody);
        }

        Handler.Begin(state.Opened, isResumed: state.Moves > 0);
        _receiving.Restore(state.StashedMessages);
    }

    public SessionHandler Handler { get; }

    public EndpointContext EndpointContext { get; }

    /// <summary>The route's template.</summary>
    public string Route => _state.Opened.Request.Route;

    private TimeSpan Now => _session.Now;

    /// <summary>Its first client.</summary>
    public void Begin(IActorRef connection, IActorRef link, bool isLost)
    {
        Welcome(connection, link, isLost ? Recovery.Lost : Recovery.New, offset: 0);
        GoOn(Now);
    }

    /// <summary>It has moved here, and waits for its client.</summary>
    public void GoOn() => GoOn(Now);

    // What its end asks of it.

    /// <summary>The client is let go, for good: it gets all that was sent.</summary>
    /// <param name="close">What it gets behind that; null when it knows.</param>
    public void Dismiss(Ws.Close? close)
    {
        if (close is not null)
        {
            _sending.FlushAll(Now);
        }

        SendAway(close);
    }

    /// <summary>The client is let go, and will come back for what it did not get.</summary>
    public void SendAway(Ws.Close? close)
    {
        _sending.Detach();
        _client.LetGo(close);
    }

    /// <summary>The handler is told that it is over.</summary>
    public void TellClosed(CloseOutcome closeOutcome)
    {
        _sending.Abandon();
        _drops.Tell();
        Handler.End(new Ws.Closed(
            _session.Ref, closeOutcome.Code, closeOutcome.Reason, closeOutcome.By, closeOutcome.WasClean, _session.Host.Clock.Elapsed - _began, _receiving.BytesReceived, _sending.BytesSent));
    }

    /// <summary>What the handler still says while it stops is logged, too.</summary>
    public void Log(Ws.Send send)
    {
        Take(send, _session.Asker);
        _sending.Trim(Now);
    }

    /// <summary>All that the session is.</summary>
    public SessionState Written()
    {
        var now = Now;
        return _state with
        {
            Moves = _state.Moves + 1,
            Received = _receiving.Last,
            StashedMessages = _receiving.Stashed,
            Sent = _sending.Log.Last,
            Log = _sending.Written(now),
            Publishers = _deliveries.Publishers.All,
            Topics = _topics.All,
            Age = _session.Host.Clock.Elapsed - _began,
            Detached = _client.Absence(now),
            BytesReceived = _receiving.BytesReceived,
            BytesSent = _sending.BytesSent,
        };
    }

    /// <summary>The handler's stash has changed.</summary>
    public void Note(StashReport report) => _receiving.Note(report);

    /// <summary>What is delivered while it moves is logged, too.</summary>
    public void Log(Ws.Deliver deliver)
    {
        _deliveries.Take(deliver);
        _sending.Trim(Now);
    }

    private void Serving(object message)
    {
        Serve(message);
        if (_client.IsThere && _receiving.IsRead != _sending.IsRead)
        {
            _sending.Read(_receiving.IsRead, Now);
            WakeAt();
        }
    }

    private void Serve(object message)
    {
        switch (message)
        {
            case Session.Came came when _client.Is(came.Connection) && !_receiving.TryTake(came): ComeAgain(); break;
            case Session.Acknowledged acknowledged when _client.Is(acknowledged.Connection): Acknowledge(acknowledged.Offset); break;
            case ActorIdentity answer when _receiving.TryAnswer(answer): break;
            case StashReport report: Note(report); break;
            case PublishesTaken: _receiving.Settle(); break;
            case Ws.Send { Parts: not null } stream: _session.Refuse(stream); break;
            case Ws.Send send:
                Take(send, _session.Asker);
                GoOn(Now);
                break;
            case Ws.Deliver deliver:
                _deliveries.Take(deliver);
                GoOn(Now);
                break;
            case Session.Resume { IsConfirmed: false }: _session.AskWhetherItWaits(); break;
            case Session.Resume resume: Resume(resume); break;
            case Session.Gone gone when _client.Is(gone.Connection): Lose(gone.Closed); break;
            case Session.Probe probe when _client.Is(probe.Connection) && !_receiving.TryAnswer(probe): ComeAgain(); break;
            case Terminated gone when gone.ActorRef.Equals(Handler.Ref): LoseHandler(); break;
            case Terminated gone when _client.Is(gone.ActorRef): Detach(); break;
            case WakeUpTime.Tick: CheckClocks(); break;
            case Session.Shed: GoOn(Now); break;
            case Ws.Close close: _farewell.End(new CloseOutcome(close.Code, close.Reason, Ws.Side.Local), close); break;
            case Session.End end: _farewell.End(new CloseOutcome(end.Close.Code, end.Close.Reason, Ws.Side.Local), end.Close); break;
            case Session.HandOver: _farewell.HandOver(); break;
            case Ws.Join join: _topics.Join(join, _session.Asker); break;
            case Ws.Leave leave: _topics.Leave(leave, _session.Asker); break;
            case Ws.GetStats: _session.Tell(_session.Asker, SessionStats.Of(_session, EndpointContext, _state, _began, _sending, _receiving)); break;
            case Session.Came or Session.Acknowledged or Session.Gone or Session.Probe or Terminated: break; // Done, or of a connection that it has no more.
            default: _session.Otherwise(message); break;
        }
    }

    // Clients.

    private void Resume(Session.Resume resume)
    {
        var link = _session.Asker;
        if (!SessionToken.IsSame(_state.Secret, resume.Secret) || !SessionBinding.Allows(_session, EndpointContext, _state, resume))
        {
            _session.Tell(link, new Session.Unknown(resume.Id));
        }
        else if (resume.Epoch != _state.Epoch || !_sending.Reaches(resume.Offset))
        {
            // Its client has something that this one cannot go on from, and will have another session.
            _session.Tell(link, new Session.Unknown(resume.Id));
            _farewell.End(CloseOutcome.Abnormal("its client missed more than there is"), new Ws.Close(SessionProtocol.TakenOverCode, "your session went on elsewhere"));
        }
        else
        {
            // One client at a time: the last one that came.
            _client.LetGo(new Ws.Close(SessionProtocol.TakenOverCode, "your session went on over another connection"));
            Know(resume.By!);
            Welcome(resume.Connection, link, Recovery.Recovered, resume.Offset);
            GoOn(Now);
        }
    }

    /// <summary>What the guard says now counts from now on.</summary>
    private void Know(Session.Entry entry)
    {
        _state = _state with { Opened = _state.Opened with { Principal = entry.Principal, Items = entry.Items } };
        Handler.Know(_state.Opened);
    }

    private void Welcome(IActorRef connection, IActorRef link, Recovery recovery, long offset)
    {
        _client.Take(connection, link);
        _sending.Attach(connection, offset);
        _client.Tell(SessionFrameWriter.Welcome(SessionToken.Of(_session.Id, _state.Secret).Text, _state.Epoch, recovery, _receiving.Last));
        _receiving.TellBacklog();
        _client.TellLink(new Session.Serving(connection, _session.Ref, _receiving.Last));
        Handler.Tell(new Ws.Attached(_session.Ref, _session.Id, IsNew: recovery != Recovery.Recovered, SessionActor.NodeOf(connection))
        {
            Principal = _state.Opened.Principal,
            Items = _state.Opened.Items,
        });
        EndpointContext.MetricsFor(_state.Opened.Request.Route).Welcomed(recovery);
        _session.Host.Log.Debug("{Session} has a client: {Recovery}", _session.Id, recovery);
    }

    /// <summary>The connection is gone, or has to go: its client may come back.</summary>
    private void Detach(Ws.Close? close = null)
    {
        _sending.Detach();
        if (_client.LetGo(close))
        {
            Handler.Tell(new Ws.Detached(_session.Ref, _session.Id));
            WakeAt();
        }
    }

    // RFC 6455 §7.4.1: with 1000 the purpose of the connection is fulfilled.
    private void Lose(Ws.Closed closed)
    {
        if (closed is { Code: CloseCode.Normal, By: Ws.Side.Peer })
        {
            _farewell.End(new CloseOutcome(closed.Code, closed.Reason, closed.By, closed.WasClean), close: null);
        }
        else
        {
            Detach();
        }
    }

    private void CheckClocks()
    {
        var now = Now;
        if (now >= _client.End)
        {
            _farewell.End(CloseOutcome.Abnormal("no client came back"), close: null);
            return;
        }

        if (_sending.IsOverdue(now))
        {
            Detach(new Ws.Close(CloseCode.ServiceRestart, "nothing was acknowledged for too long"));
        }

        GoOn(now);
    }

    /// <summary>Something was lost between two nodes: the client sends it again when it comes back.</summary>
    private void ComeAgain() => Detach(new Ws.Close(CloseCode.ServiceRestart, "a message was lost; come back and send it again"));

    private void Acknowledge(long offset)
    {
        if (_sending.TryAcknowledge(offset, Now))
        {
            _drops.Moved();
            GoOn(Now);
        }
        else
        {
            Detach(new Ws.Close(SessionProtocol.BrokenCode, "what was not sent cannot be acknowledged"));
        }
    }

    // What leaves.

    private void Take(Ws.Send send, IActorRef sender)
    {
        if (_sending.TryAppend(send, sender, Now))
        {
            return;
        }

        AckNotifier.Tell(_session.Ref, send, sender, Ws.SendFailure.Dropped);
        _drops.Dropped();
    }

    /// <summary>The end of every step: what the window allows leaves, what is too much goes, the next deadline is set.</summary>
    private void GoOn(TimeSpan now)
    {
        _sending.Flush(now);
        if (!_sending.Trim(now))
        {
            Detach(new Ws.Close(CloseCode.TryAgainLater, "too slow for what is sent"));
        }

        WakeAt();
    }

    private void WakeAt()
    {
        var (next, end) = (_sending.Next, _client.End);
        _session.WakeAt(next < end ? next : end);
    }

    // Who stops by itself has said all that it wanted to say; any other end is a failure.
    private void LoseHandler()
    {
        Handler.Lose();
        var close = Handler.HasFailed ? new Ws.Close(CloseCode.InternalError, "the handler failed") : new Ws.Close();
        _farewell.End(new CloseOutcome(close.Code, close.Reason, Ws.Side.Local), close);
    }
}
