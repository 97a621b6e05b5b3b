using Akka.Actor;
using WsActors.Connection;
using WsActors.Handlers;
using WsActors.Protocol;
using WsActors.Runtime;
using WsActors.Sessions.Subprotocol;
using WsActors.Topics;

namespace WsActors.Client;

/// <summary>
/// A client whose connection outlives its sockets: the handler of a client that reconnects, and to its own handler the connection. How it stands
/// with the server is the <see cref="ClientSession"/>'s; this is when there is a connection, and how it all ends.
/// </summary>
internal sealed class SessionClientActor : UntypedActor, IWithTimers
{
    // Away --connection open--> Greeting --welcome--> Attached --connection gone, or given up--> Away
    // Attached --told to close with 1000--> Settling --all acknowledged, or too late--> Closing
    // Away, Greeting, Attached --told to close, or handler gone--> Closing --connection gone--> Parting
    //                         \--closed for good, or no way to connect--> Parting --own handler gone--> (stopped)

    private sealed record TimedOut(string Wait) : INoSerializationVerificationNeeded
    {
        public static TimedOut Ack { get; } = new("ack");

        public static TimedOut Welcome { get; } = new("welcome");

        public static TimedOut Acks { get; } = new("settling");

        public static TimedOut Stop { get; } = new("parting");
    }

    /// <summary>The longest delay of an acknowledgment.</summary>
    private static readonly TimeSpan AckDelay = TimeSpan.FromMilliseconds(200);

    private readonly ClientEndpointContext _client;
    private readonly IActorRef _handler;

    /// <summary>The client that reconnects: to whatever connection it has goes what this one tells it.</summary>
    private readonly IActorRef _link;

    private readonly ClientSession _session;

    /// <summary>Whether the sender of <c>Ws.Connect</c> was told that it is open.</summary>
    private bool _isAnswered;

    private bool _hasHandlerFailed;

    /// <summary>The deadline of the last wait.</summary>
    private TimeSpan _deadline;

    public SessionClientActor(ClientEndpointContext client, WakeUpTime wakeUpTime)
    {
        _client = client;
        var handlerContext = new HandlerContext();
        _handler = client.Asked.Handler ?? Context.ActorOf(HandlerProps.Wrap(client.Asked.HandlerProps!, handlerContext, Context.System), "handler");
        _link = Context.ActorOf(ReconnectingClientActor.PropsFor(client, wakeUpTime, Self), "link");
        _session = new ClientSession(Self, client, _handler, handlerContext, _link);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(ClientEndpointContext client, WakeUpTime wakeUpTime) => Props.Create<SessionClientActor>(client, wakeUpTime).WithDeploy(Deploy.Local);

    private TimeSpan Now => _client.Clock.Now;

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
        // Stopped by its supervisor instead, it would take its handler along before that has heard of the end.
        catch (Exception cause) when (_session.IsOpen)
        {
            _client.Failures.Write($"client: a session of {_client.Asked.Name}", how: null, cause);
            _link.Tell(new Ws.Close(CloseCode.InternalError, CloseOutcome.Failed(Role.Client).Reason), Self);
            CompleteClose(CloseOutcome.Failed(Role.Client));
            return true;
        }
    }

    // At the end of the system, or when it was killed, it is not over yet.
    protected override void PostStop() => _session.End(CloseOutcome.Failed(Role.Client));

    protected override SupervisorStrategy SupervisorStrategy()
    {
        var ofHandler = HandlerSupervision.For(_client, () => null, givenUp: () => _hasHandlerFailed = true);
        return new FailureLogSupervisorStrategy(
            cause => Sender.Equals(_handler) ? ofHandler.Decider.Decide(cause) : Directive.Stop,
            _client.Failures,
            () => HandlerSupervision.Who(_client, _client.Asked.Name));
    }

    private void Disconnected(object message)
    {
        switch (message)
        {
            case Ws.Opened opened: SendHello(opened); break;
            case Ws.Received: break; // Of a connection that was given up.
            default: HandleDefault(message); break;
        }
    }

    private void SendHello(Ws.Opened opened)
    {
        _session.SendHello();
        Await(TimedOut.Welcome, _client.Options.HandshakeTimeout);
        Become(message => AwaitingWelcome(message, opened));
    }

    private void AwaitingWelcome(object message, Ws.Opened opened)
    {
        switch (message)
        {
            case Ws.Received received when _session.ReadWelcome(received, opened) is { } violation: RenewConnection(violation); break;
            case Ws.Received: Attach(); break;
            case TimedOut { Wait: "welcome" } wait when IsOver(wait): RenewConnection(SessionProtocol.Broken("no welcome came in time")); break;
            default: HandleDefault(message); break;
        }
    }

    private void Attach()
    {
        Timers.Cancel(TimedOut.Welcome);
        Become(Attached);
        if (!_isAnswered)
        {
            _isAnswered = true;
            TellParent(new Ws.Connected(_client.Asked.Uri, Self));
        }
    }

    private void Attached(object message)
    {
        switch (message)
        {
            case Ws.Received received: OnReceived(received); break;
            case TimedOut { Wait: "ack" }: _session.Acknowledge(); break;
            case Ws.Send send:
                _session.Enqueue(send, Sender);
                _session.Flush();
                break;
            case Ws.Close { Code: CloseCode.Normal } close when !_session.IsAllAcknowledged: AwaitAcks(close); break;
            case Terminated gone when IsHandler(gone) && HandlerStoppedClose.Code == CloseCode.Normal && !_session.IsAllAcknowledged: AwaitAcks(HandlerStoppedClose); break;
            default: HandleDefault(message); break;
        }
    }

