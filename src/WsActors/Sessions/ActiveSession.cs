using Akka.Actor;
using Akka.Event;
using WsActors.Connection;
using WsActors.Handlers;
using WsActors.Messages;
using WsActors.Protocol;
using WsActors.Sessions.Subprotocol;
using WsActors.Topics;
using WsActors.Tracing;

namespace WsActors.Sessions;

/// <summary>
/// The serving state of a session: attaches one client at a time, passes its messages to the handler and the session's messages to it.
/// Part of its actor.
/// </summary>
internal sealed class ActiveSession
{
    private readonly SessionActor _session;
    private readonly TimeSpan _startedAt;
    private readonly SessionSender _sender;
    private readonly SessionReceiver _receiver;
    private readonly ExactlyOnceDelivery _exactlyOnceDelivery;
    private readonly SessionShutdown _shutdown;
    private readonly ClientAttachment _client;
    private readonly SessionTopics _topics;
    private WatermarkNotifier _watermarks;

    /// <summary>The initial state; its principal and items are the last client's.</summary>
    private SessionState _state;

    /// <param name="session">The actor.</param>
    /// <param name="endpointContext">The endpoint of its route.</param>
    /// <param name="share">Its share of the node's session quota.</param>
    /// <param name="state">The initial state.</param>
    /// <param name="handler">The <c>Props</c> of its handler.</param>
    public ActiveSession(SessionActor session, EndpointContext endpointContext, SessionQuota.Share share, SessionState state, Props handler)
    {
        (_session, EndpointContext, _state) = (session, endpointContext, state);
        var now = session.Now;
        _startedAt = session.Host.Clock.Elapsed - state.Age;
        var date = session.Host.Clock.Date;
        var view = new SessionView(
            session.Ref, session.Id, state.Opened.User, state.Opened.Request.Route, date - state.Age, session.Host.Clock);
        view.Detach(since: state.Detached);
        session.Host.Add(session.Ref, view);
        _client = new ClientAttachment(session, share, view, since: now - state.Detached);
        Handler = new SessionHandler(session, handler);
        _receiver = new SessionReceiver(session, _client, Handler, endpointContext.Publishing, state.Received)
        {
            BytesReceived = state.BytesReceived
        };
        _sender = new SessionSender(session, share, view, state, now);
        _watermarks = new WatermarkNotifier(session.Ref, Handler.Ref);
        _topics = new SessionTopics(session, state.Opened);
        _exactlyOnceDelivery = new ExactlyOnceDelivery(
            session, new PublisherSequences(session.Host.Settings.MaxPublishers, state.Publishers), Append);
        _shutdown = new SessionShutdown(session, this);
        session.SetShutdown(_shutdown);
        session.Become(Serving);

        // Before the handler starts: it gets all messages that are published on this node from then on.
        foreach (var topic in state.Topics)
        {
            _topics.Join(topic, ActorRefs.Nobody);
        }

        Handler.Start(state.Opened, isResumed: state.Moves > 0);
        _receiver.Restore(state.StashedMessages);
    }

    public SessionHandler Handler { get; }

    public EndpointContext EndpointContext { get; }

    /// <summary>The route's template.</summary>
    public string Route => _state.Opened.Request.Route;

    private TimeSpan Now => _session.Now;

    /// <summary>Attaches the first client.</summary>
    public void Start(IActorRef connection, IActorRef link, bool isLost)
    {
        Welcome(connection, link, isLost ? Recovery.Lost : Recovery.New);
        CompleteStep(Now);
    }

    /// <summary>Starts without a client: the session has moved here, and waits for it.</summary>
    public void AwaitClient() => CompleteStep(Now);

    // For its shutdown.

    /// <summary>Detaches the client for good, after sending it the whole log.</summary>
    /// <param name="close">The close that follows the log; null when the client's connection is closed already.</param>
    public void DetachForGood(Ws.Close? close)
    {
        if (close is not null)
        {
            _sender.FlushAll(Now);
        }

        DetachForReturn(close);
    }

