using Akka.Actor;
using WsActors.Connection;
using WsActors.Handlers;
using WsActors.Messages;
using WsActors.Runtime;
using WsActors.Topics;
using WsActors.Tracing;

namespace WsActors.Sessions;

/// <summary>
/// One session, from its first client to its last; on a cluster, as long as it is on this node. <see cref="SessionActivation"/> starts it,
/// <see cref="ActiveSession"/> serves, <see cref="SessionShutdown"/> ends or moves it; the actor holds the members that they share.
/// </summary>
internal sealed class SessionActor : UntypedActor, IWithUnboundedStash
{
    // Waiting --Start--> Starting --confirmed by its link--> (Preparing: its route is not bound yet) --> Serving
    //    \--Resume, Deliver, Activate--> Loading --state found--> (Preparing) --> Serving
    //                                       \--no state, or not known yet--> Ended, Postponed --> (stopped)
    // Serving --ends--> Ending --handler stopped--> (AwaitingPublishes) --> Ended --> (stopped)
    //     \--moves--> HandingOver --handler stopped--> Storing --stored--> (stopped)

    private readonly WakeUpTime _wakeUpTime;

    private Action _handlerGivenUp = static () => { };

    /// <summary>Null before it serves.</summary>
    private SessionShutdown? _shutdown;

    /// <summary>The handler's context; null before there is a handler.</summary>
    private HandlerContext? _handlerContext;

    public SessionActor(SessionHost host, string id)
    {
        (Host, Id) = (host, id);
        _wakeUpTime = host.WakeUpTimeOf(Self);
    }

    public SessionHost Host { get; }

    public string Id { get; }

    public IActorRef Ref => Self;

    /// <summary>The sender of the current message.</summary>
    public IActorRef CurrentSender => Sender;

    public TimeSpan Now => Host.Clock.Now;

    /// <summary>Its share of the node's session quota; null until it has one.</summary>
    public SessionQuota.Share? Share { get; set; }

    /// <summary>The endpoint of its route; null until that is found.</summary>
    public EndpointContext? EndpointContext { get; set; }

    /// <summary>The names of the spans of its route.</summary>
    public SpanNames SpansFor(string? route) => EndpointContext!.MetricsFor(route, version: null).Spans;

    public IStash Stash { get; set; } = null!; // Akka sets it before the first message.

    public static Props PropsFor(SessionHost host, string id) => Props.Create<SessionActor>(host, id).WithDeploy(Deploy.Local);

    private static ExtendedActorSystem OwnSystem => (ExtendedActorSystem)Context.System;

    // For its parts.

    public new void Become(UntypedReceive state) => base.Become(state);

    /// <summary>Set once it serves: from then on every end is told to its handler.</summary>
    public void SetShutdown(SessionShutdown shutdown) => _shutdown = shutdown;

    /// <summary>Enters a state with a deadline.</summary>
    /// <param name="deadline">The deadline.</param>
    /// <param name="timedOut">Runs at the deadline.</param>
    /// <param name="state">The state. It gets no ticks.</param>
    public void BecomeUntil(TimeSpan deadline, Action timedOut, UntypedReceive state)
    {
        WakeAt(deadline);
        Become(message =>
        {
            switch (message)
            {
                case WakeUpTime.Tick when Now >= deadline: timedOut(); break;
                case WakeUpTime.Tick: break;
                default: state(message); break;
            }
        });
    }

    public void WakeAt(TimeSpan time) => _wakeUpTime.Set(time);

    public void Tell(IActorRef actor, object message) => actor.Tell(message, Self);

    /// <summary>Asks the sending link whether it still waits for the session.</summary>
    public void AskForConfirmation() => Tell(Sender, new SessionMessages.Confirm(Id));

    /// <summary>Watches an actor: every state receives its <c>Terminated</c>.</summary>
    public static void Watch(IActorRef actor) => Context.Watch(actor);

    public static void Unwatch(IActorRef actor) => Context.Unwatch(actor);

    public static Address NodeOf(IActorRef actor) =>
        actor.Path.Address is { HasLocalScope: false } other ? other : OwnSystem.Provider.DefaultAddress;

    public static byte[] Serialize(SessionState state) => state.Write(OwnSystem);

    /// <returns>Null when this version cannot read the bytes.</returns>
    public static SessionState? Deserialize(byte[] state) => SessionState.Read(OwnSystem, state);

