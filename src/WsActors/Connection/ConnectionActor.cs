using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Akka.IO;
using WsActors.Dispatch;
using WsActors.Handlers;
using WsActors.Protocol;
using WsActors.Routing;
using WsActors.Runtime;
using WsActors.Taps;
using WsActors.Topics;
using WsActors.Transport;
using WsActors.Transport.Tls;

namespace WsActors.Connection;

/// <summary>
/// The actor of one socket, from its first byte to its last. It holds what its states share: the opening handshake
/// (<see cref="ServerOpeningHandshake"/> or <see cref="Client.ClientOpeningHandshake"/>), the open WebSocket (<see cref="OpenConnection"/>)
/// and its end (<see cref="ClosingHandshake"/>).
/// </summary>
internal sealed class ConnectionActor : UntypedActor
{
    /// <summary>Resets the socket, in any state.</summary>
    internal sealed record Abort : INoSerializationVerificationNeeded
    {
        private Abort()
        {
        }

        public static Abort Instance { get; } = new();
    }

    // Opening handshake, server: Securing (wss) --TLS--> Handshaking --upgrade--> Admitting --(guard: Asking)--> Open
    //                            Handshaking --plain HTTP: Asking--> ClosingSocket
    //                            Handshaking, Admitting, Refusing --refused--> ClosingSocket
    // Opening handshake, client: Dialing --connected (wss: Securing)--> AwaitingResponse --101--> Open
    //                            Dialing --not connected--> (stopped); AwaitingResponse --refused--> ClosingSocket
    // Open:                      Open --peer closed, half-closed or broke a rule--> AwaitingFinalReplies --> ClosingSocket
    // Closing handshake:         Open --closed by us--> Closing --peer answered--> ClosingSocket
    //                            Open --queue overflow--> Overflowing --queue empty or dropped--> Closing
    //                            ClosingSocket --socket closed--> AwaitingHandlerStop --handler stopped--> (stopped)

    private readonly ActorCell _cell = (ActorCell)Context;

    private readonly WakeUpTime _wakeUpTime;

    private readonly ConnectionStart _start;

    private readonly Clock _clock;

    /// <summary>The deadline of the current state. An open connection has its own deadlines instead.</summary>
    private TimeSpan _deadline;

    /// <summary>The current behavior. Akka's own <c>Become</c> costs 0.2 KB for its stack.</summary>
    private UntypedReceive _state;

    private bool _isSourceGone;

    public ConnectionActor(ConnectionStart connectionStart, WakeUpTime wakeUpTime, ConnectionStats connectionStats)
    {
        Stats = connectionStats;
        _wakeUpTime = wakeUpTime;
        _start = connectionStart;
        EndpointContext = connectionStart.EndpointContext;
        _clock = EndpointContext.Clock;
        Ref = connectionStart.PublicRefOf(Self);
        HandlerContext = connectionStart.HandlerContext;
        Transport = new ConnectionTransport(Self, new AckNotifier(Ref), Role, EndpointContext);
        _state = Unhandled;
    }

    public EndpointContext EndpointContext { get; }

    /// <summary>The end of the connection: server or client.</summary>
    public Role Role => _start.Role;

    public ConnectionStats Stats { get; }

    public ConnectionTransport Transport { get; }

    /// <summary>The states of the end; created on first use.</summary>
    [field: AllowNull]
    public ClosingHandshake ClosingHandshake => field ??= new ClosingHandshake(this);

    /// <summary>The open WebSocket; null before, and for a refused request.</summary>
    public OpenConnection? OpenConnection { get; private set; }

    /// <summary>The reference that handlers and senders know as this connection.</summary>
    public IActorRef Ref { get; }

    /// <summary>Whether <see cref="Ref"/> is another actor, which outlives this connection.</summary>
    public bool HasPublicRef => !Ref.Equals(Self);

    /// <summary>A number that differs from that of any other connection with the same name.</summary>
    public long Uid => Self.Path.Uid;

    /// <summary>The context of the connection's own handler; null for a shared handler, and before the handler starts.</summary>
    public HandlerContext? HandlerContext { get; private set; }