    /// <summary>Detaches the client, which will return for the messages that it did not get.</summary>
    public void DetachForReturn(Ws.Close? close)
    {
        _sender.Detach();
        _client.Detach(close);
    }

    /// <summary>Fails the logged messages, and stops the handler with <c>Closed</c>.</summary>
    public void TellClosed(CloseOutcome closeOutcome)
    {
        _sender.FailAll();
        _watermarks.TellDrops();
        Handler.Stop(new Ws.Closed
        {
            Connection = _session.Ref,
            Code = closeOutcome.Code,
            Reason = closeOutcome.Reason,
            By = closeOutcome.By,
            WasClean = closeOutcome.WasClean,
            Duration = _session.Host.Clock.Elapsed - _startedAt,
            BytesReceived = _receiver.BytesReceived,
            BytesSent = _sender.BytesSent,
        });
    }

    /// <summary>Logs a message that is sent while the handler stops.</summary>
    public void Log(Ws.Send send)
    {
        Append(send, _session.CurrentSender);
        _sender.Trim(Now);
    }

    /// <summary>The state to hand over.</summary>
    public SessionState ToState()
    {
        var now = Now;
        return _state with
        {
            Moves = _state.Moves + 1,
            Received = _receiver.Last,
            StashedMessages = _receiver.Stashed,
            Sent = _sender.Log.Last,
            Log = _sender.ToState(now),
            Publishers = _exactlyOnceDelivery.Sequences.All,
            Topics = _topics.All,
            Age = _session.Host.Clock.Elapsed - _startedAt,
            Detached = _client.DetachedFor(now),
            BytesReceived = _receiver.BytesReceived,
            BytesSent = _sender.BytesSent,
        };
    }

    /// <summary>The handler's stash has changed.</summary>
    public void OnStashChanged(StashReport report) => _receiver.OnStashChanged(report);

    /// <summary>Logs a message that is delivered while the session moves.</summary>
    public void Log(Ws.Deliver deliver)
    {
        _exactlyOnceDelivery.Accept(deliver);
        _sender.Trim(Now);
    }

    private void Serving(object message)
    {
        Serve(message);
        if (_client.IsAttached && _receiver.IsRead != _sender.IsRead)
        {
            _sender.Read(_receiver.IsRead, Now);
            WakeAt();
        }
    }

    private void Serve(object message)
    {
        switch (message)
        {
            case SessionMessages.MessageReceived messageReceived
                when _client.IsConnection(messageReceived.Connection) && !_receiver.TryReceive(messageReceived):
                DetachAfterLoss();
                break;
            case SessionMessages.Acknowledged acknowledged when _client.IsConnection(acknowledged.Connection):
                Acknowledge(acknowledged.Offset);
                break;
            case ActorIdentity answer when _receiver.TryAnswer(answer): break;
            case StashReport report: OnStashChanged(report); break;
            case PublishBacklogLow: _receiver.Acknowledge(); break;
            case Ws.Send { Parts: not null } stream: SessionActor.Refuse(stream); break;
            case Ws.Send send:
                Append(send, _session.CurrentSender);
                CompleteStep(Now);
                break;
            case Ws.Deliver deliver:
                _exactlyOnceDelivery.Accept(deliver);
                CompleteStep(Now);
                break;
            case SessionMessages.Resume { IsConfirmed: false }: _session.AskForConfirmation(); break;
            case SessionMessages.Resume resume: Resume(resume); break;
            case SessionMessages.ConnectionClosed connectionClosed when _client.IsConnection(connectionClosed.Connection):
                OnConnectionClosed(connectionClosed.Closed);
                break;
            case SessionMessages.Expiring expiring when _client.IsConnection(expiring.Connection):
                Handler.Tell(new Ws.Expiring { Connection = _session.Ref, ExpiresAt = expiring.ExpiresAt });
                break;
            case SessionMessages.Probe probe when _client.IsConnection(probe.Connection) && !_receiver.TryAnswer(probe):
                DetachAfterLoss();
                break;
            case Terminated gone when gone.ActorRef.Equals(Handler.Ref): OnHandlerStopped(); break;
            case Terminated gone when _client.IsConnection(gone.ActorRef): Detach(); break;
            case WakeUpTime.Tick: CheckDeadlines(); break;
            case SessionMessages.TrimLog: CompleteStep(Now); break;
            case Ws.Close close: _shutdown.Start(new CloseOutcome(close.Code, close.Reason, Ws.Side.Local), close); break;
            case SessionMessages.End end: _shutdown.End(end.Close); break;
            case SessionMessages.HandOver: _shutdown.StartHandOver(); break;
            case Ws.Renew renew: Renew(renew, _session.CurrentSender); break;
            case Ws.Join join: _topics.Join(join, _session.CurrentSender); break;
            case Ws.Leave leave: _topics.Leave(leave, _session.CurrentSender); break;
            case Ws.GetStats:
                var stats = SessionStats.Create(_session, EndpointContext, _state, _startedAt, _sender, _receiver);
                _session.Tell(_session.CurrentSender, stats);
                break;
            // Complete, or of a connection that is not attached any more.
            case SessionMessages.MessageReceived or SessionMessages.Acknowledged or SessionMessages.ConnectionClosed
                or SessionMessages.Probe or SessionMessages.Expiring or Terminated:
                break;
            default: _session.HandleDefault(message); break;
        }
    }

