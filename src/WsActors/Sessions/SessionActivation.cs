using Akka.Actor;
using Akka.Event;
using WsActors.Clustering;
using WsActors.Connection;
using WsActors.Messages;
using WsActors.Protocol;
using WsActors.Routing;

namespace WsActors.Sessions;

/// <summary>
/// The start of a session on a node: a client starts it, or its handed-over state is loaded. Part of its actor.
/// </summary>
internal sealed class SessionActivation(SessionActor session)
{
    /// <summary>The <c>Props</c> of the session's handler, or the failure of the delegate that makes them.</summary>
    internal sealed record HandlerCreated(Props? Handler, Exception? Failure) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>The time in which a node that has just started must bind a session's route.</summary>
    private static readonly TimeSpan RouteTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Longer than the store takes to answer.</summary>
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(20);

    private const string NodeUnknown = "the node of your session is not known yet";

    public void Wait() => session.Become(Waiting);

    private void Waiting(object message)
    {
        switch (message)
        {
            case SessionMessages.HandOver: session.Stop(); break;
            case SessionMessages.IAddressed when session.Host.IsShuttingDown:
                session.Stash.Stash();
                Postpone();
                break;
            case SessionMessages.Start:
                session.AskForConfirmation();
                var link = session.CurrentSender;
                SessionActor.Watch(link);
                session.BecomeUntil(
                    session.Now + session.Host.Settings.HelloTimeout, session.StartPassivation, next => Starting(next, link));
                break;
            case SessionMessages.Resume or Ws.Deliver or SessionMessages.Activate when session.Host.Store is { } store:
                session.Stash.Stash();
                session.Tell(store, new SessionStore.Take(session.Id));
                session.BecomeUntil(session.Now + StoreTimeout, Postpone, Loading);
                break;
            case SessionMessages.Resume or Ws.Deliver:
                session.HandleDefault(message);
                session.StartPassivation();
                break;
            default: session.HandleDefault(message); break;
        }
    }

    /// <summary>
    /// Waits until the link confirms its request. The connection may have closed: its session would have no client, and would take the
    /// place of a session that the client has started since.
    /// </summary>
    private void Starting(object message, IActorRef link)
    {
        switch (message)
        {
            case SessionMessages.Start { IsConfirmed: true } start: Start(start, link); break;
            case SessionMessages.HandOver:
                session.Tell(link, new SessionMessages.Refused(session.Id, NodeUnknown));
                session.Stop();
                break;
            // The session is not counted in the quota yet: it must not wait for a client without a connection.
            case Terminated gone when gone.ActorRef.Equals(link): session.StartPassivation(); break;
            default: session.HandleDefault(message); break;
        }
    }

    private void Start(SessionMessages.Start start, IActorRef link)
    {
        SessionActor.Unwatch(link);
        var request = RetainedRequest.Trim(start.Opened.Request, session.Host.Settings.MaxRequestBytes);
        session.Share = session.Host.Quota.TryAdd(session.Id, request.ClientAddress, session.Ref, out var evicted, out var refusal);
        evicted?.Tell(new SessionMessages.End(new Ws.Close(CloseCode.PolicyViolation, "your user has newer sessions")), session.Ref);
        if (session.Share is null)
        {
            session.Host.LogRefusal(refusal!);
            session.Tell(link, new SessionMessages.Refused(session.Id, refusal!));
            session.StartPassivation();
            return;
        }

        var state = new SessionState
        {
            Secret = start.Secret,
            Epoch = SessionEpoch.New(),
            Endpoint = start.Endpoint,
            Opened = start.Opened with { Connection = session.Ref, Request = request },
        };
        Prepare(
            state,
            active => active.Start(start.Connection, link, start.IsLost),
            otherwise: () => session.Tell(link, new SessionMessages.Refused(session.Id, "the server is starting")));
    }

