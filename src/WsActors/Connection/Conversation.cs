using Akka.Actor;
using Akka.Event;
using Akka.IO;
using WsActors.Manager;
using WsActors.Protocol;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Messages;
using WsActors.Topics;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>
/// What happens on an open WebSocket: what comes is told to the handler, what is told leaves, and the clocks are kept. Part of its actor.
/// </summary>
internal sealed class Conversation
{
    /// <summary>Most steps that share one end: so long a flood of small messages may hold up what is to be written.</summary>
    private const int MostPutOff = 64;

    private readonly ConnectionActor _connection;
    private readonly EndpointOptions _options;
    private readonly Outbox _outbox;

    private readonly Instruments.OfRoute _instruments;
    private readonly Vitals _vitals;
    private readonly Liveness _clocks;
    private readonly Inbox _inbox;
    private readonly Reading _reading;
    private readonly TimeSpan _opened;
    private readonly Handling _handling;

    private bool _isHandlerGone;

    /// <summary>How many steps have ended without their end, because more was told already.</summary>
    private int _putOff;

    public Conversation(ConnectionActor connection, Handling handling, DeflateAgreement? compression)
    {
        _connection = connection;
        _options = connection.Endpoint.Options;
        _outbox = connection.Wire.Outbox;
        _instruments = connection.Endpoint.InstrumentsOf(handling.Route);
        _vitals = connection.Vitals;
        _opened = connection.Endpoint.Clock.Elapsed;
        _clocks = new Liveness(_options, connection.Now);
        _handling = handling;
        var limits = handling.MaxChunkBytes is null ? _options.Message : _options.Message with { MaxChunkBytes = handling.MaxChunkBytes };
        var stream = new StreamParser(connection.Role, limits, compression?.CreateInflater(connection.Role));
        var pings = new Pings();
        _inbox = new Inbox(connection, Handler, handling.IsPulled);
        _reading = new Reading(connection, stream, _inbox, _clocks, pings, _instruments);
        Sending = new Sending(connection, Handler, _clocks, pings, _instruments);
        if (compression?.CreateDeflater(connection.Role, _options.Compression.Level) is { } deflater)
        {
            _outbox.Compressor = new Compressor(deflater, _options.Compression.ThresholdBytes, connection.Endpoint.Buffers);
        }
    }

    public StreamParser Stream => _reading.Stream;

    public Sending Sending { get; }

    public IActorRef Handler => _handling.Handler;

    /// <summary>The route's template.</summary>
    public string Route => _handling.Route;

    /// <summary>Whether the handler is a child that still lives.</summary>
    public bool HasChild => _handling.IsOwned && !_isHandlerGone;

    /// <summary>Whether the handler was stopped for failing too often.</summary>
    public bool HasHandlerFailed { get; set; }

    /// <summary>Whether <see cref="Ws.Closed"/> was told: once.</summary>
    public bool IsFinished { get; private set; }

    private TimeSpan Now => _connection.Now;

    /// <param name="opened">What the handler is told first.</param>
    /// <param name="early">Frames that came with the request.</param>
    public void Begin(Ws.Opened opened, byte[] early)
    {
        _connection.Open(this);
        _connection.Become(Open);
        _instruments.Opened();
        _vitals.Open(opened, isCompressed: _outbox.Compressor is not null);
        _connection.Endpoint.Log.Debug("{Connection} opened on {Endpoint} {Route}", opened.Connection.Path.Name, _connection.Endpoint.Name, _handling.Route);
        _inbox.Begin();
        _connection.LastOpened?.Begin(opened);
        _connection.Tell(Handler, opened);
        Read(early);
    }

    /// <summary>What came and was not looked at yet. It is the caller's from now on; the handler is told nothing more of what came.</summary>
    public ReadOnlySpan<byte> TakeRest()
    {
        _inbox.Clear();
        return _reading.TakeRest();
    }