    // Clients.

    private void Resume(SessionMessages.Resume resume)
    {
        var link = _session.CurrentSender;
        if (!SessionToken.IsSame(_state.Secret, resume.Secret) || !SessionBinding.Allows(_session, EndpointContext, _state, resume))
        {
            _session.Tell(link, new SessionMessages.Unknown(resume.Id));
        }
        else if (resume.Epoch != _state.Epoch || !_sender.TryResume(resume.Offset))
        {
            // The client is at an offset that this session cannot continue from: it gets a new session.
            _session.Tell(link, new SessionMessages.Unknown(resume.Id));
            _shutdown.Start(
                CloseOutcome.Abnormal("the log does not reach back to the client's offset"),
                new Ws.Close(SessionProtocol.TakenOverCode, "a new session has replaced yours"));
        }
        else
        {
            // One client at a time: the newest.
            _client.Detach(new Ws.Close(SessionProtocol.TakenOverCode, "your session continues over another connection"));
            SetOpened(_state.Opened with { Principal = resume.By!.Principal, Items = resume.By.Items });
            Welcome(resume.Connection, link, Recovery.Recovered, resume.IsReloaded);
            CompleteStep(Now);
        }
    }

    /// <summary>Sets principal and items of the latest decision; they move with the session.</summary>
    private void SetOpened(Ws.Opened opened)
    {
        _state = _state with { Opened = opened };
        Handler.SetOpened(opened);
    }

    /// <summary>
    /// Renews the client's connection. The next connection has a guard's new decision: without a client nothing is renewed.
    /// </summary>
    private void Renew(Ws.Renew renew, IActorRef asker)
    {
        var reason = _client.IsAttached
            ? Renewal.RefusalFor(renew, _state.Opened.User, _session.Host.Clock.Date)
            : "The session has no client; the guard decides again when it returns.";
        if (reason is not null)
        {
            Renewal.TellFailed(asker, _session.Ref, reason);
            return;
        }

        SetOpened(_state.Opened with { Principal = renew.Principal });
        Renewal.TellRenewed(asker, Handler.Ref, _session.Ref, renew);
        _client.TellConnection(renew);
    }

