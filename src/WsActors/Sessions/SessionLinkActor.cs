using Akka.Actor;
using WsActors.Messages;
using WsActors.Protocol;
using WsActors.Runtime;
using WsActors.Sessions.Subprotocol;

namespace WsActors.Sessions;

/// <summary>
/// The handler of a connection that speaks the subprotocol: finds its session or starts one; <see cref="OpenSessionLink"/> then forwards
/// the client's messages. The session sends to the connection directly. A client that must return is told so in one way: the connection
/// closes with 1012.
/// </summary>
internal sealed class SessionLinkActor : UntypedActor
{
    // AwaitingHello --hello--> Attaching --welcomed--> OpenSessionLink
    // In each: --closed--> (stopped by the connection)

    internal enum Wait
    {
        Hello,
        Attach,
        Probe,
        Room,
    }

    /// <summary>The deadline of a wait has passed.</summary>
    internal sealed record Overdue(Wait For) : INoSerializationVerificationNeeded;

    private readonly SessionHost _host;

    private readonly string _endpoint;

    private readonly string? _subprotocol;

    private Ws.Opened? _opened;

    private ICancelable? _deadline;

    /// <summary>Null until the session is attached.</summary>
    private OpenSessionLink? _open;

    /// <summary>Used until the session is attached.</summary>
    private readonly ClientLiveness _client;

    /// <summary>The last message of the client that the session had handled when it was attached; null if it had handled all.</summary>
    private long? _handledBefore;

    /// <summary>The warning that came before there was a session to tell; null without one.</summary>
    private Ws.Expiring? _expiring;

    /// <summary>Whether demand for a message is outstanding at the connection.</summary>
    private bool _isDemanded;

    public SessionLinkActor(SessionHost host, string endpoint, string? subprotocol) =>
        (_host, _endpoint, _subprotocol, Connection, _client) =
            (host, endpoint, subprotocol, Context.Parent, new ClientLiveness(host.Clock));

    /// <summary>Tells a client to return.</summary>
    public static Ws.Close Reconnect { get; } = new(CloseCode.ServiceRestart, "reconnect to resume your session");

    public IActorRef Connection { get; private set; }

    /// <param name="host">The node's session host.</param>
    /// <param name="endpoint">The endpoint that accepted the connection.</param>
    /// <param name="subprotocol">The application's subprotocol; null for none.</param>
    public static Props PropsFor(SessionHost host, string endpoint, string? subprotocol) =>
        Props.Create<SessionLinkActor>(host, endpoint, subprotocol!);