    /// <summary>Notes that an actor has stopped.</summary>
    /// <param name="message">Says so, of a child or of who is watched.</param>
    /// <returns>Whether it is the handler.</returns>
    public bool HasLost(object message)
    {
        var isHandler = Handler.Equals((message as ParentStrategy.ChildStopped)?.Child ?? (message as Terminated)?.ActorRef);
        _isHandlerGone |= isHandler;
        return isHandler;
    }

    /// <summary>Tells the handler that it is over, if there still is one.</summary>
    public void Finish(End end)
    {
        IsFinished = true;
        try
        {
            _reading.Stop();
            _vitals.Close();
            _instruments.Closed(end.Code);
        }
        finally
        {
            TellClosed(end);
        }
    }

    /// <summary>The same when the connection has stopped, and its children before it.</summary>
    public void FinishWithoutChild(End end)
    {
        _isHandlerGone |= _handling.IsOwned;
        Finish(end);
    }

    private void TellClosed(End end)
    {
        _connection.LastOpened?.End();
        if (!_isHandlerGone)
        {
            _inbox.TellAll();
            Sending.TellDrops();
            var duration = _connection.Endpoint.Clock.Elapsed - _opened;
            _connection.Tell(
                Handler,
                new Ws.Closed(_connection.Ref, end.Code, end.Reason, end.By, end.WasClean, duration, _vitals.BytesReceived, _vitals.BytesSent));
        }
    }

    private void Open(object message)
    {
        switch (message)
        {
            case Tcp.Received or LeasedBytes: Read(_connection.Wire.BytesOf(message)); break;
            case Ws.Send send: Send(send); break;
            case ByteSource.WriteCompleted:
                Sending.FinishWrite();
                GoOn();
                break;
            case Ws.Demand demand:
                _inbox.Demand(demand.Messages);
                GoOn();
                break;
            case StashReport report:
                _inbox.Note(report);
                GoOn();
                break;
            case PublishesTaken: GoOn(); break;
            case StreamFeed.Produced produced when Sending.TryTake(produced): GoOn(); break;
            case StreamFeed.Produced: _connection.Farewell.StartClosing(EndOfMessage); break;
            case Ws.Join or Ws.Leave: _connection.TellTopics((Ws.ICommand)message); break;
            case Ws.Ping: Ping(_connection.Asker); break;
            case Ws.Close close: _connection.Farewell.StartClosing(new End(close.Code, close.Reason, Ws.Side.Local)); break;
            case WakeUp.Tick:
                _putOff = MostPutOff;
                CheckClocks();
                break;
            case ActorIdentity answer:
                _inbox.Answer(answer);
                GoOn();
                break;
            case Tcp.PeerClosed: HearHandlerOut(End.Abnormal("the peer closed its socket"), last: null); break;
            case Terminated or ParentStrategy.ChildStopped when HasLost(message): _connection.Farewell.StartClosing(EndOfHandler); break;
            default: _connection.Otherwise(message, End.Abnormal("the socket ended")); break;
        }
    }

    private void Read(ReadOnlySpan<byte> bytes) => GoOnUnless(_reading.Read(bytes));

    /// <param name="last">What came last of the peer; null when more may come.</param>
    private void GoOnUnless(StreamEvent? last)
    {
        switch (last)
        {
            case null: GoOn(); break;
            case { Kind: StreamEventKind.Close } close: AnswerClose(close); break;
            case { } broken: Fail(broken.Violation); break;
        }
    }

    // RFC 6455 §5.5.1: the answer carries the code that came.
    private void AnswerClose(in StreamEvent close) => HearHandlerOut(
        new End(close.CloseCode, close.CloseReason, Ws.Side.Peer, WasClean: true),
        new CloseFrame(close.CloseCode == CloseCode.NoStatus ? null : close.CloseCode, ""));

    private void Fail(Violation violation) => HearHandlerOut(End.Of(violation), new CloseFrame(violation.Code, violation.Reason));

