using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Akka.IO;
using WsActors.Dispatch;
using WsActors.Handlers;
using WsActors.Protocol;
using WsActors.Routing;
using WsActors.Runtime;
using WsActors.Topics;
using WsActors.Transport;
using WsActors.Transport.Tls;

namespace WsActors.Connection;

/// <summary>
/// One socket, from its first byte to its last. What happens before the upgrade is <see cref="ServerOpeningHandshake"/>'s, or the
/// <see cref="Client.ClientOpeningHandshake"/>'s where this end is the client; what happens on the open WebSocket is <see cref="OpenConnection"/>'s, and how it ends <see cref="ClosingHandshake"/>'s; this is what they share.
/// </summary>
internal sealed class ConnectionActor : UntypedActor
{
    /// <summary>Resets the socket, whatever is going on.</summary>
    internal sealed class Abort : INoSerializationVerificationNeeded
    {
        private Abort()
        {
        }

        public static Abort Instance { get; } = new();
    }

    // Opening handshake, server: Securing (wss) --TLS--> Handshaking --upgrade--> Admitting --(guard: Asking)--> Open
    //                            Handshaking --plain HTTP: Asking--> ClosingSocket
    //                            Handshaking, Admitting, Refusing --refused--> ClosingSocket
    // Opening handshake, client: Dialling --connected (wss: Securing)--> AwaitingResponse --101--> Open
    //                            Dialling --not connected--> (stopped); AwaitingResponse --refused--> ClosingSocket
    // Open:                      Open --peer closed, half-closed or broke a rule--> AwaitingFinalReplies --> ClosingSocket
    // Closing handshake:         Open --closed by us--> Closing --peer answered--> ClosingSocket
    //                            Open --queue overflow--> Overflowing --queue empty or dropped--> Closing
    //                            ClosingSocket --socket closed--> AwaitingHandlerStop --handler stopped--> (stopped)

    private readonly ActorCell _cell = (ActorCell)Context;

    private readonly WakeUpTime _wakeUpTime;