    protected override void PostStop()
    {
        _deadline?.Cancel();
        _open?.Stop();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Ws.Opened { IsRestart: false } opened: Start(opened); break;
            case Ws.Opened opened: opened.Connection.Tell(Reconnect); break; // It failed, and has lost its state.
            case Ws.IEvent: break;
            default: Unhandled(message); break;
        }
    }

    private string? User => _opened!.User;

    private void Start(Ws.Opened opened)
    {
        (_opened, Connection) = (opened, opened.Connection);
        Await(_host.Settings.HelloTimeout, Wait.Hello);
        AskForMore();
        Become(AwaitingHello);
    }

    private void AwaitingHello(object message)
    {
        switch (message)
        {
            case Ws.Received received: ReadHello(received); break;
            case Overdue { For: Wait.Hello }: Close(new Ws.Close(SessionProtocol.NoHelloCode, "no hello came in time")); break;
            default: HandleDefault(message); break;
        }
    }

    private void ReadHello(Ws.Received received)
    {
        OnDemandMet();
        _client.OnHeard();
        if (!SessionFrameReader.TryRead(Role.Client, received.Kind, received.Payload, out var frame, out var violation))
        {
            Break(violation.Reason);
            return;
        }

        switch (frame.Kind)
        {
            case SessionFrameKind.Hello: Attach(StartOf(isLost: false)); break;
            case SessionFrameKind.Resume when frame.IsReloaded && _opened!.Subprotocol != SessionProtocol.V3:
                Break(SessionProtocol.NoReload.Reason);
                break;
            case SessionFrameKind.Resume when SessionToken.TryParse(frame.Token, out var token) && token.MayBelongTo(User):
                Attach(new SessionMessages.Resume(token.Id, token.Secret, frame.Epoch, frame.Offset, Connection)
                {
                    By = EntryPointOf(_opened!),
                    IsReloaded = frame.IsReloaded,
                });
                break;
            case SessionFrameKind.Resume: Attach(StartOf(isLost: true)); break;
            default: Break("the first frame is a hello"); break;
        }
    }

    private SessionMessages.Start StartOf(bool isLost)
    {
        var token = SessionToken.New(User);
        return new SessionMessages.Start(
            token.Id, token.Secret, isLost, Connection, _endpoint, _opened! with { Subprotocol = _subprotocol });
    }

    private SessionMessages.EntryPoint EntryPointOf(Ws.Opened opened) =>
        new(_endpoint, opened.Request.Route, _subprotocol, opened.Principal, opened.Items);

    private void Attach(SessionMessages.IAttachRequest asked)
    {
        _host.Home.Tell(asked, Self);
        Await(_host.Settings.HelloTimeout, Wait.Attach);
        Become(message => Attaching(message, asked));
    }

    private void Attaching(object message, SessionMessages.IAttachRequest asked)
    {
        switch (message)
        {
            case SessionMessages.Confirm confirm when confirm.Id == asked.Id: Confirm(asked); break;
            case Ws.Ponged: _client.OnAlive().Tell(asked.Confirmed(), Self); break;

            // A session on another node may have welcomed the client, and its Welcomed to this link was lost. The client broke no rule: it
            // may return.
            case Ws.Received: Close(Reconnect); break;
            case SessionMessages.Handled handled: _handledBefore = handled.Offset; break;
            case SessionMessages.Welcomed welcomed when welcomed.Connection.Equals(Connection):
                _deadline?.Cancel();
                Context.Watch(welcomed.Session);
                _open = new OpenSessionLink(
                    this,
                    welcomed.Session,
                    hasPings: SessionProtocol.HasPings(_opened!.Subprotocol),
                    ReliableReceiver.CreateForServer(
                        welcomed.Offset, acknowledged: Math.Min(_handledBefore ?? welcomed.Offset, welcomed.Offset)),
                    acknowledged: (asked as SessionMessages.Resume)?.Offset ?? 0);
                if (_expiring is not null)
                {
                    _open.Forward(_expiring);
                }

                break;
            case SessionMessages.Unknown unknown when unknown.Id == asked.Id: Attach(StartOf(isLost: true)); break;
            case SessionMessages.Refused refused when refused.Id == asked.Id:
                Close(new Ws.Close(CloseCode.TryAgainLater, refused.Reason));
                break;
            case Overdue { For: Wait.Attach }: Close(new Ws.Close(CloseCode.TryAgainLater, "the session does not answer")); break;
            case Ws.Closed: Become(HandleDefault); break;
            default: HandleDefault(message); break;
        }
    }

    private void Confirm(SessionMessages.IAttachRequest asked)
    {
        if (_client.IsAlive(Sender))
        {
            Sender.Tell(asked.Confirmed(), Self);
        }
        else
        {
            TellConnection(Ws.Ping.Instance);
            AskForMore(); // Otherwise no frame is read.
        }
    }

    private void Break(string rule) => Close(new Ws.Close(SessionProtocol.BrokenCode, rule));

    // For the open state, too.

    public new void Become(UntypedReceive state) => base.Become(state);

    public void HandleDefault(object message)
    {
        switch (message)
        {
            case Ws.Opened: Close(Reconnect); break;
            case Ws.Expiring expiring: _expiring = expiring; break;
            case Ws.IEvent or Overdue or Terminated: break; // Of the socket, or too late.
            case SessionMessages.Confirm or SessionMessages.Welcomed or SessionMessages.Handled or SessionMessages.Unknown
                or SessionMessages.Refused:
                break; // Too late.
            default: Unhandled(message); break;
        }
    }

    /// <summary>Demands one more message of the client, unless one is demanded already.</summary>
    public void AskForMore()
    {
        if (!_isDemanded)
        {
            _isDemanded = true;
            TellConnection(Ws.Demand.One);
        }
    }

    /// <summary>The demanded message has come.</summary>
    public void OnDemandMet() => _isDemanded = false;

    public void Close(Ws.Close close)
    {
        TellConnection(close);
        Become(HandleDefault);
    }

    public void TellConnection(object message) => Tell(Connection, message);

    public void Tell(IActorRef actor, object message) => actor.Tell(message, Self);

    /// <summary>Waits for something else than before.</summary>
    public void Await(TimeSpan time, Wait wait)
    {
        _deadline?.Cancel();
        _deadline = TellSelf(time, wait);
    }

    public ICancelable TellSelf(TimeSpan time, Wait wait) => _host.Clock.TellOnce(Context.System.Scheduler, time, Self, new Overdue(wait));
}