    /// <summary>Whether more messages are in the mailbox.</summary>
    public bool HasMoreMessages => _cell.Mailbox!.MessageQueue.HasMessages;

    /// <summary>The sender of the current message.</summary>
    public IActorRef CurrentSender => Sender;

    public TimeSpan Now => _clock.Now;

    /// <summary>Whether the current state's deadline has passed.</summary>
    public bool IsPastDeadline => Now >= _deadline;

    /// <summary>
    /// Whether the connection runs on the thread pool from its next message on, instead of the run queue of its source. Sending to a
    /// handler with a bounded mailbox may block.
    /// </summary>
    private bool StaysOnThreadPool
    {
        set => CompactMessageQueue.From(Self)?.StaysOnThreadPool = value;
    }

    // Called by the parts of this actor.

    public new void Become(UntypedReceive state) => _state = state;

    public void BecomeUntil(TimeSpan deadline, UntypedReceive state)
    {
        _deadline = deadline;
        _wakeUpTime.Set(deadline);
        _state = state;
    }

    public void WakeAt(TimeSpan time) => _wakeUpTime.Set(time);

    /// <inheritdoc cref="WakeUpTime.SetElapsed"/>
    public void WakeAtElapsed(TimeSpan time) => _wakeUpTime.SetElapsed(time);

    /// <summary>Requests <see cref="PublishBacklogLow"/> for when half of the publications that caused a pause are taken.</summary>
    public void NotifyWhenHalfTaken(in PublishBacklogSnapshot published) => published.NotifyWhenHalfTaken(Self);

    /// <summary>
    /// True when topic members have not taken all publications of the connection's own handler: <see cref="PublishBacklogLow"/> follows
    /// once they have.
    /// </summary>
    public bool TryAwaitPublishes()
    {
        var published = HasPublicRef ? null : HandlerContext?.PublishBacklog;
        if (published is null or { Bytes: 0 })
        {
            return false;
        }

        published.NotifyBelow(Self, threshold: 0);
        return true;
    }

    /// <summary>Moves the deadline of the current state.</summary>
    public void SetDeadline(TimeSpan deadline, TimeSpan wakeAt)
    {
        _deadline = deadline;
        _wakeUpTime.Set(wakeAt);
    }

    /// <summary>
    /// Prepares for a handler that has not started. Frames may have arrived with the request: if the handler's mailbox may block senders,
    /// the connection has to run on the thread pool before it sends the first. The mailbox of a delegate's handler is not known yet.
    /// </summary>
    public void PrepareFor(HandlerSource handler)
    {
        switch (handler)
        {
            case HandlerSource.Shared shared: PrepareFor(shared.Handler); break;
            case HandlerSource.Fixed own: PrepareFor(own.Props); break;
            default: StaysOnThreadPool = true; break;
        }
    }

    /// <inheritdoc cref="PrepareFor(HandlerSource)"/>
    public void PrepareFor(IActorRef handler) => StaysOnThreadPool = CompactMessageQueue.MakesSendersWait(handler);

    /// <inheritdoc cref="PrepareFor(HandlerSource)"/>
    public void PrepareFor(Props handler) => StaysOnThreadPool = HandlerProps.HasOwnMailbox(handler, Context.System.Settings.Config);

    /// <param name="props">The <c>Props</c> of the handler.</param>
    /// <param name="isInline">Whether the handler runs in the run queue of its socket's thread, where the source has one.</param>
    public IActorRef StartHandler(Props props, bool isInline = false)
    {
        HandlerContext = new HandlerContext();
        var wrapped = HandlerProps.Wrap(props, HandlerContext, Context.System, isInline && Transport.IsSynchronous);
        return Context.ActorOf(wrapped, "handler");
    }

    /// <summary>Starts a user's handler in the run queue of the connection.</summary>
    /// <param name="props">The <c>Props</c> of the handler.</param>
    /// <param name="watch">The watchdog that is told how long the handler holds up the other sockets of its thread.</param>
    public IActorRef StartInline(Props props, IRunWatchdog watch)
    {
        var handler = StartHandler(props, isInline: true);
        CompactMessageQueue.From(handler)?.Watchdog = watch;
        return handler;
    }