    private readonly ConnectionStart _start;

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
        Ref = connectionStart.PublicRefOf(Self);
        HandlerContext = connectionStart.HandlerContext;
        Transport = new ConnectionTransport(Self, new AckNotifier(Ref), Role, connectionStart.EndpointContext);
        _state = Unhandled;
    }

    public EndpointContext EndpointContext => _start.EndpointContext;

    /// <summary>The end of the connection: server or client.</summary>
    public Role Role => _start.Role;

    public ConnectionStats Stats { get; }

    public ConnectionTransport Transport { get; }

    /// <summary>Made when it is needed.</summary>
    [field: AllowNull]
    public ClosingHandshake ClosingHandshake => field ??= new ClosingHandshake(this);

    /// <summary>The open WebSocket; null before, and for a refused request.</summary>
    public OpenConnection? OpenConnection { get; private set; }

    /// <summary>Whom handlers and senders know as this connection.</summary>
    public IActorRef Ref { get; }

    /// <summary>Whether that is someone else, who stays when it goes.</summary>
    public bool HasPublicRef => !Ref.Equals(Self);

    /// <summary>Differs from that of any other connection with the same name.</summary>
    public long Uid => Self.Path.Uid;

    /// <summary>The context of its own handler; null for a shared handler, and before there is a handler.</summary>
    public HandlerContext? HandlerContext { get; private set; }

    /// <summary>The handler's publications that members have not taken; for a shared handler, only above a threshold.</summary>
    public PublishBacklogSnapshot Published => EndpointContext.Publishing.IsSharedBacklogLarge
        ? new PublishBacklogSnapshot(HandlerContext?.PublishBacklog, SharedBacklogOf(Ref), SharedBacklogOf(OpenConnection?.Handler))
        : new PublishBacklogSnapshot(HandlerContext?.PublishBacklog);

    /// <summary>Whether more was told already than what is being dealt with.</summary>
    public bool HasMoreMessages => _cell.Mailbox!.MessageQueue.HasMessages;

    /// <summary>The sender of the current message.</summary>
    public IActorRef CurrentSender => Sender;

    public TimeSpan Now => EndpointContext.Clock.Now;

    /// <summary>Whether the current state's time is over.</summary>
    public bool IsPastDeadline => Now >= _deadline;

    /// <summary>
    /// Whether it runs on the thread pool from its next message on, and not in the turns of its source: to tell its handler something may wait for room in
    /// that one's mailbox.
    /// </summary>
    private bool StaysOnPool
    {
        set => CompactMessageQueue.From(Self)?.StaysOnThreadPool = value;
    }

    // What its parts ask of their actor.

    public new void Become(UntypedReceive state) => _state = state;

    public void BecomeUntil(TimeSpan deadline, UntypedReceive state)
    {
        _deadline = deadline;
        _wakeUpTime.Set(deadline);
        _state = state;
    }

    public void WakeAt(TimeSpan time) => _wakeUpTime.Set(time);

    /// <summary>Is told <see cref="PublishBacklogLow"/> when half of what paused it is taken.</summary>
    public void NotifyWhenHalfTaken(in PublishBacklogSnapshot published) => published.NotifyWhenHalfTaken(Self);

    /// <summary>Whether members have not taken all that a handler of its own has published: then it is told when they have.</summary>
    public bool TryAwaitPublishes()
    {
        var published = HasPublicRef ? null : HandlerContext?.PublishBacklog;
        if (published is null or { Bytes: 0 })
        {
            return false;
        }

        published.NotifyBelow(Self, little: 0);
        return true;
    }

    /// <summary>Moves the end of the current state.</summary>
    public void SetDeadline(TimeSpan deadline, TimeSpan wakeAt)
    {
        _deadline = deadline;
        _wakeUpTime.Set(wakeAt);
    }

    /// <summary>
    /// Prepares for a handler that is not there yet. Frames may have come behind the request: where the handler's mailbox may make this connection wait, it
    /// has to be on the thread pool before it tells the first.
    /// </summary>
    public void PrepareFor(HandlerSource handler) => StaysOnPool = handler switch
    {
        HandlerSource.Shared shared => CompactMessageQueue.MakesSendersWait(shared.Handler),
        HandlerSource.Fixed own => HandlerProps.HasOwnMailbox(own.Props, Context.System.Settings.Config),
        _ => false, // The delegate that makes its Props runs elsewhere, and what follows it on the pool.
    };

    /// <param name="props">What makes the handler.</param>
    /// <param name="isInline">Whether it runs where this connection does: in the turn of the thread that reads the socket, where the source has such turns.</param>
    public IActorRef StartHandler(Props props, bool isInline = false) =>
        Context.ActorOf(HandlerProps.Wrap(props, HandlerContext = new HandlerContext(), Context.System, isInline && Transport.IsSynchronous), "handler");

    /// <summary>Starts a handler of the user's that runs where this connection does.</summary>
    /// <param name="props">What makes the handler.</param>
    /// <param name="watch">Told how long it holds up others there.</param>
    public IActorRef StartInline(Props props, IRunWatchdog watch)
    {
        var handler = StartHandler(props, isInline: true);
        CompactMessageQueue.From(handler)?.Watchdog = watch;
        return handler;
    }

    /// <summary>Starts a child that is no handler.</summary>
    public IActorRef StartChild(Props props, string name) => _cell.ActorOf(props, name);

    public void Tell(IActorRef actor, object message) => actor.Tell(message, Ref);

    /// <summary>The answer comes here, whomever handlers know.</summary>
    public void TellAsSelf(IActorRef actor, object question) => actor.Tell(question, Self);

    /// <summary>There is a socket: from now on its bytes are read.</summary>
    /// <param name="source">The byte source.</param>
    /// <param name="tls">How TLS begins on it first, and then the state says when to read; null for a plain one.</param>
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

    /// <summary>The socket is gone.</summary>
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
    public void TellTopics(Ws.ICommand command) => EndpointContext.Topics.Tell(new TopicsActor.MemberCommand(Ref, Stats.Identity?.User, command), Sender);

    public void TellSelf(object message) => Self.Tell(message, Self);

    public void TellParent(object message) => Context.Parent.Tell(message, Self);

    /// <summary>The upgrade is done.</summary>
    public void OnOpened(OpenConnection openConnection)
    {
        OpenConnection = openConnection;
        StaysOnPool = CompactMessageQueue.MakesSendersWait(openConnection.Handler);
        if (!openConnection.HasChild)
        {
            Context.Watch(openConnection.Handler);
        }
    }

    /// <summary>The WebSocket has ended, and its handler was told.</summary>
    public void OnEnded(CloseOutcome how) => _start.OnEnded(how);

    /// <param name="message">What the state has no own answer to.</param>
    /// <param name="closeOutcome">How the WebSocket ends if the socket does; null before there is one.</param>
    public void HandleDefault(object message, CloseOutcome? closeOutcome = null)
    {
        switch (message)
        {
            case Tcp.ConnectionClosed: ClosingHandshake.OnSocketClosed(closeOutcome); break;
            case Terminated gone when Transport.IsSource(gone.ActorRef): ClosingHandshake.OnSocketClosed(closeOutcome); break;
            case Terminated or ChildStoppedSupervisorStrategy.ChildStopped: OpenConnection?.OnStopped(message); break;
            case ByteSource.WriteCompleted: Transport.CompleteWrite(); break;
            case Tcp.CommandFailed: ClosingHandshake.Abort(closeOutcome); break;
            case Abort: ClosingHandshake.Abort(closeOutcome); break;
            case Ws.Send send: Refuse(send); break;
            case Ws.Draining when OpenConnection is { IsClosed: false } open: Tell(open.Handler, message); break;
            case Ws.Join join: Tell(Sender, new Ws.JoinFailed(Ref, join.Topic, "The connection is not open, or on its way out.")); break;
            case Ws.GetStats when Stats.ToStats(Ref) is { } stats: Sender.Tell(stats, Ref); break;
            case Tcp.Received or LeasedBytes or Tcp.PeerClosed or WakeUpTime.Tick or RouteCall.Answered or ActorIdentity or TlsStarted or TlsFailed or Ws.Close or Ws.Demand or Ws.Draining or Ws.Leave: break; // Too late.
            case EndOfBatch or StreamedMessage.Produced or StashReport or PublishBacklogLow or Admission.Granted or Admission.Denied: break; // As late.
            case Ws.ICommand or Ws.IEvent or Ws.IOperation: Unhandled(message); break;
            default: EndpointContext.UnknownMessages.Write(Ref, message); break;
        }
    }

    /// <summary>A message came while nothing can be sent: too late, as a rule.</summary>
    public void Refuse(Ws.Send message)
    {
        Transport.Acks.NotifyFailed(message, Sender, Ws.SendFailure.Closing);
        if (message.Ack is null)
        {
            Unhandled(message);
        }
    }

    // The actor.

    protected override void PreStart() => _start.Start(this);

    // Every state has its own answer to a half-close; that it came matters in the end.
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
        // Stopped by its supervisor instead, it would take its handler along before that has heard of the end.
        catch (Exception cause) when (OpenConnection is { IsClosed: false } && ClosingHandshake.TryFail(cause))
        {
            return true;
        }
    }

    protected override void OnReceive(object message)
    {
        if (message is DeliveryWindow)
        {
            // In every state: whatever topics told it before was taken, or refused.
            Sender.Tell(message, Self);
        }
        else
        {
            _state(message);
        }
    }

    private PublishBacklog? SharedBacklogOf(IActorRef? publisher) => publisher is null ? null : EndpointContext.Publishing.BacklogOf(publisher);

    /// <summary>
    /// Only at the end of the system, or when it was killed, is a WebSocket still open here. No step depends on the one before: what failed
    /// once may fail again.
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

    // Code of a route that it waits for is cancelled. A client's end waits for none, and its parent has heard already what became of it.
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
            Transport.CloseAfterFailure(closeOutcome, Context.System.Scheduler);
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
        HandlerSupervision.For(EndpointContext, route: () => OpenConnection?.Route, givenUp: () => OpenConnection?.HasHandlerFailed = true);
}
