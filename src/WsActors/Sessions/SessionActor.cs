using Akka.Actor;
using Akka.Event;
using WsActors.Connection;
using WsActors.Manager;
using WsActors.Protocol;
using WsActors.Routing;

namespace WsActors.Sessions;

/// <summary>
/// One session, from its first client to its last; on a cluster, as long as it is on this node. How it comes to be is here; what happens while
/// it serves is <see cref="SessionConversation"/>'s, and how it ends or moves <see cref="SessionFarewell"/>'s.
/// </summary>
internal sealed class SessionActor : UntypedActor, IWithUnboundedStash
{
    // Waiting --begun--> (Preparing: its route is not bound yet) --> Serving
    //    \--asked for--> Loading --it was handed over--> Serving
    //                        \--it was not, or nobody knows yet--> Over, Later --> (stopped)
    // Serving --ended--> Ending --handler gone--> Over --> (stopped)
    //     \--moves--> HandingOver --handler gone--> Storing --stored--> (stopped)

    /// <summary>How long a node that has just started may take to bind a session's route.</summary>
    private static readonly TimeSpan RouteTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Longer than whoever keeps sessions takes to answer.</summary>
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(20);

    private readonly WakeUp _wakeUp;

    private SessionBudget.Share? _share;

    private Action _handlerGivenUp = static () => { };

    private Endpoint? _endpoint;

    public SessionActor(SessionHost host, string id)
    {
        (Host, Id) = (host, id);
        _wakeUp = host.Wake(Self);
    }

    public SessionHost Host { get; }

    public string Id { get; }

    public IActorRef Ref => Self;

    /// <summary>Who sent the current message.</summary>
    public IActorRef Asker => Sender;

    public TimeSpan Now => Host.Clock.Now;

    public IStash Stash { get; set; } = null!; // Akka sets it before the first message.

    public static Props PropsFor(SessionHost host, string id) => Props.Create<SessionActor>(host, id);

    private static ExtendedActorSystem OwnSystem => (ExtendedActorSystem)Context.System;

    // What its parts ask of their actor.

    public new void Become(UntypedReceive state) => base.Become(state);

    public void WakeAt(TimeSpan time) => _wakeUp.At(time);

    public void Tell(IActorRef actor, object message) => actor.Tell(message, Self);

    /// <summary>Told of its end in any state.</summary>
    public static void Watch(IActorRef actor) => Context.Watch(actor);

    public static void Unwatch(IActorRef actor) => Context.Unwatch(actor);

    public static Address NodeOf(IActorRef actor) =>
        actor.Path.Address is { HasLocalScope: false } other ? other : OwnSystem.Provider.DefaultAddress;

    public static byte[] Written(SessionState state) => state.Write(OwnSystem);

    public IActorRef StartHandler(Props props, LastOpened opened, Action givenUp)
    {
        _handlerGivenUp = givenUp;
        return Context.Watch(Context.ActorOf(HandlerProps.Of(props, opened, Context.System), "handler"));
    }

    /// <summary>It is over: whoever asks for it is told so, until it stops.</summary>
    public void Leave()
    {
        _share?.Leave();
        Become(Over);
        if (Host.Farewell is { } farewell)
        {
            Context.Parent.Tell(farewell, Self);
        }
        else
        {
            // Behind all that was told by now.
            Self.Tell(Session.HandOver.Instance, Self);
        }
    }

    public void Stop() => Context.Stop(Self);

    /// <summary>What every state answers alike that has no own answer.</summary>
    public void Otherwise(object message)
    {
        switch (message)
        {
            case Ws.Send send: Refuse(send); break;
            case Ws.Join join: Sender.Tell(new Ws.JoinFailed(Self, join.Topic, "The session is over."), Self); break;
            case Session.Resume resume: Tell(Sender, new Session.Unknown(resume.Id)); break;
            case Ws.Deliver deliver: Tell(Sender, Deliveries.UnknownSession(deliver)); break;
            case Session.Came or Session.Acknowledged or Session.Gone or Session.Probe or Session.End or Session.HandOver: break; // Too late.
            case Ws.Close or Ws.Leave or Ws.Demand or Ws.Ping or Ws.Draining or WakeUp.Tick or Terminated or ActorIdentity: break; // As late.
            default: Unhandled(message); break;
        }
    }

    public void Refuse(Ws.Send send)
    {
        Receipts.Tell(Self, send, Sender, send.Parts is null ? Ws.SendFailure.Closing : Ws.SendFailure.SourceFailed);
        if (send.Ack is null)
        {
            Unhandled(send);
        }
    }

