using Akka.Actor;
using WsActors.Messages;
using WsActors.Protocol;
using WsActors.Runtime;
using WsActors.Sessions.Subprotocol;

namespace WsActors.Sessions;

/// <summary>
/// The handler of a connection that speaks the subprotocol: finds its session or starts one, and forwards the client's messages within the
/// session's window. The session sends to the connection directly. A client that must return is told so in one way: the connection closes
/// with 1012.
/// </summary>
internal sealed class SessionLinkActor : UntypedActor
{
    // AwaitingHello --hello--> Attaching --serving--> Open
    // In each: --closed--> (stopped by the connection)

    private enum Wait
    {
        Hello,
        Attach,
        Probe,
        Room,
    }

    /// <summary>The deadline of a wait has passed.</summary>
    private sealed record Overdue(Wait For) : INoSerializationVerificationNeeded;

    /// <summary>The time in which another node must answer.</summary>
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(5);

    private readonly SessionHost _host;

    private readonly string _endpoint;

    private readonly string? _subprotocol;

    /// <summary>Takes the client's messages; while it is full, the client is not read.</summary>
    private ReliableReceiver _receiver = ReliableReceiver.CreateForServer();

    private Ws.Opened? _opened;

    private IActorRef _connection;

    private ICancelable? _deadline;

    /// <summary>Used until the session is attached.</summary>
    private readonly ClientLiveness _client;

    /// <summary>The last of the session's messages that the client has acknowledged.</summary>
    private long _acknowledged;

    /// <summary>The last message of the client that the session had handled when it was attached; null if it had handled all.</summary>
    private long? _handledBefore;

    /// <summary>Whether demand for a message is outstanding at the connection.</summary>
    private bool _isDemanded;

    /// <summary>Whether the session has answered since the last probe.</summary>
    private bool _isHeard;

    /// <summary>The next check whether the client is still not read; null while it is read.</summary>
    private ICancelable? _roomCheck;

    public SessionLinkActor(SessionHost host, string endpoint, string? subprotocol) =>
        (_host, _endpoint, _subprotocol, _connection, _client) =
            (host, endpoint, subprotocol, Context.Parent, new ClientLiveness(host.Clock));

    /// <param name="host">The node's session host.</param>
    /// <param name="endpoint">The endpoint that accepted the connection.</param>
    /// <param name="subprotocol">The application's subprotocol; null for none.</param>
    public static Props PropsFor(SessionHost host, string endpoint, string? subprotocol) =>
        Props.Create<SessionLinkActor>(host, endpoint, subprotocol!);

