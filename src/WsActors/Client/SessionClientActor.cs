using Akka.Actor;
using WsActors.Connection;
using WsActors.Handlers;
using WsActors.Protocol;
using WsActors.Runtime;
using WsActors.Sessions.Subprotocol;
using WsActors.Topics;

namespace WsActors.Client;

/// <summary>
/// A client whose connection outlives its sockets: the handler of a <see cref="ReconnectingClientActor"/>, and the connection of its own
/// handler. <see cref="ClientSession"/> holds the session; this actor follows its connections and ends it.
/// </summary>
internal sealed class SessionClientActor : UntypedActor, IWithTimers
{
    // Disconnected --connection open--> AwaitingWelcome --welcome--> Attached --connection closed, or replaced--> Disconnected
    // Attached --closed with 1000--> AwaitingAcks --all acknowledged, or timeout--> Closing
    // Disconnected, AwaitingWelcome, Attached --closed, or handler stopped--> Closing --connection stopped--> Stopping
    //                                        \--session lost, or no connection possible--> Stopping --own handler stopped--> (stopped)

    /// <summary>The time of a state is over.</summary>
    private sealed class TimedOut : INoSerializationVerificationNeeded;

    /// <summary>An acknowledgment is due.</summary>
    private sealed record AckDue : INoSerializationVerificationNeeded
    {
        private AckDue()
        {
        }

        public static AckDue Instance { get; } = new();
    }

    /// <summary>The longest delay of an acknowledgment.</summary>
    private static readonly TimeSpan AckDelay = TimeSpan.FromMilliseconds(200);

    private readonly ClientEndpointContext _client;
    private readonly IActorRef _handler;

    /// <summary>The client that reconnects: it forwards to its current connection.</summary>
    private readonly IActorRef _link;

    private readonly ClientSession _session;

    /// <summary>Whether the sender of <c>Ws.Connect</c> was told that it is open.</summary>
    private bool _isAnswered;

    private bool _hasHandlerFailed;

    /// <summary>The message that the state gets at its deadline; null without a deadline.</summary>
    private TimedOut? _timedOut;

    private ICancelable? _deadline;