    // The actor.

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Session.HandOver: Stop(); break;
            case Session.IAddressed when Host.IsLeaving:
                Stash.Stash();
                Postpone();
                break;
            case Session.Begin begin: Begin(begin); break;
            case Session.Resume or Ws.Deliver when Host.Store is { } store:
                Stash.Stash();
                store.Tell(new Session.Take(Id), Self);
                BecomeUntil(Now + StoreTimeout, Loading);
                break;
            case Session.Resume or Ws.Deliver:
                Otherwise(message);
                Leave();
                break;
            default: Otherwise(message); break;
        }
    }

    protected override void PostStop()
    {
        _share?.Leave();
        Host.Forget(Self);
    }

    protected override SupervisorStrategy SupervisorStrategy()
    {
        // Made before there is a handler; asked when one has failed.
        SupervisorStrategy? ofHandler = null;
        return new OneForOneStrategy(cause =>
            ((OneForOneStrategy)(ofHandler ??= HandlerSupervision.For(_endpoint!, () => _handlerGivenUp()))).Decider.Decide(cause));
    }

    private void Begin(Session.Begin begin)
    {
        var link = Sender;
        _share = Host.Budget.TryEnter(Id, Self, out var evicted);
        evicted?.Tell(new Session.End(new Ws.Close(CloseCode.PolicyViolation, "your user has newer sessions")), Self);
        if (_share is null)
        {
            Tell(link, new Session.Refused(Id, "you have as many sessions as you may"));
            Leave();
            return;
        }

        var state = new SessionState
        {
            Secret = begin.Secret,
            Epoch = Epochs.New(),
            Endpoint = begin.Endpoint,
            Opened = begin.Opened with { Connection = Self },
        };
        Prepare(
            state,
            conversation => conversation.Begin(begin.Connection, link, begin.IsLost),
            otherwise: () => Tell(link, new Session.Refused(Id, "the server is starting")));
    }

    private void Loading(object message, TimeSpan deadline)
    {
        switch (message)
        {
            case Session.Taken { State: { } bytes } when SessionState.Read(OwnSystem, bytes) is { } state:
                _share = Host.Budget.Enter(Id, Self);
                Prepare(state with { Opened = state.Opened with { Connection = Self } }, static conversation => conversation.GoOn(), static () => { });
                break;
            case Session.Taken { IsSure: true }: GiveUp(); break;
            case Session.Taken: Postpone(); break;
            case WakeUp.Tick when Now >= deadline: Postpone(); break;
            case WakeUp.Tick: break;
            default: Stash.Stash(); break;
        }
    }

    /// <summary>Serves as soon as the route is there that says who handles it.</summary>
    private void Prepare(SessionState state, Action<SessionConversation> serve, Action otherwise)
    {
        if (!TryServe(state, serve, otherwise))
        {
            BecomeUntil(Now + RouteTimeout, (message, deadline) => Preparing(message, deadline, state, serve, otherwise));
        }
    }

    private void Preparing(object message, TimeSpan deadline, SessionState state, Action<SessionConversation> serve, Action otherwise)
    {
        switch (message)
        {
            case WakeUp.Tick when TryServe(state, serve, otherwise): break;
            case WakeUp.Tick when Now >= deadline:
                Host.Log.Warning("A session of {Route} came to a node that has no such route with sessions; it is lost", state.Opened.Request.Route);
                otherwise();
                GiveUp();
                break;
            case WakeUp.Tick: break;
            default: Stash.Stash(); break;
        }
    }

    private bool TryServe(SessionState state, Action<SessionConversation> serve, Action otherwise)
    {
        if (Host.Routes.Find(state.Opened, state.Endpoint) is not var (route, endpoint))
        {
            return false;
        }

        _endpoint = endpoint;
        Props handler;
        try
        {
            handler = ((HandlerSource.PerConnection)route.Handler).Props(state.Opened.Request);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Host.Log.Error(e, "The handler of a session of {Route} could not be made", state.Opened.Request.Route);
            otherwise();
            GiveUp();
            return true;
        }

        serve(new SessionConversation(this, endpoint, _share!, state, handler));
        Stash.UnstashAll();
        return true;
    }

    private void GiveUp()
    {
        Stash.UnstashAll();
        Leave();
    }

    /// <summary>What became of it is not known here: whoever asked asks again.</summary>
    private void Postpone()
    {
        GiveUp();
        Become(Later);
    }

    private void Later(object message)
    {
        switch (message)
        {
            case Session.Begin or Session.Resume: Tell(Sender, new Session.Refused(Id, "where your session goes on is not known yet")); break;
            case Ws.Deliver: break; // It is told again.
            default: Over(message); break;
        }
    }

    private void Over(object message)
    {
        if (message is Session.HandOver)
        {
            Stop();
        }
        else
        {
            Otherwise(message);
        }
    }

    /// <summary>Woken at every tick, since what it waits for may come at any time.</summary>
    private void BecomeUntil(TimeSpan deadline, Action<object, TimeSpan> state)
    {
        WakeAt(TimeSpan.Zero);
        Become(message => state(message, deadline));
    }
}