    private void Send(Ws.Send send)
    {
        if (_putOff > 0 && _connection.Wire.IsDirect && !_outbox.HasRoomFor(send))
        {
            // What was put off is no reason to refuse anything, where it makes room at once.
            Sending.Flush();
        }

        if (Sending.TryQueue(send, _connection.Asker))
        {
            GoOn();
        }
        else
        {
            Sending.Flush();
            _connection.Farewell.Overflow(new End(CloseCode.TryAgainLater, "too slow for what is sent", Ws.Side.Local));
        }
    }

    private void Ping(IActorRef? asker)
    {
        Sending.Ping(asker);
        GoOn();
    }

    private void CheckClocks()
    {
        var now = Now;
        switch (_clocks.At(now, _connection.Wire.WriteSince))
        {
            case Due.Ping: Ping(asker: null); break;
            case Due.Idle: _connection.Farewell.StartClosing(new End(CloseCode.GoingAway, "idle", Ws.Side.Local)); break;
            case Due.FrameStalled: Fail(new Violation(CloseCode.PolicyViolation, "a frame began and did not go on")); break;
            case Due.MessageStalled: Fail(new Violation(CloseCode.PolicyViolation, "a message began and did not go on")); break;
            case Due.PongMissing: _connection.Farewell.Abort(End.Abnormal("no answer to a ping")); break;
            case Due.WriteStalled: _connection.Farewell.Abort(End.Abnormal("the peer does not read")); break;
            case Due.Nothing: GoOn(); break;
        }
    }

    /// <summary>The end of every step: what it produced leaves as one write, reading goes on or pauses, the next deadline is set.</summary>
    private void GoOn()
    {
        if (TryPutOff())
        {
            return;
        }

        var now = Now;
        _putOff = 0;
        Sending.Flush();
        _vitals.Waiting(_outbox.QueuedBytes, _inbox.Bytes);
        var published = _connection.Published;
        var hasEnoughToDo = _reading.HasEnoughToDo(published);
        _reading.LookHowFar(hasEnoughToDo);
        if (_inbox.IsFull || hasEnoughToDo)
        {
            _clocks.Pause(now);
            _reading.Pause(now);
            _connection.Wire.Rest();
            _connection.Await(published);
        }
        else
        {
            _clocks.Resume(now);
            _reading.Resume(now);
            if (_reading.HasRest)
            {
                GoOnUnless(_reading.ReadRest());
                return;
            }

            _connection.Wire.ReadOn();
        }

        _connection.WakeAt(_clocks.Next(_connection.Wire.WriteSince));
    }

    /// <summary>
    /// Steps that follow each other have one end together, when all is dealt with that was told before the first of them ended, so that what they produced
    /// leaves as one write; the tick, which every state takes, says when.
    /// </summary>
    private bool TryPutOff()
    {
        var putsOff = _connection.HasMore && _putOff < MostPutOff && _outbox.QueuedBytes < WriteBuffer.MaxBytes;
        if (putsOff && _putOff++ == 0)
        {
            _connection.TellSelf(WakeUp.Tick.Instance);
        }

        return putsOff;
    }

    /// <summary>The source of a message failed in its middle.</summary>
    private static End EndOfMessage => new(CloseCode.InternalError, "a message could not go on", Ws.Side.Local);

    /// <summary>A handler that is no one else's, and stops itself, has said all it wanted to say; any other end of one is a failure.</summary>
    private End EndOfHandler => _handling.MayLeave && !HasHandlerFailed
        ? new End(CloseCode.Normal, "", Ws.Side.Local)
        : new End(CloseCode.InternalError, "the handler failed", Ws.Side.Local);

    /// <param name="end">How the WebSocket ends, once the handler has said what it still has to say.</param>
    /// <param name="last">Our close frame; null for a peer whose socket ended without one.</param>
    private void HearHandlerOut(End end, CloseFrame? last)
    {
        _inbox.TellAll();
        var lastWords = new LastWords(_connection, this, Sending, end, last);
        if (last is not null && _inbox.Bytes == 0)
        {
            lastWords.Leave();
        }
        else
        {
            lastWords.Hear();
        }
    }
}
