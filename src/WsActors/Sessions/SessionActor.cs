using Akka.Actor;
using WsActors.Connection;
using WsActors.Manager;
using WsActors.Topics;

namespace WsActors.Sessions;

/// <summary>
/// One session, from its first client to its last; on a cluster, as long as it is on this node. How it comes to be is
/// <see cref="SessionActivation"/>'s, what happens while it serves <see cref="ActiveSession"/>'s, and how it ends or moves
/// <see cref="SessionShutdown"/>'s; this is what they share.
/// </summary>
internal sealed class SessionActor : UntypedActor, IWithUnboundedStash
{
    // Waiting --to begin--> Beginning --its client still waits--> (Preparing: its route is not bound yet) --> Serving
    //    \--asked for--> Loading --it was handed over--> (Preparing) --> Serving
    //                        \--it was not, or nobody knows yet--> Over, Later --> (stopped)
    // Serving --ended--> Ending --handler gone--> (AwaitingMembers, of what it published) --> Over --> (stopped)
    //     \--moves--> HandingOver --handler gone--> Storing --stored--> (stopped)

    private readonly WakeUpTime _wakeUpTime;

    private Action _handlerGivenUp = static () => { };

    /// <summary>Null before it serves.</summary>
    private SessionShutdown? _shutdown;

    /// <summary>What its handler was told; null before there is one.</summary>
    private HandlerContext? _handlerContext;

    public SessionActor(SessionHost host, string id)
    {
        (Host, Id) = (host, id);
        _wakeUpTime = host.WakeUpTimeOf(Self);
    }

    public SessionHost Host { get; }

    public string Id { get; }

    public IActorRef Ref => Self;

    /// <summary>Who sent the current message.</summary>
    public IActorRef CurrentSender => Sender;

    public TimeSpan Now => Host.Clock.Now;

    /// <summary>Its part of what the node's sessions may hold; null until it has one.</summary>
    public SessionQuota.Share? Share { get; set; }

    /// <summary>Where its route is; null until that is found.</summary>
    public EndpointContext? EndpointContext { get; set; }

    public IStash Stash { get; set; } = null!; // Akka sets it before the first message.

    public static Props PropsFor(SessionHost host, string id) => Props.Create<SessionActor>(host, id).WithDeploy(Deploy.Local);

    private static ExtendedActorSystem OwnSystem => (ExtendedActorSystem)Context.System;

    // What its parts ask of their actor.

    public new void Become(UntypedReceive state) => base.Become(state);

    /// <summary>It serves: from now on it has an end that its handler is told.</summary>
    public void SetShutdown(SessionShutdown farewell) => _shutdown = farewell;

    /// <summary>Woken at every tick, since what it waits for may come at any time.</summary>
    public void BecomeUntil(TimeSpan deadline, Action<object, TimeSpan> state)
    {
        WakeAt(TimeSpan.Zero);
        Become(message => state(message, deadline));
    }

    public void WakeAt(TimeSpan time) => _wakeUpTime.Set(time);

    public void Tell(IActorRef actor, object message) => actor.Tell(message, Self);

    /// <summary>Asks a link whether it still waits for what it asked for.</summary>
    public void AskForConfirmation() => Tell(Sender, new SessionMessages.Confirm(Id));

    /// <summary>Told of its end in any state.</summary>
    public static void Watch(IActorRef actor) => Context.Watch(actor);

    public static void Unwatch(IActorRef actor) => Context.Unwatch(actor);

    public static Address NodeOf(IActorRef actor) =>
        actor.Path.Address is { HasLocalScope: false } other ? other : OwnSystem.Provider.DefaultAddress;

    public static byte[] Serialize(SessionState state) => state.Write(OwnSystem);

    /// <returns>Null when the bytes mean nothing here.</returns>
    public static SessionState? Deserialize(byte[] state) => SessionState.Read(OwnSystem, state);

    public IActorRef StartHandler(Props props, HandlerContext opened, Action givenUp)
    {
        (_handlerGivenUp, _handlerContext) = (givenUp, opened);
        return Context.Watch(Context.ActorOf(HandlerProps.Wrap(props, opened, Context.System), "handler"));
    }

    /// <summary>It is over: whoever asks for it is told so, until it stops.</summary>
    public void StartPassivation()
    {
        Share?.Release();
        Become(Ended);
        if (Host.PassivateMessage is { } farewell)
        {
            Context.Parent.Tell(farewell, Self);
        }
        else
        {
            // Behind all that was told by now.
            Self.Tell(SessionMessages.HandOver.Instance, Self);
        }
    }

    public void Stop() => Context.Stop(Self);

    /// <summary>What every state answers alike that has no own answer.</summary>
    public void HandleDefault(object message)
    {
        switch (message)
        {
            case Ws.Send send: Refuse(send); break;
            case Ws.Join join: Sender.Tell(new Ws.JoinFailed(Self, join.Topic, "The session is over."), Self); break;
            case SessionMessages.Resume resume: Tell(Sender, new SessionMessages.Unknown(resume.Id)); break;
            case Ws.Deliver deliver: Tell(Sender, ExactlyOnceDelivery.UnknownSession(deliver)); break;
            case SessionMessages.Activate: break; // It does, or cannot.
            case StashReport or PublishBacklogLow: break; // Nobody waits for that any more.
            case SessionMessages.MessageReceived or SessionMessages.Acknowledged or SessionMessages.ConnectionClosed or SessionMessages.Probe: break; // Too late.
            case SessionMessages.End or SessionMessages.HandOver or SessionMessages.TrimLog or SessionActivation.HandlerCreated: break; // Likewise.
            case Ws.Close or Ws.Leave or Ws.Demand or Ws.Ping or Ws.Draining or WakeUpTime.Tick or Terminated or ActorIdentity: break; // As late.
            case Ws.ICommand or Ws.IEvent or Ws.IOperation: Unhandled(message); break;
            default: Host.UnknownMessages.Write(Self, message); break;
        }
    }

    public void Refuse(Ws.Send send)
    {
        AckNotifier.Tell(Self, send, Sender, send.Parts is null ? Ws.SendFailure.Closing : Ws.SendFailure.SourceFailed);
        if (send.Ack is null)
        {
            Unhandled(send);
        }
    }

    // The actor.

    protected override void PreStart() => new SessionActivation(this).Wait();

    protected override void OnReceive(object message) => HandleDefault(message);

    protected override bool AroundReceive(Receive receive, object message)
    {
        if (message is DeliveryWindow)
        {
            // In every state: what topics told it before was taken, or refused.
            Sender.Tell(message, Self);
            return true;
        }

        try
        {
            return base.AroundReceive(receive, message);
        }
        // Stopped by its supervisor instead, it would take its handler along before that has heard of the end.
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
        // Made before there is a handler; asked when one has failed.
        OneForOneStrategy? ofHandler = null;
        return new FailureLogSupervisorStrategy(
            cause => (ofHandler ??= HandlerSupervision.For(EndpointContext!, () => null, () => _handlerGivenUp())).Decider.Decide(cause),
            Host.Failures,
            () => HandlerSupervision.Who(EndpointContext!, _handlerContext?.Opened?.Request.Route));
    }

    /// <summary>Whoever asks for it is told that it is not there, until it stops.</summary>
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