    private void Welcome(IActorRef connection, IActorRef link, Recovery recovery, bool isReloaded = false)
    {
        _client.Attach(connection, link);
        _sender.Attach(connection);
        _client.Tell(SessionFrameWriter.Welcome(
            SessionToken.Create(_session.Id, _state.Secret).Text, _state.Epoch, recovery, _receiver.Last));
        _receiver.TellBacklog();
        _client.TellLink(new SessionMessages.Welcomed(connection, _session.Ref, _receiver.Last));
        Handler.Tell(new Ws.Attached
        {
            Connection = _session.Ref,
            SessionId = _session.Id,
            IsNew = recovery != Recovery.Recovered,
            IsReloaded = isReloaded,
            Node = SessionActor.NodeOf(connection),
            Principal = _state.Opened.Principal,
            Items = _state.Opened.Items,
        });
        EndpointContext.MetricsFor(_state.Opened.Request.Route, version: null).Attached(recovery);
        _session.Host.Log.Debug("{Session} has a client: {Recovery}", _session.Id, recovery);
    }

    /// <summary>Detaches a connection that has closed or must close: its client may return.</summary>
    private void Detach(Ws.Close? close = null)
    {
        _sender.Detach();
        if (_client.Detach(close))
        {
            Handler.Tell(new Ws.Detached { Connection = _session.Ref, SessionId = _session.Id });
            WakeAt();
        }
    }

    // RFC 6455 §7.4.1: with 1000 the purpose of the connection is fulfilled.
    private void OnConnectionClosed(Ws.Closed closed)
    {
        if (closed is { Code: CloseCode.Normal, By: Ws.Side.Peer })
        {
            _shutdown.Start(new CloseOutcome(closed.Code, closed.Reason, closed.By, closed.WasClean), close: null);
        }
        else
        {
            Detach();
        }
    }

    private void CheckDeadlines()
    {
        var now = Now;
        if (now >= _client.ExpiresAt)
        {
            _shutdown.Start(CloseOutcome.Abnormal("no client returned in time"), close: null);
            return;
        }

        if (_sender.IsOverdue(now))
        {
            Detach(new Ws.Close(CloseCode.ServiceRestart, "no message was acknowledged for too long"));
        }

        CompleteStep(now);
    }

    /// <summary>Closes after a message was lost between two nodes: the client sends it again when it returns.</summary>
    private void DetachAfterLoss() => Detach(new Ws.Close(CloseCode.ServiceRestart, "a message was lost; reconnect and send it again"));

    private void Acknowledge(long offset)
    {
        if (_sender.TryAcknowledge(offset, Now))
        {
            _watermarks.OnDrained();
            CompleteStep(Now);
        }
        else
        {
            Detach(new Ws.Close(SessionProtocol.BrokenCode, SessionProtocol.NotSent.Reason));
        }
    }

    // Sending.

    private void Append(Ws.Send send, IActorRef sender)
    {
        var span = send.Ack is not null && Tracer.IsOn
            ? MessageSpan.StartSend(send, _session.SpansFor(Route), send.Payload.Length)
            : null;
        if (_sender.TryAppend(send, sender, Now))
        {
            _sender.SetSpan(span);
            return;
        }

        PendingSpans.End(span, Ws.SendFailure.Dropped.ToAttribute());

        send.NotifyFailed(_session.Ref, sender, Ws.SendFailure.Dropped);
        _watermarks.OnDropped();
    }

    /// <summary>The end of every step: sends within the window, trims the log, sets the next deadline.</summary>
    private void CompleteStep(TimeSpan now)
    {
        _sender.Flush(now);
        if (!_sender.Trim(now))
        {
            Detach(new Ws.Close(CloseCode.TryAgainLater, "the client is too slow for the messages that are sent"));
        }

        WakeAt();
    }

    private void WakeAt()
    {
        var (next, end) = (_sender.Next, _client.ExpiresAt);
        _session.WakeAt(next < end ? next : end);
    }

    // A handler that stops by itself is complete: the session closes normally. Any other stop is a failure.
    private void OnHandlerStopped()
    {
        Handler.OnStopped();
        var close = Handler.HasFailed ? new Ws.Close(CloseCode.InternalError, "the handler failed") : new Ws.Close();
        _shutdown.Start(new CloseOutcome(close.Code, close.Reason, Ws.Side.Local), close);
    }
}