    public IActorRef StartHandler(Props props, HandlerContext opened, Action givenUp)
    {
        (_handlerGivenUp, _handlerContext) = (givenUp, opened);
        return Context.Watch(Context.ActorOf(HandlerProps.Wrap(props, opened, Context.System), "handler"));
    }

    /// <summary>Ends the session and asks the parent to stop it; until then, requests are answered that it does not exist.</summary>
    public void StartPassivation()
    {
        Share?.Release();
        Become(Ended);
        if (Host.PassivateMessage is { } passivate)
        {
            Context.Parent.Tell(passivate, Self);
        }
        else
        {
            // Behind all messages that are in the mailbox now.
            Self.Tell(SessionMessages.HandOver.Instance, Self);
        }
    }

    public void Stop() => Context.Stop(Self);

    /// <summary>The default answers, for states that do not have their own.</summary>
    public void HandleDefault(object message)
    {
        switch (message)
        {
            case Ws.Send send: Refuse(send); break;
            case Ws.Join join:
                Sender.Tell(new Ws.JoinFailed { Connection = Self, Topic = join.Topic, Reason = "The session has ended." }, Self);
                break;
            case Ws.Renew: Renewal.TellFailed(Sender, Self, Renewal.Ended); break;
            case SessionMessages.Resume resume: Tell(Sender, new SessionMessages.Unknown(resume.Id)); break;
            case Ws.Deliver deliver: Tell(Sender, ExactlyOnceDelivery.UnknownSession(deliver)); break;
            case SessionMessages.Activate: break; // Active already, or cannot be.
            case StashReport or PublishBacklogLow: break; // Not awaited any more.
            case SessionMessages.MessageReceived or SessionMessages.Acknowledged or SessionMessages.ConnectionClosed
                or SessionMessages.Probe or SessionMessages.Expiring:
                break; // Too late.
            case Ws.Renewed or Ws.RenewFailed: break; // Of its connection.
            case SessionMessages.End or SessionMessages.HandOver or SessionMessages.TrimLog or SessionActivation.HandlerCreated:
                break; // Too late.
            case Ws.Close or Ws.Leave or Ws.Demand or Ws.Ping or Ws.Draining or WakeUpTime.Tick or Terminated or ActorIdentity:
                break; // Too late.
            case Ws.ICommand or Ws.IEvent or Ws.IOperation: Unhandled(message); break;
            default: Host.UnknownMessages.Write(Self, message); break;
        }
    }

    /// <summary>Fails a message that cannot be kept: a streamed one, or any after the end.</summary>
    public static void Refuse(Ws.Send send) =>
        send.Refuse(Context, send.Parts is null ? Ws.SendFailure.Closing : Ws.SendFailure.SourceFailed);

    // The actor.

    protected override void PreStart() => new SessionActivation(this).Wait();

    protected override void OnReceive(object message) => HandleDefault(message);

    protected override bool AroundReceive(Receive receive, object message)
    {
        if (message is DeliveryWindow)
        {
            // In every state: all messages of topics before this one were taken or refused.
            Sender.Tell(message, Self);
            return true;
        }

        try
        {
            return base.AroundReceive(receive, message);
        }
        // A stop by its supervisor would stop the handler before it is told Closed.
        catch (Exception cause) when (_shutdown is not null && _shutdown.TryFail(cause))
        {
            return true;
        }
    }

    protected override void PostStop()
    {
        Share?.Release();
        Host.Remove(Self);
    }

    protected override SupervisorStrategy SupervisorStrategy()
    {
        // Created before there is a handler; used when one fails.
        OneForOneStrategy? ofHandler = null;
        return new FailureLogSupervisorStrategy(
            cause => (ofHandler ??= HandlerSupervision.For(EndpointContext!, () => null, OnHandlerFailed)).Decider.Decide(cause),
            Host.Failures,
            () => HandlerSupervision.NameOf(EndpointContext!, _handlerContext?.Opened?.Request.Route));
    }

    private void OnHandlerFailed(bool isRestarted)
    {
        if (!isRestarted)
        {
            _handlerGivenUp();
        }
    }

    /// <summary>The state after its end: requests are answered that it does not exist, until it stops.</summary>
    public void Ended(object message)
    {
        if (message is SessionMessages.HandOver)
        {
            Stop();
        }
        else
        {
            HandleDefault(message);
        }
    }
}
