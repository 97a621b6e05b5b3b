using System.Net;
using Akka.Actor;
using Akka.Event;
using Akka.IO;
using WsActors.Manager;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Handshake;
using WsActors.Protocol.Messages;
using WsActors.Routing;
using Socket = WsActors.Transport.Socket;

namespace WsActors.Connection;

/// <summary>
/// One socket, from its first byte to its last. Owns the parsers, what waits to be sent, and the handler when that is its child.
/// </summary>
internal sealed class ConnectionActor : UntypedActor
{
    // Handshaking --asks for an upgrade--> Admitting --(guard: Asking)--> Open --half-closed by the peer--> HalfClosed
    //    |                                     |                           |  \--closed by us--> Closing       |
    //    |--plain HTTP--> Asking               |                           |                        |          |
    //    |                   |                 |                           |--peer closed or broke a rule      |
    //    \--refused----------+-----------------+--> Leaving <--------------+------------------------+----------/
    //                                                  \--socket gone--> Finishing --handler gone--> (stopped)

    /// <summary>What a guard or a delegate answered, or why it could not.</summary>
    private sealed record Answered(object Question, object? Answer, Exception? Failure);

    private readonly Endpoint _endpoint;
    private readonly EndPoint _remote;
    private readonly WakeUp _wakeUp;
    private readonly Socket _socket;
    private readonly Outbox _outbox;

    /// <summary>Whether a read is asked for that has not come yet.</summary>
    private bool _isReading;

    /// <summary>When the current state ends by itself. An open connection has clocks of its own instead.</summary>
    private TimeSpan _deadline;

    /// <summary>The open WebSocket; null before, and for whoever is refused.</summary>
    private Conversation? _open;

    private RestartBudget? _restarts;

    public ConnectionActor(Endpoint endpoint, IActorRef source, EndPoint remote, WakeUp wakeUp)
    {
        _endpoint = endpoint;
        _remote = remote;
        _wakeUp = wakeUp;
        _socket = new Socket(source, Self);
        _outbox = new Outbox(endpoint.Buffers, endpoint.Options.MaxQueuedBytes);
    }

    public static Props PropsFor(Endpoint endpoint, IActorRef source, EndPoint remote, WakeUp wakeUp) =>
        Props.Create<ConnectionActor>(endpoint, source, remote, wakeUp);

    private EndpointOptions Options => _endpoint.Options;

    private TimeSpan Now => _endpoint.Clock.Now;

    protected override void PreStart()
    {
        Context.Watch(_socket.Source);
        _socket.Register();
        ReadOn();
        var parser = new RequestParser(Options.Request);
        BecomeUntil(Now + Options.HandshakeTimeout, message => Handshaking(message, parser));
    }

    /// <summary>Only after a failure of our own, or at the end of the system, is a WebSocket still open here.</summary>
    protected override void PostStop()
    {
        if (_open is { IsOver: false } open)
        {
            var end = new End(CloseCode.InternalError, "the server failed", Ws.Side.Local);
            _outbox.DropWaiting();
            if (!_outbox.IsWaiting)
            {
                _outbox.AppendClose(end.Code, end.Reason);
                _outbox.GiveUpWrite();
                Flush();
            }

            _socket.Close();
            open.IsHandlerGone |= open.OwnsHandler;
            open.Finish(end, Now);
        }

        _outbox.Abandon();
    }

    protected override void OnReceive(object message) => Unhandled(message);