    /// <summary>Starts a child that is not the handler.</summary>
    public IActorRef StartChild(Props props, string name) => _cell.ActorOf(props, name);

    public void Tell(IActorRef actor, object message) => actor.Tell(message, Ref);

    /// <summary>Sends a question whose answer comes to this actor, even if handlers know another reference.</summary>
    public void TellAsSelf(IActorRef actor, object message) => actor.Tell(message, Self);

    /// <summary>Attaches the socket and starts reading it, or starts TLS.</summary>
    /// <param name="source">The byte source.</param>
    /// <param name="tls">The command that starts TLS, after which the state decides when to read; null without TLS.</param>
    public void AttachSource(IActorRef source, StartTls? tls)
    {
        Transport.Attach(source);
        if (!Transport.IsSynchronous)
        {
            Context.Watch(source);
        }

        if (tls is null)
        {
            Transport.RequestRead();
        }
        else
        {
            Transport.Secure(tls);
        }
    }

    /// <summary>Detaches the socket, which has ended.</summary>
    public void DetachSource()
    {
        _isSourceGone = true;
        Transport.ReturnBytes();
        if (!Transport.IsSynchronous)
        {
            Context.Unwatch(Transport.Source);
        }
    }

    public void Stop() => Context.Stop(Self);

    /// <summary>Forwards a join or leave to the topics; the answer goes to its sender.</summary>
    public void TellTopics(Ws.ICommand command) =>
        EndpointContext.Topics.Tell(new TopicsActor.MemberCommand(Ref, Stats.Identity?.User, command), Sender);

    /// <summary>Sends the outcome of a task to this actor.</summary>
    public void PipeToSelf<T>(Task<T> task, Func<T, object> success, Func<Exception, object> failure) =>
        _ = task.PipeTo(Self, success: success, failure: failure);

    public void TellSelf(object message) => Self.Tell(message, Self);

    public void TellParent(object message) => Context.Parent.Tell(message, Self);

    /// <summary>The upgrade has completed.</summary>
    public void OnOpened(OpenConnection openConnection)
    {
        OpenConnection = openConnection;
        StaysOnThreadPool = CompactMessageQueue.MakesSendersWait(openConnection.Handler);
        if (!openConnection.HasChild)
        {
            Context.Watch(openConnection.Handler);
        }
    }

    /// <summary>The WebSocket has ended, and its handler was told <see cref="Ws.Closed"/>.</summary>
    public void OnEnded(CloseOutcome outcome) => _start.OnEnded(outcome);

    /// <param name="message">A message that the current state does not handle itself.</param>
    /// <param name="closeOutcome">The outcome of the WebSocket if the socket ends; null before there is one.</param>
    public void HandleDefault(object message, CloseOutcome? closeOutcome = null)
    {
        switch (message)
        {
            case Tcp.ConnectionClosed: ClosingHandshake.OnSocketClosed(closeOutcome); break;
            case Terminated terminated when Transport.IsSource(terminated.ActorRef): ClosingHandshake.OnSocketClosed(closeOutcome); break;
            case Terminated or ChildStoppedSupervisorStrategy.ChildStopped: OpenConnection?.OnStopped(message); break;
            case ByteSource.WriteCompleted: Transport.CompleteWrite(); break;
            case Tcp.CommandFailed: ClosingHandshake.Abort(closeOutcome); break;
            case Abort: ClosingHandshake.Abort(closeOutcome); break;
            case Ws.Send send: Refuse(send); break;
            case Ws.Draining when OpenConnection is { IsClosed: false } open: Tell(open.Handler, message); break;
            case Ws.Join join:
                const string Reason = "The connection is not open, or is closing.";
                Tell(Sender, new Ws.JoinFailed { Connection = Ref, Topic = join.Topic, Reason = Reason });
                break;
            case Ws.Renew: Renewal.TellFailed(Sender, Ref, Renewal.NotOpen); break;
            case ConnectionTap.Attach attach when OpenConnection is { IsClosed: false } open: open.Attach(attach.Tap, Sender); break;
            case ConnectionTap.Detach when Transport.Tap?.IsOf(Sender) is true: Transport.Tap = null; break;
            case ConnectionTap.Attach or ConnectionTap.Detach: break; // Its actor watches this one, and learns of the end.
            case Ws.GetStats when Stats.ToStats(Ref) is { } stats: Sender.Tell(stats, Ref); break;
            // Too late for its state.
            case Tcp.Received or LeasedBytes or Tcp.PeerClosed or WakeUpTime.Tick or TlsStarted or TlsFailed: break;
            case RouteCall.Answered or ActorIdentity or Admission.Granted or Admission.Denied: break;
            case Ws.Close or Ws.Demand or Ws.Draining or Ws.Leave or StashReport or PublishBacklogLow: break;
            case EndOfBatch or StreamedMessage.Produced: break;
            case Ws.ICommand or Ws.IEvent or Ws.IOperation: Unhandled(message); break;
            default: EndpointContext.UnknownMessages.Write(Ref, message); break;
        }
    }

