using Akka;
using Akka.Actor;
using WsActors.Messages;
using WsActors.Runtime;

namespace WsActors.Sessions;

/// <summary>
/// The parent of a node's sessions, named by their ids; forwards to the cluster's. Wakes the sessions of the node. One a system.
/// </summary>
internal sealed class SessionsActor : TickingActor
{
    private const string GoingAway = "the server is going away";

    private readonly SessionHost _host;

    /// <summary>The actors that wait for the end of all sessions; null while sessions may start.</summary>
    private List<IActorRef>? _waiting;

    public SessionsActor(SessionHost host, TimeSpan tick)
        : base(host.Clock, tick) => _host = host;

    public static Props PropsFor(SessionHost host, TimeSpan tick) => Props.Create<SessionsActor>(host, tick);

    // A failing session is stopped, and its state is lost: its client is told so, and starts a new session.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new FailureLogSupervisorStrategy(static _ => Directive.Stop, _host.Failures, static () => "A session");

    protected override void Handle(object message)
    {
        switch (message)
        {
            case SessionMessages.IAddressed addressed: Forward(addressed); break;
            case SessionMessages.MoveTo move: _host.ClusterHome = move.Home; break;
            case SessionMessages.EndAll: EndAll(); break;
            case Terminated: AnswerWhenEmpty(); break;
            default: base.Handle(message); break;
        }
    }

    protected override void OnTick(TimeSpan now) => _host.WakeDue(now);

    protected override void Refuse(object message, Exception cause)
    {
        switch (message)
        {
            case SessionMessages.Start start: Sender.Tell(new SessionMessages.Refused(start.Id, "the session could not start")); break;
            default: AnswerFailure(cause); break;
        }
    }

    private void Forward(SessionMessages.IAddressed message)
    {
        if (Context.Child(message.Id) is var session && !session.IsNobody())
        {
            session.Forward(message);
        }
        else if (_host.ClusterHome is { } home)
        {
            home.Forward(message);
        }
        else
        {
            Answer(message);
        }
    }

    private void Answer(SessionMessages.IAddressed message)
    {
        switch (message)
        {
            case SessionMessages.Start when _waiting is not null: Sender.Tell(new SessionMessages.Refused(message.Id, GoingAway)); break;
            case SessionMessages.Start:
                Context.Watch(Context.ActorOf(SessionActor.PropsFor(_host, message.Id), message.Id)).Forward(message);
                break;
            case SessionMessages.Resume: Sender.Tell(new SessionMessages.Unknown(message.Id)); break;
            case Ws.Deliver deliver: Sender.Tell(ExactlyOnceDelivery.UnknownSession(deliver)); break;
        }
    }

    private void EndAll()
    {
        (_waiting ??= []).Add(Sender);
        var end = new SessionMessages.End(new Ws.Close(Protocol.CloseCode.GoingAway, GoingAway));
        foreach (var session in Context.GetChildren())
        {
            session.Tell(end);
        }

        AnswerWhenEmpty();
    }

    private void AnswerWhenEmpty()
    {
        if (_waiting is not null && !Context.GetChildren().Any())
        {
            _waiting.ForEach(static asker => asker.Tell(Done.Instance));
            _waiting.Clear();
        }
    }
}