    private void OnReceived(Ws.Received received)
    {
        if (_session.ReadFrame(received) is { } violation)
        {
            RenewConnection(violation);
        }
        else if (!_session.OwesAck)
        {
            Timers.Cancel(TimedOut.Ack);
        }
        else if (!Timers.IsTimerActive(TimedOut.Ack))
        {
            Timers.StartSingleTimer(TimedOut.Ack, TimedOut.Ack, AckDelay);
        }
    }

    /// <summary>With the server's session would end what it has not dealt with: it is given the time.</summary>
    private void AwaitAcks(Ws.Close close)
    {
        Await(TimedOut.Acks, _client.Options.CloseTimeout);
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
            case TimedOut { Wait: "ack" }: _session.Acknowledge(); break;
            case TimedOut { Wait: "settling" } wait when IsOver(wait): StartClosing(close); break;
            case Ws.Close { Code: CloseCode.Normal }: break;
            case Terminated gone when IsHandler(gone): break;
            case Ws.Send send: Refuse(send); break;
            case Ws.Closed closed: OnSessionLost(closed); break;
            default: HandleDefault(message); break;
        }
    }

    /// <summary>This connection is of no use: it is closed, and another made.</summary>
    private void RenewConnection(Violation violation)
    {
        _link.Tell(new ReconnectingClientActor.Renew(new Ws.Close(violation.Code, violation.Reason)), Self);
        Become(Disconnected);
    }

    private void Await(TimedOut wait, TimeSpan time)
    {
        _deadline = Now + time;
        Timers.StartSingleTimer(wait, wait, time);
    }

    /// <summary>Whether a wait is over by the clock, too, which stands while the process does; if not, it is timed again.</summary>
    private bool IsOver(TimedOut wait)
    {
        var left = _deadline - Now;
        if (left > TimeSpan.Zero)
        {
            Timers.StartSingleTimer(wait, wait, left);
        }

        return left <= TimeSpan.Zero;
    }

    // What every state before the end has in common.

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
            case Ws.Join join: Sender.Tell(new Ws.JoinFailed(Self, join.Topic, "A client's session is in no topics; join on the server."), Self); break;
            case ActorIdentity answer when _session.TryAnswer(answer): _session.AskForMore(); break;
            case StashReport report: _session.OnStashChanged(report); break;
            case PublishBacklogLow: _session.AskForMore(); break;
            case ActorIdentity:
                // A connection begins by this; what is asked of it counts from here on.
                _link.Forward(message);
                _session.AskForMore();
                break;
            case Terminated gone when IsHandler(gone): StartClosing(HandlerStoppedClose); break;
            case Terminated: CompleteClose(CloseOutcome.Failed(Role.Client)); break;
            case WakeUpTime.Tick or Ws.Ping or Ws.GetStats: _link.Forward(message); break;
            case Ws.Connected or Ws.Congested or Ws.Writable or Ws.Leave or TimedOut: break; // Of the connection; or too late.
            case Ws.ICommand or Ws.IEvent or Ws.IOperation: Unhandled(message); break;
            default: _client.UnknownMessages.Write(Self, message); break;
        }
    }

    /// <summary>As with a connection: a handler that is no one else's, and stops itself, has done its work.</summary>
    private Ws.Close HandlerStoppedClose => OwnsHandler && !_hasHandlerFailed ? new() : new(CloseCode.InternalError, "the handler failed");

    private void OnConnectionClosed(Ws.Closed closed)
    {
        Timers.CancelAll();
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
            // It would connect again.
            _link.Tell(new Ws.Close(), Self);
        }

        CompleteClose(OutcomeOf(closed));
    }

    /// <summary>There will be no connection any more.</summary>
    private void OnConnectFailed(Ws.ConnectFailed failed)
    {
        _session.End(CloseOutcome.Abnormal("there is no way back to the server"));
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

    /// <param name="how">What was told: a close, or an abort.</param>
    private void StartClosing(object how)
    {
        Timers.CancelAll();
        _link.Forward(how);
        var close = how as Ws.Close;
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
            case Ws.Send send: Refuse(send); break;
            case WakeUpTime.Tick or ActorIdentity or ConnectionActor.Abort: _link.Forward(message); break;
        }
    }

    private static CloseOutcome OutcomeOf(Ws.Closed closed) => new(closed.Code, closed.Reason, closed.By, closed.WasClean);

    private void CompleteClose(CloseOutcome closeOutcome)
    {
        _session.End(closeOutcome);
        if (!_isAnswered)
        {
            TellParent(_client.Failed($"the session was closed with {closeOutcome.Code} before it began"));
        }

        StartStopping();
    }

    /// <summary>All is over; the last connection has still to go, and a handler of its own to hear what it was told.</summary>
    private void StartStopping()
    {
        Timers.CancelAll();
        Await(TimedOut.Stop, _client.Options.CloseTimeout);
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
            case TimedOut { Wait: "parting" } wait when IsOver(wait): Context.Stop(Self); break;
            case Ws.Send send: Refuse(send); break;
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

    private void Refuse(Ws.Send send)
    {
        AckNotifier.Tell(Self, send, Sender, Ws.SendFailure.Closing);
        if (send.Ack is null)
        {
            Unhandled(send);
        }
    }

    private void TellParent(object message) => Context.Parent.Tell(message, Self);
}
