using Akka.Actor;
using Akka.Event;
using WsActors.Connection;
using WsActors.Manager;
using WsActors.Protocol;
using WsActors.Routing;

namespace WsActors.Sessions;

/// <summary>
/// How a session comes to be on a node: a client begins it there, or it has moved, and what it left behind is found. Part of its actor.
/// </summary>
internal sealed class SessionArrival(SessionActor session)
{
    /// <summary>How the session's handler is made, or why nobody knows.</summary>
    internal sealed record HandlerMade(Props? Handler, Exception? Failure) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>How long a node that has just started may take to bind a session's route.</summary>
    private static readonly TimeSpan RouteTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Longer than whoever keeps sessions takes to answer.</summary>
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(20);

    public void Wait() => session.Become(Waiting);

    private void Waiting(object message)
    {
        switch (message)
        {
            case Session.HandOver: session.Stop(); break;
            case Session.IAddressed when session.Host.IsLeaving:
                session.Stash.Stash();
                Postpone();
                break;
            case Session.Begin:
                session.AskWhetherItWaits();
                var link = session.Asker;
                SessionActor.Watch(link);
                session.BecomeUntil(session.Now + session.Host.Settings.HelloTimeout, (next, deadline) => Beginning(next, deadline, link));
                break;
            case Session.Resume or Ws.Deliver or Session.GoOn when session.Host.Store is { } store:
                session.Stash.Stash();
                session.Tell(store, new Session.Take(session.Id));
                session.BecomeUntil(session.Now + StoreTimeout, Loading);
                break;
            case Session.Resume or Ws.Deliver:
                session.Otherwise(message);
                session.Leave();
                break;
            default: session.Otherwise(message); break;
        }
    }

    /// <summary>Its first client's connection may be gone by now: what began for that would be nobody's, and take the place of what has begun since.</summary>
    private void Beginning(object message, TimeSpan deadline, IActorRef link)
    {
        switch (message)
        {
            case Session.Begin { IsConfirmed: true } begin: Begin(begin, link); break;
            case Session.HandOver:
                session.Tell(link, new Session.Refused(session.Id, "where your session goes on is not known yet"));
                session.Stop();
                break;
            case WakeUpTime.Tick when session.Now >= deadline: session.Leave(); break;
            case WakeUpTime.Tick: break;
            // It is not counted yet: it must not wait for nobody.
            case Terminated gone when gone.ActorRef.Equals(link): session.Leave(); break;
            default: session.Otherwise(message); break;
        }
    }

    private void Begin(Session.Begin begin, IActorRef link)
    {
        SessionActor.Unwatch(link);
        var request = KeptRequest.Of(begin.Opened.Request, session.Host.Settings.MaxRequestBytes);
        session.Share = session.Host.Budget.TryEnter(session.Id, request.ClientAddress, session.Ref, out var evicted, out var refusal);
        evicted?.Tell(new Session.End(new Ws.Close(CloseCode.PolicyViolation, "your user has newer sessions")), session.Ref);
        if (session.Share is null)
        {
            session.Host.Refusals.Note(refusal!);
            session.Tell(link, new Session.Refused(session.Id, refusal!));
            session.Leave();
            return;
        }

        var state = new SessionState
        {
            Secret = begin.Secret,
            Epoch = Epochs.New(),
            Endpoint = begin.Endpoint,
            Opened = begin.Opened with { Connection = session.Ref, Request = request },
        };
        Prepare(
            state,
            conversation => conversation.Begin(begin.Connection, link, begin.IsLost),
            otherwise: () => session.Tell(link, new Session.Refused(session.Id, "the server is starting")));
    }

    private void Loading(object message, TimeSpan deadline)
    {
        switch (message)
        {
            case Session.Taken { State: { } bytes } when SessionActor.Read(bytes) is { } state:
                var request = KeptRequest.Of(state.Opened.Request, session.Host.Settings.MaxRequestBytes);
                session.Share = session.Host.Budget.Enter(session.Id, request.ClientAddress, session.Ref);
                var here = state with { Opened = state.Opened with { Connection = session.Ref, Request = request } };
                Prepare(here, static conversation => conversation.GoOn(), static () => { });
                break;
            case Session.Taken { IsSure: true }: GiveUp(); break;
            case Session.Taken: Postpone(); break;
            case WakeUpTime.Tick when session.Now >= deadline: Postpone(); break;
            case WakeUpTime.Tick: break;
            default: session.Stash.Stash(); break;
        }
    }