    private void Loading(object message)
    {
        switch (message)
        {
            case SessionStore.Taken { State: { } bytes } when SessionActor.Deserialize(bytes) is { } state:
                var request = RetainedRequest.Trim(state.Opened.Request, session.Host.Settings.MaxRequestBytes);
                session.Share = session.Host.Quota.AddExisting(session.Id, request.ClientAddress, session.Ref);
                var here = state with { Opened = state.Opened with { Connection = session.Ref, Request = request } };
                Prepare(here, static active => active.AwaitClient(), static () => { });
                break;
            case SessionStore.Taken { IsSure: true }: RefuseUnknown(); break;
            case SessionStore.Taken: Postpone(); break;
            default: session.Stash.Stash(); break;
        }
    }

    /// <summary>Serves as soon as the session's route is bound on this node; every tick checks that.</summary>
    private void Prepare(SessionState state, Action<ActiveSession> serve, Action otherwise)
    {
        if (!TryServe(state, serve, otherwise))
        {
            var deadline = session.Now + RouteTimeout;
            session.WakeAt(TimeSpan.Zero);
            session.Become(message => Preparing(message, deadline, state, serve, otherwise));
        }
    }

    private void Preparing(object message, TimeSpan deadline, SessionState state, Action<ActiveSession> serve, Action otherwise)
    {
        switch (message)
        {
            case WakeUpTime.Tick when TryServe(state, serve, otherwise): break;
            case WakeUpTime.Tick when session.Now >= deadline:
                session.Host.Failures.Write(
                    $"A session of {state.Opened.Request.Route}",
                    "moved to a node that has no such route with sessions, and is lost; map the route on every node that hosts sessions");
                otherwise();
                RefuseUnknown();
                break;
            case WakeUpTime.Tick: break;
            default: session.Stash.Stash(); break;
        }
    }

    private bool TryServe(SessionState state, Action<ActiveSession> serve, Action otherwise)
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

    private void Serve(EndpointContext endpointContext, Props handler, SessionState state, Action<ActiveSession> serve)
    {
        serve(new ActiveSession(session, endpointContext, session.Share!, state, handler));
        session.Stash.UnstashAll();
    }

    /// <summary>Asks the delegate that makes the handler's <c>Props</c>: user code, run in the bulkhead of its route.</summary>
    private void AskForHandler(
        WebSocketRoute route, ServerEndpointContext endpoint, SessionState state, Action<ActiveSession> serve, Action otherwise)
    {
        if (endpoint.BulkheadFor(route).TryCall(_ => Task.FromResult(route.Handler.PropsFor(state.Opened.Request)!)) is not { } call)
        {
            otherwise();
            RefuseUnknown();
            return;
        }

        _ = call.Answer.PipeTo(
            session.Ref, success: static props => new HandlerCreated(props, null), failure: static e => new HandlerCreated(null, e));
        session.BecomeUntil(session.Now + endpoint.Options.Guard.Timeout, TimedOut, message =>
        {
            switch (message)
            {
                case HandlerCreated { Handler: { } handler }: Serve(endpoint, handler, state, serve); break;
                case HandlerCreated { Failure: var failure }: Fail(failure); break;
                default: session.Stash.Stash(); break;
            }
        });

        void TimedOut()
        {
            call.Cancel();
            Fail(new TimeoutException("It took longer than ws-actors.guard.timeout."));
        }

        void Fail(Exception? failure)
        {
            var (what, cause) = failure is RouteCodeException known ? (known.Predicate, known.InnerException) : (null, failure);
            session.Host.Failures.Write(
                $"{endpoint.Name}: the delegate that makes the Props of a session's handler of {route.Template.Text}", what, cause);
            otherwise();
            RefuseUnknown();
        }
    }

    private void RefuseUnknown()
    {
        session.Stash.UnstashAll();
        session.StartPassivation();
    }

    /// <summary>The session's state is not known here: the sender asks again.</summary>
    private void Postpone()
    {
        RefuseUnknown();
        session.Become(Postponed);
    }

    private void Postponed(object message)
    {
        switch (message)
        {
            case SessionMessages.Start or SessionMessages.Resume:
                session.Tell(session.CurrentSender, new SessionMessages.Refused(session.Id, NodeUnknown));
                break;
            case Ws.Deliver: break; // The publisher sends it again.
            default: session.Ended(message); break;
        }
    }
}