    /// <summary>Fails a message that was sent while the connection is not open.</summary>
    public void Refuse(Ws.Send message)
    {
        Transport.Acks.NotifyRefused(message, Sender, Ws.SendFailure.Closing);
        if (message.Ack is null)
        {
            Unhandled(message);
        }
    }

    // The actor.

    protected override void PreStart() => _start.Start(this);

    // The states handle a half-close differently; the closing handshake needs to know that it happened.
    protected override bool AroundReceive(Receive receive, object message)
    {
        if (message is Tcp.PeerClosed)
        {
            Transport.HasPeerClosed = true;
        }

        try
        {
            return base.AroundReceive(receive, message);
        }
        // Its supervisor would stop the actor, and the handler with it before it is told Closed.
        catch (Exception cause) when (OpenConnection is { IsClosed: false } && ClosingHandshake.TryFail(cause))
        {
            return true;
        }
    }

    protected override void OnReceive(object message)
    {
        if (message is DeliveryWindow)
        {
            // Answered in every state: all messages that topics sent before it were queued or refused.
            Sender.Tell(message, Self);
        }
        else
        {
            _state(message);
        }
    }

    /// <summary>
    /// A WebSocket is still open here only if the system terminates or the actor was killed. Each step runs even if the one before fails: a
    /// failure may have caused the stop.
    /// </summary>
    protected override void PostStop()
    {
        try
        {
            if (OpenConnection is { IsClosed: false } open)
            {
                CompleteClose(open, ClosingHandshake.Outcome?.Unclean ?? CloseOutcome.Failed(Role));
            }
            else if (!_isSourceGone)
            {
                Reset();
            }
        }
        finally
        {
            Transport.ReturnBytes();
            Transport.SendQueue.FailAll();
        }
    }

    // Abort cancels a pending call of the route's code. A client that was killed does not cancel its wait for credentials: the answer is
    // discarded. Its parent has already been told the outcome, or learns it by the stop.
    private void Reset()
    {
        try
        {
            if (Role == Role.Server && OpenConnection is null)
            {
                _state(Abort.Instance);
            }
        }
        finally
        {
            Transport.Abort();
        }
    }

    private void CompleteClose(OpenConnection open, CloseOutcome closeOutcome)
    {
        try
        {
            Transport.CloseAfterFailure(closeOutcome, Context.System.Scheduler, EndpointContext.Options.CloseTimeout);
        }
        finally
        {
            try
            {
                open.CompleteCloseWithoutChild(closeOutcome);
            }
            finally
            {
                OnEnded(closeOutcome);
            }
        }
    }

    protected override SupervisorStrategy SupervisorStrategy() =>
        HandlerSupervision.For(
            EndpointContext,
            route: () => OpenConnection?.Route,
            OnHandlerFailed);

    private void OnHandlerFailed(bool isRestarted)
    {
        Transport.Tap?.OnHandlerFailed(isRestarted);
        if (!isRestarted)
        {
            OpenConnection?.HasHandlerFailed = true;
        }
    }
}