    /// <summary>Serves as soon as the route is there that says who handles it.</summary>
    private void Prepare(SessionState state, Action<SessionConversation> serve, Action otherwise)
    {
        if (!TryServe(state, serve, otherwise))
        {
            session.BecomeUntil(session.Now + RouteTimeout, (message, deadline) => Preparing(message, deadline, state, serve, otherwise));
        }
    }

    private void Preparing(object message, TimeSpan deadline, SessionState state, Action<SessionConversation> serve, Action otherwise)
    {
        switch (message)
        {
            case WakeUpTime.Tick when TryServe(state, serve, otherwise): break;
            case WakeUpTime.Tick when session.Now >= deadline:
                session.Host.Failures.Write(
                    $"A session of {state.Opened.Request.Route}", "came to a node that has no such route with sessions, and is lost; map it on every node that has sessions");
                otherwise();
                GiveUp();
                break;
            case WakeUpTime.Tick: break;
            default: session.Stash.Stash(); break;
        }
    }

    private bool TryServe(SessionState state, Action<SessionConversation> serve, Action otherwise)
    {
        if (session.Host.Routes.Find(state.Opened, state.Endpoint) is not var (route, endpoint))
        {
            return false;
        }

        session.EndpointContext = endpoint;
        if (route.Handler is HandlerSource.PerRequest)
        {
            AskForHandler(route, endpoint, state, serve, otherwise);
        }
        else
        {
            Serve(endpoint, route.Handler.PropsFor(state.Opened.Request)!, state, serve);
        }

        return true;
    }

    private void Serve(EndpointContext endpointContext, Props handler, SessionState state, Action<SessionConversation> serve)
    {
        serve(new SessionConversation(session, endpointContext, session.Share!, state, handler));
        session.Stash.UnstashAll();
    }

    /// <summary>A delegate says how the handler is made: code of the user's, which runs where the guards of its route do.</summary>
    private void AskForHandler(
        WebSocketRoute route, ServerEndpointContext endpoint, SessionState state, Action<SessionConversation> serve, Action otherwise)
    {
        if (endpoint.BulkheadFor(route).TryCall(_ => Task.FromResult(route.Handler.PropsFor(state.Opened.Request)!)) is not { } call)
        {
            otherwise();
            GiveUp();
            return;
        }

        _ = call.Answer.PipeTo(session.Ref, success: static props => new HandlerMade(props, null), failure: static e => new HandlerMade(null, e));
        session.BecomeUntil(session.Now + endpoint.Options.GuardTimeout, (message, deadline) =>
        {
            switch (message)
            {
                case HandlerMade { Handler: { } handler }: Serve(endpoint, handler, state, serve); break;
                case HandlerMade { Failure: var failure }: Fail(failure); break;
                case WakeUpTime.Tick when session.Now >= deadline:
                    call.Cancel();
                    Fail(new TimeoutException("It took longer than ws-actors.handshake.guard-timeout."));
                    break;
                case WakeUpTime.Tick: break;
                default: session.Stash.Stash(); break;
            }
        });

        void Fail(Exception? failure)
        {
            var (what, cause) = failure is RouteCodeException known ? (known.What, known.InnerException) : (null, failure);
            session.Host.Failures.Write($"{endpoint.Name}: the delegate that makes the Props of a session's handler of {route.Template.Text}", what, cause);
            otherwise();
            GiveUp();
        }
    }

    private void GiveUp()
    {
        session.Stash.UnstashAll();
        session.Leave();
    }

    /// <summary>What became of it is not known here: whoever asked asks again.</summary>
    private void Postpone()
    {
        GiveUp();
        session.Become(Later);
    }

    private void Later(object message)
    {
        switch (message)
        {
            case Session.Begin or Session.Resume: session.Tell(session.Asker, new Session.Refused(session.Id, "where your session goes on is not known yet")); break;
            case Ws.Deliver: break; // It is told again.
            default: session.Over(message); break;
        }
    }
}