    public SessionClientActor(ClientEndpointContext client, WakeUpTime wakeUpTime)
    {
        _client = client;
        var handlerContext = new HandlerContext();
        _handler = client.Asked.Handler
            ?? Context.ActorOf(HandlerProps.Wrap(client.Asked.HandlerProps!, handlerContext, Context.System), "handler");
        _link = Context.ActorOf(ReconnectingClientActor.PropsFor(client, wakeUpTime, Self), "link");
        _session = new ClientSession(Self, client, _handler, handlerContext, _link);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(ClientEndpointContext client, WakeUpTime wakeUpTime) =>
        Props.Create<SessionClientActor>(client, wakeUpTime).WithDeploy(Deploy.Local);

    private bool IsHandler(Terminated gone) => gone.ActorRef.Equals(_handler);

    private bool OwnsHandler => _client.Asked.Handler is null;

    protected override void PreStart()
    {
        Context.Watch(_handler);
        Context.Watch(_link);
        Become(Disconnected);
    }

    protected override void OnReceive(object message) => Unhandled(message);

    protected override bool AroundReceive(Receive receive, object message)
    {
        try
        {
            return base.AroundReceive(receive, message);
        }
        // A stop by its supervisor would stop the handler before it is told Closed.
        catch (Exception cause) when (_session.IsOpen)
        {
            _client.Failures.Write($"client: a session of {_client.Asked.Name}", predicate: null, cause);
            _link.Tell(new Ws.Close(CloseCode.InternalError, CloseOutcome.Failed(Role.Client).Reason), Self);
            CompleteClose(CloseOutcome.Failed(Role.Client));
            return true;
        }
    }

    // The session is still open when the actor is killed, or the system terminates.
    protected override void PostStop()
    {
        CancelDeadline();
        _session.End(CloseOutcome.Failed(Role.Client));
    }

    protected override SupervisorStrategy SupervisorStrategy()
    {
        var ofHandler = HandlerSupervision.For(_client, () => null, onFailed: isRestarted => _hasHandlerFailed |= !isRestarted);
        return new FailureLogSupervisorStrategy(
            cause => Sender.Equals(_handler) ? ofHandler.Decider.Decide(cause) : Directive.Stop,
            _client.Failures,
            () => HandlerSupervision.NameOf(_client, _client.Asked.Name));
    }

    private void Disconnected(object message)
    {
        switch (message)
        {
            case Ws.Opened opened: SendHello(opened); break;
            case Ws.Received: break; // Of a connection that is being closed.
            default: HandleDefault(message); break;
        }
    }

    private void SendHello(Ws.Opened opened)
    {
        _session.SendHello();
        SetDeadline(_client.Options.Handshake.Timeout);
        Become(message => AwaitingWelcome(message, opened));
    }

    private void AwaitingWelcome(object message, Ws.Opened opened)
    {
        switch (message)
        {
            case Ws.Received received when _session.ReadWelcome(received, opened) is { } violation: ReplaceConnection(violation); break;
            case Ws.Received: Attach(); break;
            case TimedOut when message == _timedOut:
                ReplaceConnection(SessionProtocol.Broken("no welcome came in time"));
                break;
            default: HandleDefault(message); break;
        }
    }

    private void Attach()
    {
        CancelDeadline();
        Become(Attached);
        if (!_isAnswered)
        {
            _isAnswered = true;
            TellParent(new Ws.Connected { Uri = _client.Asked.Uri, Connection = Self });
        }
    }

    private void Attached(object message)
    {
        switch (message)
        {
            case Ws.Received received: OnReceived(received); break;
            case AckDue: _session.Acknowledge(); break;
            case Ws.Send send:
                _session.Enqueue(send, Sender);
                _session.Flush();
                break;
            case Ws.Close { Code: CloseCode.Normal } close when !_session.IsAllAcknowledged: AwaitAcks(close); break;
            case Terminated gone
                when IsHandler(gone) && HandlerStoppedClose.Code == CloseCode.Normal && !_session.IsAllAcknowledged:
                AwaitAcks(HandlerStoppedClose);
                break;
            default: HandleDefault(message); break;
        }
    }

    private void OnReceived(Ws.Received received)
    {
        if (_session.ReadFrame(received) is { } violation)
        {
            ReplaceConnection(violation);
        }
        else if (!_session.OwesAck)
        {
            Timers.Cancel(AckDue.Instance);
        }
        else if (!Timers.IsTimerActive(AckDue.Instance))
        {
            Timers.StartSingleTimer(AckDue.Instance, AckDue.Instance, AckDelay);
        }
    }

    /// <summary>Waits for acks before the close with 1000: that ends the server's session, with all messages not handled yet.</summary>
    private void AwaitAcks(Ws.Close close)
    {
        SetDeadline(_client.Options.CloseTimeout);
        Become(message => AwaitingAcks(message, close));
    }

    private void AwaitingAcks(object message, Ws.Close close)
    {
        switch (message)
        {
            case Ws.Received received:
                OnReceived(received);
                if (_session.IsAllAcknowledged)
                {
                    StartClosing(close);
                }

                break;
            case AckDue: _session.Acknowledge(); break;
            case TimedOut when message == _timedOut: StartClosing(close); break;
            case Ws.Close { Code: CloseCode.Normal }: break;
            case Terminated gone when IsHandler(gone): break;
            case Ws.Send send: send.Refuse(Context, Ws.SendFailure.Closing); break;
            case Ws.Closed closed: OnSessionLost(closed); break;
            default: HandleDefault(message); break;
        }
    }

    /// <summary>Closes a connection that broke a rule; a new one follows.</summary>
    private void ReplaceConnection(Violation violation)
    {
        _link.Tell(new ReconnectingClientActor.Replace(new Ws.Close(violation.Code, violation.Reason)), Self);
        Become(Disconnected);
    }

    /// <summary>Sets the deadline of the next state. A notice of an earlier deadline may still be in the mailbox.</summary>
    private void SetDeadline(TimeSpan time)
    {
        CancelDeadline();
        _timedOut = new TimedOut();
        _deadline = _client.Clock.TellOnce(Context.System.Scheduler, time, Self, _timedOut);
    }

    private void CancelDeadline()
    {
        _deadline?.Cancel();
        _timedOut = null;
    }

    // The defaults of all states before the end.

    private void HandleDefault(object message)
    {
        switch (message)
        {
            case Ws.Closed closed: OnConnectionClosed(closed); break;
            case Ws.Reconnecting next: _handler.Tell(next with { Connection = Self }, Self); break;
            case Ws.ConnectFailed failed: OnConnectFailed(failed); break;
            case Ws.Send send: _session.Enqueue(send, Sender); break;
            case Ws.Demand demand: _session.Demand(demand.Messages); break;
            case Ws.Close or ConnectionActor.Abort: StartClosing(message); break;
            case Ws.Renew: Renewal.TellFailed(Sender, Self, Renewal.OfClient); break;
            case Ws.Join join:
                const string Reason = "A client's session cannot join topics; join on the server.";
                Sender.Tell(new Ws.JoinFailed { Connection = Self, Topic = join.Topic, Reason = Reason }, Self);
                break;
            case ActorIdentity answer when _session.TryAnswer(answer): _session.AskForMore(); break;
            case StashReport report: _session.OnStashChanged(report); break;
            case PublishBacklogLow: _session.AskForMore(); break;
            case ActorIdentity:
                // The answer to a connection's first message: demand counts from here on, and earlier demand is void.
                _link.Forward(message);
                _session.RenewDemand();
                break;
            case Terminated gone when IsHandler(gone): StartClosing(HandlerStoppedClose); break;
            case Terminated: CompleteClose(CloseOutcome.Failed(Role.Client)); break;
            case WakeUpTime.Tick or Ws.Ping or Ws.GetStats: _link.Forward(message); break;
            case Ws.Connected or Ws.Congested or Ws.Writable or Ws.Leave or TimedOut or AckDue: break; // Of the connection; or too late.
            case Ws.ICommand or Ws.IEvent or Ws.IOperation: Unhandled(message); break;
            default: _client.UnknownMessages.Write(Self, message); break;
        }
    }

    /// <summary>The close after the handler's stop. As with a connection: an own handler that stops by itself has completed.</summary>
    private Ws.Close HandlerStoppedClose => OwnsHandler && !_hasHandlerFailed ? new() : new(CloseCode.InternalError, "the handler failed");

    private void OnConnectionClosed(Ws.Closed closed)
    {
        Timers.CancelAll();
        CancelDeadline();
        if (SessionProtocol.IsFinal(closed))
        {
            OnSessionLost(closed);
        }
        else
        {
            Become(Disconnected);
        }
    }

    private void OnSessionLost(Ws.Closed closed)
    {
        if (closed is not { Code: CloseCode.Normal, By: Ws.Side.Peer })
        {
            // Otherwise it would reconnect.
            _link.Tell(new Ws.Close(), Self);
        }

        CompleteClose(OutcomeOf(closed));
    }

    /// <summary>No connection will follow.</summary>
    private void OnConnectFailed(Ws.ConnectFailed failed)
    {
        _session.End(CloseOutcome.Abnormal("the server cannot be reached any more"));
        if (_isAnswered)
        {
            _handler.Tell(failed, Self);
        }
        else
        {
            _isAnswered = true;
            TellParent(failed);
        }

        StartStopping();
    }

    // The end.

    /// <param name="command">A close, or an abort.</param>
    private void StartClosing(object command)
    {
        Timers.CancelAll();
        CancelDeadline();
        _link.Forward(command);
        var close = command as Ws.Close;
        Become(message => Closing(message, new CloseOutcome(close?.Code ?? CloseCode.Abnormal, close?.Reason ?? "", Ws.Side.Local)));
    }

    private void Closing(object message, CloseOutcome closeOutcome)
    {
        switch (message)
        {
            case Ws.Closed closed: CompleteClose(OutcomeOf(closed)); break;
            case Terminated gone when gone.ActorRef.Equals(_link): CompleteClose(closeOutcome); break;
            case Ws.ConnectFailed failed when !_isAnswered:
                _isAnswered = true;
                TellParent(failed);
                break;
            case Ws.Send send: send.Refuse(Context, Ws.SendFailure.Closing); break;
            case WakeUpTime.Tick or ActorIdentity or ConnectionActor.Abort: _link.Forward(message); break;
        }
    }

    private static CloseOutcome OutcomeOf(Ws.Closed closed) => new(closed.Code, closed.Reason, closed.By, closed.WasClean);

    private void CompleteClose(CloseOutcome closeOutcome)
    {
        _session.End(closeOutcome);
        if (!_isAnswered)
        {
            TellParent(_client.Failed($"the session was closed with {closeOutcome.Code} before it started"));
        }

        StartStopping();
    }

    /// <summary>Stops, after the last connection has closed and its own handler has handled its mailbox.</summary>
    private void StartStopping()
    {
        Timers.CancelAll();
        SetDeadline(_client.Options.CloseTimeout);
        if (OwnsHandler && IsThere("handler"))
        {
            _handler.Tell(PoisonPill.Instance, Self);
        }

        Become(Stopping);
        StopIfAlone();
    }

    private void Stopping(object message)
    {
        switch (message)
        {
            case Terminated: StopIfAlone(); break;
            case TimedOut when message == _timedOut: Context.Stop(Self); break;
            case Ws.Send send: send.Refuse(Context, Ws.SendFailure.Closing); break;
            case WakeUpTime.Tick or ActorIdentity or ConnectionActor.Abort when IsThere("link"): _link.Forward(message); break;
        }
    }

    private void StopIfAlone()
    {
        if (!IsThere("handler") && !IsThere("link"))
        {
            Context.Stop(Self);
        }
    }

    private static bool IsThere(string child) => !Context.Child(child).IsNobody();

    private void TellParent(object message) => Context.Parent.Tell(message, Self);
}