    // A handler that fails is restarted and the socket lives on, so many times in a window.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
    {
        _restarts ??= new RestartBudget(Options.MaxHandlerRestarts, Options.HandlerRestartWindow);
        if (cause is not ActorInitializationException && _restarts.TrySpend(Now))
        {
            return Directive.Restart;
        }

        _open!.HasHandlerFailed = true;
        return Directive.Stop;
    });

    // The request.

    private void Handshaking(object message, RequestParser parser)
    {
        switch (message)
        {
            case Tcp.Received received: ReadRequest(Take(received), parser); break;
            case Tcp.PeerClosed: Leave(null); break;
            case Ws.Close: Refuse(Refusals.GoingAway(_endpoint)); break;
            case WakeUp.Tick when IsOver: Refuse(Refusals.TooSlow); break;
            default: Otherwise(message); break;
        }
    }

    private void ReadRequest(ReadOnlySpan<byte> bytes, RequestParser parser)
    {
        if (!parser.TryRead(ref bytes, out var fact))
        {
            ReadOn();
            return;
        }

        switch (fact)
        {
            case Refusal refusal: Refuse(refusal); break;
            case HttpRequest http: Judge(http, bytes.ToArray()); break;
        }
    }

    /// <param name="http">The request.</param>
    /// <param name="early">What came behind it: frames, if the upgrade succeeds.</param>
    private void Judge(HttpRequest http, byte[] early)
    {
        switch (_endpoint.Gate.Judge(http, Address))
        {
            case Verdict.Refuse refuse:
                Refuse(refuse.Refusal);
                break;
            case Verdict.Answer answer:
                Ask(cancellation => answer.Route.Answer(http, cancellation), response => Respond(response, withBody: http.Method != "HEAD"));
                break;
            case Verdict.Upgrade upgrade:
                Context.Parent.Tell(new ManagerActor.Admit(upgrade.Request.ClientAddress));
                BecomeUntil(Now + Options.GuardTimeout, message => Admitting(message, upgrade, early));
                break;
        }
    }

    private void Admitting(object message, Verdict.Upgrade upgrade, byte[] early)
    {
        switch (message)
        {
            case ManagerActor.Admitted when upgrade.Route.Options.Guard is { } guard:
                Ask(cancellation => guard(upgrade.Request, cancellation), decision => Decide(upgrade, decision, early));
                break;
            case ManagerActor.Admitted: Upgrade(upgrade, GuardDecision.Unguarded, early); break;
            case ManagerActor.NotAdmitted refused: Refuse(Refusals.Unavailable(_endpoint, refused.Reason)); break;
            case Ws.Close: Refuse(Refusals.GoingAway(_endpoint)); break;
            default: Otherwise(message); break;
        }
    }

    private void Decide(Verdict.Upgrade upgrade, GuardDecision decision, byte[] early)
    {
        switch (decision)
        {
            case GuardDecision.Accepted accepted: Upgrade(upgrade, accepted, early); break;
            case GuardDecision.Rejected { Response: var response }:
                NoteRefusal(response.Status, "The guard rejected it.");
                Respond(response, withBody: true);
                break;
            case GuardDecision.AcceptedAndClosed { Close: var close }:
                NoteRefusal(101, $"The guard closed it with {close.Code}.");
                ServerHandshake.WriteAccept(_outbox, upgrade.Offer, upgrade.Subprotocol, []);
                _outbox.AppendClose(close.Code, close.Reason);
                Leave(null);
                break;
        }
    }

    // Waiting for code that is not ours: a guard or a delegate. It runs off the actor, so that it may block or throw as it likes.

    private void Ask<T>(Func<CancellationToken, Task<T>> question, Action<T> then)
        where T : class
    {
        var cancellation = new CancellationTokenSource();
        var self = Self;
        _ = Task.Run(() => question(cancellation.Token)).PipeTo(
            self,
            success: answer => new Answered(cancellation, answer, null),
            failure: e => new Answered(cancellation, null, e));
        BecomeUntil(Now + Options.GuardTimeout, message => Asking(message, cancellation, answer => then((T)answer)));
    }

    private void Asking(object message, CancellationTokenSource question, Action<object> then)
    {
        switch (message)
        {
            case Answered { Answer: { } answer }:
                question.Dispose();
                then(answer);
                break;
            case Answered { Failure: var failure }:
                question.Dispose();
                _endpoint.Log.Error(failure, "{Endpoint}: a guard or delegate failed", _endpoint.Name);
                Refuse(Refusals.Failed);
                break;
            case WakeUp.Tick when IsOver:
                question.Cancel();
                Refuse(Refusals.Unavailable(_endpoint, "The server takes too long to decide; come back later."));
                break;
            case Ws.Close:
                question.Cancel();
                Refuse(Refusals.GoingAway(_endpoint));
                break;
            case Tcp.ConnectionClosed or Terminated:
                question.Cancel();
                Otherwise(message);
                break;
            default: Otherwise(message); break;
        }
    }

    // The open WebSocket.

    private void Upgrade(Verdict.Upgrade upgrade, GuardDecision.Accepted accepted, byte[] early)
    {
        var subprotocol = accepted.Subprotocol ?? upgrade.Subprotocol;
        IActorRef handler;
        try
        {
            ServerHandshake.WriteAccept(_outbox, upgrade.Offer, subprotocol, accepted.Headers);
            handler = upgrade.Route.Handler switch
            {
                HandlerSource.Shared shared => shared.Handler,
                HandlerSource.PerConnection own => Context.ActorOf(own.Props(upgrade.Request), "handler"),
                var other => throw new InvalidOperationException($"Unknown handler source {other}."),
            };
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _endpoint.Log.Error(e, "{Endpoint}: the handler or the answer of {Route} could not be made", _endpoint.Name, upgrade.Request.Route);
            _outbox.Abandon();
            Refuse(Refusals.Failed);
            return;
        }

        Context.Watch(handler);
        var instruments = _endpoint.InstrumentsOf(upgrade.Request.Route);
        _open = new Conversation(Self, Options, instruments, handler, upgrade.Route.Handler is HandlerSource.PerConnection, Now);
        instruments.Opened();
        _endpoint.Log.Debug("{Connection} opened on {Endpoint} {Route}", Self.Path.Name, _endpoint.Name, upgrade.Request.Route);
        handler.Tell(new Ws.Opened(Self, upgrade.Request, subprotocol, accepted.Principal, accepted.Items));
        Become(Open);
        Read(_open, early);
    }

    private void Open(object message)
    {
        var open = _open!;
        switch (message)
        {
            case Tcp.Received received: Read(open, Take(received)); break;
            case Ws.Send send: Send(open, send); break;
            case Socket.Written: FinishWrite(); GoOn(open); break;
            case Ws.Ping: Ping(open, Sender); break;
            case Ws.Close close: StartClosing(new End(close.Code, close.Reason, Ws.Side.Local)); break;
            case WakeUp.Tick: CheckClocks(open); break;
            case Tcp.PeerClosed: AwaitLastAnswer(open); break;
            case Terminated gone when open.Lost(gone.ActorRef): StartClosing(open.EndOfHandler); break;
            default: Otherwise(message, End.Abnormal(Ws.Side.Peer, "the socket ended")); break;
        }
    }

    private void Read(Conversation open, ReadOnlySpan<byte> bytes)
    {
        var now = Now;
        var count = bytes.Length;
        var hasFact = false;
        while (open.Stream.TryRead(ref bytes, out var fact))
        {
            hasFact = true;
            switch (fact.Kind)
            {
                case StreamEventKind.Message: open.Deliver(fact, now); break;
                case StreamEventKind.Ping: _outbox.Append(Opcode.Pong, fact.Payload.Span); break;
                case StreamEventKind.Pong: Answer(open, fact.Payload, now); break;
                case StreamEventKind.Close: AnswerClose(fact); return;
                case StreamEventKind.Violation: Fail(fact.Violation); return;
            }
        }

        open.Clocks.Heard(now, count, open.Stream.IsMidFrame, hasFact);
        GoOn(open);
    }

    private void Send(Conversation open, Ws.Send send)
    {
        if (_outbox.HasRoomFor(send.Payload.Length))
        {
            _outbox.Append(send.Kind == MessageKind.Text ? Opcode.Text : Opcode.Binary, send.Payload.Span);
            open.CountSent(send.Payload.Length, Now);
            GoOn(open);
        }
        else
        {
            // What is queued may still leave for a while; then it is dropped, so that the close frame can.
            StartClosing(new End(CloseCode.TryAgainLater, "too slow for what is sent", Ws.Side.Local), dropAt: Now + Options.QueueGrace);
        }
    }

    private void Ping(Conversation open, IActorRef? asker)
    {
        open.Pings.Send(_outbox, asker);
        open.Clocks.PingQueued();
        GoOn(open);
    }

    private void Answer(Conversation open, ReadOnlyMemory<byte> pong, TimeSpan now)
    {
        foreach (var (asker, roundTrip) in open.Pings.Answer(pong, now))
        {
            open.Instruments.RoundTrip(roundTrip);
            asker?.Tell(new Ws.Ponged(Self, roundTrip));
        }
    }

    private void CheckClocks(Conversation open)
    {
        switch (open.Clocks.At(Now))
        {
            case Due.Ping: Ping(open, asker: null); break;
            case Due.Idle: StartClosing(new End(CloseCode.GoingAway, "idle", Ws.Side.Local)); break;
            case Due.FrameStalled: Fail(new Violation(CloseCode.PolicyViolation, "a frame began and did not go on")); break;
            case Due.PongMissing: Abort(End.Abnormal(Ws.Side.Peer, "no answer to a ping")); break;
            case Due.WriteStalled: Abort(End.Abnormal(Ws.Side.Peer, "the peer does not read")); break;
            default: GoOn(open); break;
        }
    }

    /// <summary>The end of every message in <see cref="Open"/>: what it produced leaves as one write, reading goes on, the clocks are set.</summary>
    private void GoOn(Conversation open)
    {
        var now = Now;
        if (open.Pings.Leave(_outbox.TotalTaken, now))
        {
            open.Clocks.PingLeft(now);
        }

        Flush();
        open.CountQueued(_outbox.QueuedBytes);
        if (_outbox.QueuedBytes > Options.PauseReadingAboveBytes)
        {
            open.Clocks.Pause(now);
        }
        else
        {
            open.Clocks.Resume(now);
            ReadOn();
        }

        _wakeUp.At(open.Clocks.Next);
    }

    // The end.

    /// <summary>The peer sends no more, yet reads: what the handler still says to what came before has to get out.</summary>
    private void AwaitLastAnswer(Conversation open)
    {
        open.Handler.Tell(new Identify(Self));
        BecomeUntil(Now + Options.CloseTimeout, message => HalfClosed(message, open));
    }

    private void HalfClosed(object message, Conversation open)
    {
        var end = End.Abnormal(Ws.Side.Peer, "the peer closed its socket");
        switch (message)
        {
            case Ws.Send send when _outbox.HasRoomFor(send.Payload.Length):
                _outbox.Append(send.Kind == MessageKind.Text ? Opcode.Text : Opcode.Binary, send.Payload.Span);
                open.CountSent(send.Payload.Length, Now);
                Flush();
                break;
            case Ws.Close close:
                _outbox.AppendClose(close.Code, close.Reason);
                Leave(end);
                break;
            case ActorIdentity or Ws.Send: Leave(end); break;
            case Terminated gone when open.Lost(gone.ActorRef): Leave(end); break;
            case WakeUp.Tick when IsOver: Leave(end); break;
            default: Otherwise(message, end); break;
        }
    }

    private void AnswerClose(in StreamEvent close)
    {
        _outbox.AppendClose(close.CloseCode == CloseCode.NoStatus ? null : close.CloseCode, "");
        Leave(new End(close.CloseCode, close.CloseReason, Ws.Side.Peer, WasClean: true));
    }

    private void Fail(Violation violation)
    {
        _outbox.AppendClose(violation.Code, violation.Reason);
        Leave(new End(violation.Code, violation.Reason, Ws.Side.Local));
    }

    /// <summary>Sends our close frame behind what is queued, and waits for the peer's.</summary>
    /// <param name="end">How it ends.</param>
    /// <param name="dropAt">When what is still queued is dropped, so that the close frame can leave.</param>
    private void StartClosing(End end, TimeSpan? dropAt = null)
    {
        _outbox.AppendClose(end.Code, end.Reason);
        Flush();
        ReadOn();
        Become(message => Closing(message, end, dropAt));
        AwaitPeer(dropAt);
    }

    private void Closing(object message, End end, TimeSpan? dropAt)
    {
        switch (message)
        {
            case Tcp.Received received: ReadClose(Take(received), end); break;
            case Socket.Written:
                FinishWrite();
                AwaitPeer(dropAt);
                break;
            case WakeUp.Tick when Now >= dropAt:
                DropForClose(end);
                Become(later => Closing(later, end, dropAt: null));
                AwaitPeer();
                break;
            case WakeUp.Tick when IsOver: Abort(end); break;
            case Tcp.PeerClosed: Leave(end); break;
            default: Otherwise(message, end); break;
        }
    }

    private void DropForClose(End end)
    {
        if (_outbox.IsWaiting)
        {
            _outbox.DropWaiting();
            _outbox.AppendClose(end.Code, end.Reason);
            Flush();
        }
    }

    /// <summary>Of what still comes, only the peer's close frame counts.</summary>
    private void ReadClose(ReadOnlySpan<byte> bytes, End end)
    {
        while (_open!.Stream.TryRead(ref bytes, out var fact))
        {
            if (fact.Kind is StreamEventKind.Close or StreamEventKind.Violation)
            {
                Leave(end with { WasClean = fact.Kind == StreamEventKind.Close });
                return;
            }
        }

        ReadOn();
    }

    private void Refuse(Refusal refusal)
    {
        NoteRefusal(refusal.Status, refusal.Reason);
        Respond(refusal.ToResponse(), withBody: true);
    }

    private void NoteRefusal(int status, string reason) =>
        Context.Parent.Tell(new ManagerActor.Refused(_endpoint.Name, _remote, status, reason));

    private void Respond(HttpResponse response, bool withBody)
    {
        ResponseWriter.Write(_outbox, response, _endpoint.Clock.Date, withBody);
        Leave(null);
    }

    /// <summary>Nothing is said any more: what is queued leaves, then the socket closes; what still comes is discarded, so that no reset eats it.</summary>
    /// <param name="end">How the WebSocket ended; null for whoever never had one.</param>
    private void Leave(End? end)
    {
        Become(message => Leaving(message, end));
        Flush();
        ReadOn();
        HangUpWhenEmpty();
    }

    private void Leaving(object message, End? end)
    {
        switch (message)
        {
            case Tcp.Received received:
                Take(received);
                ReadOn();
                break;
            case Socket.Written:
                FinishWrite();
                HangUpWhenEmpty();
                break;
            // A half-close of the peer makes Akka.IO forget a hang-up that waits for a write.
            case Tcp.PeerClosed: HangUpWhenEmpty(); break;
            case WakeUp.Tick when IsOver: Abort(end); break;
            default: Otherwise(message, end); break;
        }
    }

    private void HangUpWhenEmpty()
    {
        if (_outbox.IsEmpty)
        {
            _socket.HangUp();
        }

        AwaitPeer();
    }

    /// <summary>
    /// The deadline of a connection on its way out: while something is queued, that of the write; then the close timeout. A peer that
    /// is slow, but reads, gets all that was queued for it.
    /// </summary>
    private void AwaitPeer(TimeSpan? dropAt = null)
    {
        _deadline = Now + (_outbox.IsEmpty ? Options.CloseTimeout : Options.WriteTimeout);
        _wakeUp.At(dropAt < _deadline ? dropAt.Value : _deadline);
    }

    private void Abort(End? end)
    {
        _outbox.Abandon();
        _socket.Abort();
        BecomeUntil(Now + Options.CloseTimeout, message => Leaving(message, end));
    }

    /// <summary>The socket is gone. The handler is told, and a child has time to deal with it.</summary>
    private void Finish(End? end)
    {
        _outbox.Abandon();
        Context.Unwatch(_socket.Source);
        if (_open is not { } open)
        {
            Context.Stop(Self);
            return;
        }

        var how = end ?? End.Abnormal(Ws.Side.Local, "");
        open.Finish(how, Now);
        _endpoint.Log.Debug("{Connection} closed with {CloseCode}, begun by {Side}", Self.Path.Name, how.Code, how.By);
        if (open.OwnsHandler && !open.IsHandlerGone)
        {
            // Stopping at once would drop the handler's mailbox, Closed and all.
            open.Handler.Tell(PoisonPill.Instance);
            BecomeUntil(Now + Options.CloseTimeout, message => Finishing(message, open));
        }
        else
        {
            Context.Stop(Self);
        }
    }

    private void Finishing(object message, Conversation open)
    {
        switch (message)
        {
            case Terminated gone when open.Lost(gone.ActorRef): Context.Stop(Self); break;
            case WakeUp.Tick when IsOver: Context.Stop(Self); break;
        }
    }

    // In every state.

    /// <param name="message">What the state has no own answer to.</param>
    /// <param name="end">How the WebSocket ends if the socket does; null before there is one.</param>
    private void Otherwise(object message, End? end = null)
    {
        switch (message)
        {
            case Tcp.ConnectionClosed: Finish(end); break;
            case Terminated gone when gone.ActorRef.Equals(_socket.Source): Finish(end); break;
            case Terminated gone: _open?.Lost(gone.ActorRef); break;
            case Socket.Written: FinishWrite(); break;
            case Tcp.CommandFailed: Abort(end); break;
            case Tcp.Received or Tcp.PeerClosed or WakeUp.Tick or Answered or ActorIdentity or Ws.Close: break; // Too late.
            default: Unhandled(message); break;
        }
    }

    private bool IsOver => Now >= _deadline;

    private IPAddress Address => _remote is IPEndPoint ip ? ip.Address : IPAddress.None;

    private void BecomeUntil(TimeSpan deadline, UntypedReceive state)
    {
        _deadline = deadline;
        _wakeUp.At(deadline);
        Become(state);
    }

    private ReadOnlySpan<byte> Take(Tcp.Received received)
    {
        _isReading = false;
        return received.Data.ToReadOnlySpan();
    }

    private void ReadOn()
    {
        if (!_isReading)
        {
            _isReading = true;
            _socket.ResumeReading();
        }
    }

    private void Flush()
    {
        if (_outbox.TryStartWrite(out var bytes))
        {
            _open?.Clocks.WriteStarted(Now);
            _socket.Write(bytes);
        }
    }

    private void FinishWrite()
    {
        if (_outbox.IsWriting)
        {
            _outbox.FinishWrite();
            _open?.Clocks.WriteFinished();
            Flush();
        }
    }
}
