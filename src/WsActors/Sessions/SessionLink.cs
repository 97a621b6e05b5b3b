using Akka.Actor;
using WsActors.Protocol;
using WsActors.Protocol.Messages;

namespace WsActors.Sessions;

/// <summary>
/// The handler of a connection that speaks the subprotocol: finds its session or begins one, and passes on what comes, no more at a time than
/// the session deals with. What the session sends, it tells the connection itself. There is one way back for a client, whatever happened to its
/// session: the connection closes with 1012.
/// </summary>
internal sealed class SessionLink : UntypedActor
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

    /// <summary>Told when that has not come in time.</summary>
    private sealed record Overdue(Wait For) : INoSerializationVerificationNeeded;

    /// <summary>How long another node may take to answer.</summary>
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(5);

    private readonly SessionHost _host;

    private readonly string _endpoint;

    private readonly string? _subprotocol;

    private readonly Unhandled _unhandled = new();

    private Ws.Opened? _opened;

    private IActorRef _connection;

    private ICancelable? _deadline;

    /// <summary>Until it has its session.</summary>
    private readonly WaitingClient _client;

    /// <summary>The last of the session's messages that it knows the client to have.</summary>
    private long _acknowledged;

    /// <summary>The last message of the client that the session had dealt with when it was found; null if that was all that it was told.</summary>
    private long? _handledBefore;

    /// <summary>Whether the connection was asked for a message that has not come.</summary>
    private bool _isAsked;

    /// <summary>Whether the session has said something since it was last asked to.</summary>
    private bool _isHeard;

    /// <summary>When to see whether the client is still not read; null while it is.</summary>
    private ICancelable? _roomCheck;

    public SessionLink(SessionHost host, string endpoint, string? subprotocol) =>
        (_host, _endpoint, _subprotocol, _connection, _client) = (host, endpoint, subprotocol, Context.Parent, new WaitingClient(host.Clock));

    /// <param name="host">The node's.</param>
    /// <param name="endpoint">Where the connection came in.</param>
    /// <param name="subprotocol">What the application agreed on with the client; null for nothing.</param>
    public static Props PropsFor(SessionHost host, string endpoint, string? subprotocol) =>
        Props.Create<SessionLink>(host, endpoint, subprotocol!);

    protected override void PostStop()
    {
        _deadline?.Cancel();
        _roomCheck?.Cancel();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Ws.Opened { Resumed: false } opened: Begin(opened); break;
            case Ws.Opened opened: opened.Connection.Tell(ComeBack); break; // It failed, and knows nothing any more.
            case Ws.IEvent: break;
            default: Unhandled(message); break;
        }
    }

    private static Ws.Close ComeBack { get; } = new(CloseCode.ServiceRestart, "come back to your session");

    private string? User => _opened!.User;

    private bool HasPings => _opened!.Subprotocol == SessionProtocol.V2;

    private void Begin(Ws.Opened opened)
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
            default: Otherwise(message); break;
        }
    }

    private void ReadHello(Ws.Received received)
    {
        _isAsked = false;
        _client.Heard();
        if (!SessionFrameReader.TryRead(Role.Client, received.Kind, received.Payload, out var frame, out var violation))
        {
            Break(violation.Reason);
            return;
        }

        switch (frame.Kind)
        {
            case SessionFrameKind.Hello: Attach(BeginOf(isLost: false)); break;
            case SessionFrameKind.Resume when SessionToken.TryParse(frame.Token, out var token) && token.MayBeOf(User):
                Attach(new Session.Resume(token.Id, token.Secret, frame.Epoch, frame.Offset, _connection) { By = EntryOf(_opened!) });
                break;
            case SessionFrameKind.Resume: Attach(BeginOf(isLost: true)); break;
            default: Break("the first frame is a hello"); break;
        }
    }

    private Session.Begin BeginOf(bool isLost)
    {
        var token = SessionToken.New(User);
        return new Session.Begin(token.Id, token.Secret, isLost, _connection, _endpoint, _opened! with { Subprotocol = _subprotocol });
    }

    private Session.Entry EntryOf(Ws.Opened opened) => new(_endpoint, opened.Request.Route, _subprotocol, opened.Principal, opened.Items);

    private void Attach(Session.IAsking asked)
    {
        _host.Home.Tell(asked, Self);
        Await(_host.Settings.HelloTimeout, Wait.Attach);
        Become(message => Attaching(message, asked));
    }

    private void Attaching(object message, Session.IAsking asked)
    {
        switch (message)
        {
            case Session.Confirm confirm when confirm.Id == asked.Id: Confirm(asked); break;
            case Ws.Ponged: _client.Shown().Tell(asked.Confirmed(), Self); break;

            // It may have been welcomed by a session on another node whose Serving was lost on its way here: no fault of the client's, which may come back.
            case Ws.Received: Close(ComeBack); break;
            case Session.Handled handled: _handledBefore = handled.Offset; break;
            case Session.Serving serving when serving.Connection.Equals(_connection):
                _deadline?.Cancel();
                _unhandled.Begin(serving.Offset, handled: Math.Min(_handledBefore ?? serving.Offset, serving.Offset));
                _acknowledged = (asked as Session.Resume)?.Offset ?? 0;
                Context.Watch(serving.Session);
                Become(next => Open(next, serving.Session));
                if (!_unhandled.IsEmpty)
                {
                    StartProbing(serving.Session);
                }

                AskForMore();
                break;
            case Session.Unknown unknown when unknown.Id == asked.Id: Attach(BeginOf(isLost: true)); break;
            case Session.Refused refused when refused.Id == asked.Id: Close(new Ws.Close(CloseCode.TryAgainLater, refused.Reason)); break;
            case Overdue { For: Wait.Attach }: Close(new Ws.Close(CloseCode.TryAgainLater, "the session does not answer")); break;
            case Ws.Closed: Become(Otherwise); break;
            default: Otherwise(message); break;
        }
    }

    /// <summary>Of a session on another node; on this one nothing is lost.</summary>
    private void StartProbing(IActorRef session)
    {
        if (!session.Path.Address.HasLocalScope)
        {
            _isHeard = true;
            Await(ProbeInterval, Wait.Probe);
        }
    }

    private void Confirm(Session.IAsking asked)
    {
        if (_client.IsThere(Sender))
        {
            Sender.Tell(asked.Confirmed(), Self);
        }
        else
        {
            _connection.Tell(Ws.Ping.Instance, Self);
            AskForMore(); // Else nothing is read.
        }
    }

    private void Open(object message, IActorRef session)
    {
        switch (message)
        {
            case Ws.Received received: Read(received, session); break;
            case Session.Handled handled: Settle(handled.Offset); break;
            case Ws.Closed closed:
                session.Tell(new Session.Gone(_connection, closed), Self);
                Become(Otherwise);
                break;
            case Terminated: Close(ComeBack); break;
            case Overdue { For: Wait.Probe }: Probe(session); break;
            case Overdue { For: Wait.Room }: CheckRoom(); break;
            default: Otherwise(message); break;
        }
    }

    private void Otherwise(object message)
    {
        switch (message)
        {
            case Ws.Opened: Close(ComeBack); break;
            case Ws.IEvent or Overdue or Terminated: break; // Of the socket, or too late.
            case Session.Confirm or Session.Serving or Session.Handled or Session.Unknown or Session.Refused: break; // Likewise.
            default: Unhandled(message); break;
        }
    }

    private void Read(Ws.Received received, IActorRef session)
    {
        _isAsked = false;
        if (!SessionFrameReader.TryRead(Role.Client, received.Kind, received.Payload, out var frame, out var violation))
        {
            Break(violation.Reason, session);
            return;
        }

        switch (frame.Kind)
        {
            case SessionFrameKind.Message when frame.Offset == _unhandled.Last + 1: Pass(frame, session); break;
            case SessionFrameKind.Message when frame.Offset <= _unhandled.Last: break; // It came before.
            case SessionFrameKind.Message:
                Break("a message is missing before this one", session);
                return;
            case SessionFrameKind.Ack when frame.Offset > _acknowledged:
                _acknowledged = frame.Offset;
                session.Tell(new Session.Acknowledged(_connection, frame.Offset), Self);
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

    private void Pass(in SessionFrame frame, IActorRef session)
    {
        session.Tell(new Session.Came(_connection, frame.Offset, frame.MessageKind, frame.Payload), Self);
        if (_unhandled.IsEmpty)
        {
            StartProbing(session);
        }

        _unhandled.Add(frame.Payload.Length);
    }

    /// <summary>The session has dealt with messages: so many more may come.</summary>
    private void Settle(long handled)
    {
        _isHeard = true;
        _unhandled.Settle(handled);
        AskForMore();
    }

    /// <summary>Something is on its way to another node, which may be gone, or have lost it: who has said nothing twice has.</summary>
    private void Probe(IActorRef session)
    {
        if (_unhandled.IsEmpty)
        {
            return;
        }

        if (!_isHeard)
        {
            Leave(ComeBack, session);
            return;
        }

        _isHeard = false;
        session.Tell(new Session.Probe(_connection, _unhandled.Last), Self);
        Await(ProbeInterval, Wait.Probe);
    }

    private void AskForMore()
    {
        if (!_isAsked && _unhandled.HasRoom)
        {
            _isAsked = true;
            _connection.Tell(Ws.Demand.One, Self);
        }
        else if (!_unhandled.HasRoom && HasPings)
        {
            _roomCheck ??= TellSelf(SessionProtocol.PingInterval, Wait.Room);
        }
    }

    /// <summary>
    /// A ping of the client lies unread behind its messages while its handler has enough to do: it is pinged instead, and hears that its server
    /// lives.
    /// </summary>
    private void CheckRoom()
    {
        _roomCheck = null;
        if (!_unhandled.HasRoom)
        {
            Send(SessionFrameWriter.Ping());
            AskForMore();
        }
    }

    private void Send(ReadOnlyMemory<byte> frame) => _connection.Tell(Ws.Send.Of(MessageKind.Text, frame) with { Compress = false }, Self);

    private void Break(string rule) => Close(new Ws.Close(SessionProtocol.BrokenCode, rule));

    private void Break(string rule, IActorRef session) => Leave(new Ws.Close(SessionProtocol.BrokenCode, rule), session);

    /// <summary>Nothing more of this connection: the session need not wait until its peer has closed, too.</summary>
    private void Leave(Ws.Close close, IActorRef session)
    {
        Close(close);
        var closed = new Ws.Closed(_connection, close.Code, close.Reason, Ws.Side.Local, WasClean: false, TimeSpan.Zero, 0, 0);
        session.Tell(new Session.Gone(_connection, closed), Self);
    }

    private void Close(Ws.Close close)
    {
        _connection.Tell(close, Self);
        Become(Otherwise);
    }

    private void Await(TimeSpan time, Wait what)
    {
        _deadline?.Cancel();
        _deadline = TellSelf(time, what);
    }

    private ICancelable TellSelf(TimeSpan time, Wait what) => _host.Clock.TellOnce(Context.System.Scheduler, time, Self, new Overdue(what));
}