    protected override void PostStop()
    {
        _deadline?.Cancel();
        _roomCheck?.Cancel();
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

    private static Ws.Close Reconnect { get; } = new(CloseCode.ServiceRestart, "reconnect to resume your session");

    private string? User => _opened!.User;

    private bool HasPings => _opened!.Subprotocol == SessionProtocol.V2;

    private void Start(Ws.Opened opened)
    {
        (_opened, _connection) = (opened, opened.Connection);
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
        _isDemanded = false;
        _client.OnHeard();
        if (!SessionFrameReader.TryRead(Role.Client, received.Kind, received.Payload, out var frame, out var violation))
        {
            Break(violation.Reason);
            return;
        }

        switch (frame.Kind)
        {
            case SessionFrameKind.Hello: Attach(StartOf(isLost: false)); break;
            case SessionFrameKind.Resume when SessionToken.TryParse(frame.Token, out var token) && token.MayBelongTo(User):
                Attach(new SessionMessages.Resume(token.Id, token.Secret, frame.Epoch, frame.Offset, _connection)
                {
                    By = EntryPointOf(_opened!)
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
            token.Id, token.Secret, isLost, _connection, _endpoint, _opened! with { Subprotocol = _subprotocol });
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
            case SessionMessages.Welcomed welcomed when welcomed.Connection.Equals(_connection):
                _deadline?.Cancel();
                _receiver = ReliableReceiver.CreateForServer(
                    welcomed.Offset, acknowledged: Math.Min(_handledBefore ?? welcomed.Offset, welcomed.Offset));
                _acknowledged = (asked as SessionMessages.Resume)?.Offset ?? 0;
                Context.Watch(welcomed.Session);
                Become(next => Open(next, welcomed.Session));
                if (_receiver.Unacknowledged > 0)
                {
                    StartProbing(welcomed.Session);
                }

                AskForMore();
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

    /// <summary>Starts to probe a session on another node; within one node no message is lost.</summary>
    private void StartProbing(IActorRef session)
    {
        if (!session.Path.Address.HasLocalScope)
        {
            _isHeard = true;
            Await(ProbeInterval, Wait.Probe);
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
            _connection.Tell(Ws.Ping.Instance, Self);
            AskForMore(); // Otherwise no frame is read.
        }
    }

    private void Open(object message, IActorRef session)
    {
        switch (message)
        {
            case Ws.Received received: Read(received, session); break;
            case SessionMessages.Handled handled: OnHandled(handled.Offset); break;
            case Ws.Closed closed:
                session.Tell(new SessionMessages.ConnectionClosed(_connection, closed), Self);
                Become(HandleDefault);
                break;
            case Terminated: Close(Reconnect); break;
            case Overdue { For: Wait.Probe }: Probe(session); break;
            case Overdue { For: Wait.Room }: CheckRoom(); break;
            default: HandleDefault(message); break;
        }
    }

    private void HandleDefault(object message)
    {
        switch (message)
        {
            case Ws.Opened: Close(Reconnect); break;
            case Ws.IEvent or Overdue or Terminated: break; // Of the socket, or too late.
            case SessionMessages.Confirm or SessionMessages.Welcomed or SessionMessages.Handled or SessionMessages.Unknown
                or SessionMessages.Refused:
                break; // Too late.
            default: Unhandled(message); break;
        }
    }

    private void Read(Ws.Received received, IActorRef session)
    {
        _isDemanded = false;
        if (!SessionFrameReader.TryRead(Role.Client, received.Kind, received.Payload, out var frame, out var violation))
        {
            Break(violation.Reason, session);
            return;
        }

        switch (frame.Kind)
        {
            case SessionFrameKind.Message when _receiver.TryTake(frame.Offset, frame.Payload.Length, out var isNext):
                if (isNext)
                {
                    Forward(frame, session);
                }

                break;
            case SessionFrameKind.Message:
                Break(SessionProtocol.Gap.Reason, session);
                return;
            case SessionFrameKind.Ack when frame.Offset > _acknowledged:
                _acknowledged = frame.Offset;
                session.Tell(new SessionMessages.Acknowledged(_connection, frame.Offset), Self);
                break;
            case SessionFrameKind.Ack: break; // Nothing new.
            case SessionFrameKind.Ping or SessionFrameKind.Pong when !HasPings:
                Break(SessionProtocol.NoPings.Reason, session);
                return;
            case SessionFrameKind.Ping: Send(SessionFrameWriter.Pong()); break;
            case SessionFrameKind.Pong: break;
            default:
                Break("a hello is the first frame alone", session);
                return;
        }

        AskForMore();
    }

    private void Forward(in SessionFrame frame, IActorRef session)
    {
        session.Tell(new SessionMessages.MessageReceived(_connection, frame.Offset, frame.MessageKind, frame.Payload), Self);
        if (_receiver.Unacknowledged == 1)
        {
            StartProbing(session);
        }
    }

    /// <summary>The session has handled messages: as many more may be read.</summary>
    private void OnHandled(long handled)
    {
        _isHeard = true;
        _receiver.Acknowledge(handled);
        AskForMore();
    }

    /// <summary>
    /// Probes a session on another node while messages to it are unhandled. A probe without an answer means that they are lost.
    /// </summary>
    private void Probe(IActorRef session)
    {
        if (_receiver.Unacknowledged == 0)
        {
            return;
        }

        if (!_isHeard)
        {
            Detach(Reconnect, session);
            return;
        }

        _isHeard = false;
        session.Tell(new SessionMessages.Probe(_connection, _receiver.Last), Self);
        Await(ProbeInterval, Wait.Probe);
    }

    private void AskForMore()
    {
        if (!_isDemanded && !_receiver.IsFull)
        {
            _isDemanded = true;
            _connection.Tell(Ws.Demand.One, Self);
        }
        else if (_receiver.IsFull && HasPings)
        {
            _roomCheck ??= TellSelf(SessionProtocol.PingInterval, Wait.Room);
        }
    }

    /// <summary>
    /// Pings the client while the receiver is full: the client's own ping lies unread behind its messages, and this one shows that the
    /// server is alive.
    /// </summary>
    private void CheckRoom()
    {
        _roomCheck = null;
        if (_receiver.IsFull)
        {
            Send(SessionFrameWriter.Ping());
            AskForMore();
        }
    }

    private void Send(ReadOnlyMemory<byte> frame) => _connection.Tell(SessionFrameWriter.SendOf(frame), Self);

    private void Break(string rule) => Close(new Ws.Close(SessionProtocol.BrokenCode, rule));

    private void Break(string rule, IActorRef session) => Detach(new Ws.Close(SessionProtocol.BrokenCode, rule), session);

    /// <summary>Closes the connection, and detaches it from the session at once, without waiting for the peer's close.</summary>
    private void Detach(Ws.Close close, IActorRef session)
    {
        Close(close);
        var closed = new Ws.Closed
        {
            Connection = _connection,
            Code = close.Code,
            Reason = close.Reason,
            By = Ws.Side.Local,
            WasClean = false,
            Duration = TimeSpan.Zero,
            BytesReceived = 0,
            BytesSent = 0,
        };
        session.Tell(new SessionMessages.ConnectionClosed(_connection, closed), Self);
    }

    private void Close(Ws.Close close)
    {
        _connection.Tell(close, Self);
        Become(HandleDefault);
    }

    private void Await(TimeSpan time, Wait wait)
    {
        _deadline?.Cancel();
        _deadline = TellSelf(time, wait);
    }

    private ICancelable TellSelf(TimeSpan time, Wait wait) => _host.Clock.TellOnce(Context.System.Scheduler, time, Self, new Overdue(wait));
}
