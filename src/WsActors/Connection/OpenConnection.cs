using Akka.Actor;
using Akka.Event;
using Akka.IO;
using WsActors.Handlers;
using WsActors.Metrics;
using WsActors.Protocol;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;
using WsActors.Runtime;
using WsActors.Taps;
using WsActors.Topics;
using WsActors.Transport;

namespace WsActors.Connection;

/// <summary>The state of an open WebSocket: dispatches messages and received bytes, and checks deadlines. Part of its actor.</summary>
internal sealed class OpenConnection
{
    /// <summary>Most steps that are completed together: a flood of small messages delays the next write no longer than that.</summary>
    private const int MaxDeferredSteps = 64;

    private readonly ConnectionActor _connection;
    private readonly SendQueue _sendQueue;

    private readonly RouteMetrics _metrics;
    private readonly ConnectionStats _stats;
    private readonly ConnectionDeadlines _deadlines;
    private readonly ReceiveQueue _receiveQueue;
    private readonly ReceivePath _receivePath;
    private readonly TimeSpan _opened;
    private readonly HandlerDescriptor _handler;

    /// <summary>The expiry of the client's authentication; null without one.</summary>
    private AuthenticationExpiry? _expiry;

    private bool _isHandlerGone;

    /// <summary>The number of steps whose completion is deferred, because more messages wait.</summary>
    private int _deferredSteps;

    /// <param name="connection">The connection.</param>
    /// <param name="handlerDescriptor">Its handler.</param>
    /// <param name="metrics">The metrics of its route.</param>
    /// <param name="compression">The agreed compression; null without.</param>
    public OpenConnection(
        ConnectionActor connection, HandlerDescriptor handlerDescriptor, RouteMetrics metrics, DeflateAgreement? compression)
    {
        _connection = connection;
        var options = connection.EndpointContext.Options.Compression;
        _sendQueue = connection.Transport.SendQueue;
        _sendQueue.IsOfSession = handlerDescriptor.IsSession;
        _metrics = metrics;
        _stats = connection.Stats;
        _opened = connection.EndpointContext.Clock.Elapsed;
        _deadlines = new ConnectionDeadlines(connection.EndpointContext.Deadlines, connection.Now);
        _handler = handlerDescriptor;
        var limits = connection.EndpointContext.MessageLimits;
        limits = handlerDescriptor.MaxChunkBytes is { } maxChunkBytes ? limits with { MaxChunkBytes = maxChunkBytes } : limits;
        var stream = new StreamParser(connection.Role, limits, compression?.CreateInflater(connection.Role));
        _receiveQueue = new ReceiveQueue(connection, Handler, handlerDescriptor.IsPulled, handlerDescriptor.EndsSpans);
        SendPath = new SendPath(connection, Handler, _deadlines, _metrics);
        _receivePath = new ReceivePath(connection, stream, _receiveQueue, SendPath, _deadlines, _metrics);
        if (compression?.CreateDeflater(connection.Role, options.Level) is { } deflater)
        {
            _sendQueue.Compressor = new Compressor(deflater, options.ThresholdBytes, connection.EndpointContext.BufferPool);
        }
    }

    public StreamParser Stream => _receivePath.Stream;

    public SendPath SendPath { get; }

    public IActorRef Handler => _handler.Handler;

    /// <summary>The route's template.</summary>
    public string Route => _handler.Route;

    /// <summary>Whether the handler is a child that still lives.</summary>
    public bool HasChild => _handler.IsOwned && !_isHandlerGone;

    /// <summary>Whether the handler was stopped for failing too often.</summary>
    public bool HasHandlerFailed { get; set; }

    /// <summary>Whether <see cref="Ws.Closed"/> was told: once.</summary>
    public bool IsClosed { get; private set; }

    private TimeSpan Now => _connection.Now;

    private TimeSpan Duration => _connection.EndpointContext.Clock.Elapsed - _opened;

    /// <param name="opened">The first message to the handler.</param>
    /// <param name="earlyBytes">Bytes that arrived behind the request.</param>
    /// <param name="expiresAt">See <see cref="Routing.GuardDecision.Accepted.ExpiresAt"/>.</param>
    public void Start(Ws.Opened opened, byte[] earlyBytes, DateTimeOffset? expiresAt = null)
    {
        _connection.OnOpened(this);
        _connection.Become(Open);
        _metrics.Opened();
        _stats.OnOpened(opened, isCompressed: _sendQueue.Compressor is not null, _handler.IsSession);
        _connection.EndpointContext.Log.Debug(
            "{Connection} opened on {Endpoint} {Route}", opened.Connection.Path.Name, _connection.EndpointContext.Name, _handler.Route);
        _receiveQueue.Start();
        _connection.HandlerContext?.SetOpened(opened);
        _connection.Tell(Handler, opened);
        if (expiresAt is { } date && _connection.EndpointContext.Options is EndpointOptions options)
        {
            SetExpiry(date, options.Auth);
        }

        Read(earlyBytes);
    }

    /// <summary>The received bytes that are not parsed yet. The caller owns them from now on; the handler gets no more messages.</summary>
    public ReadOnlySpan<byte> TakeUnread()
    {
        _receiveQueue.Clear();
        return _receivePath.TakeUnread();
    }

    /// <summary>Attaches a tap, in any state of the open or closing WebSocket.</summary>
    public void Attach(Ws.Tap tap, IActorRef tapActor)
    {
        // The response to the request and frames that are encoded already leave before the tap sees bytes.
        _connection.Transport.Flush();
        var sent = new FrameParser(
            _connection.Role == Role.Server ? Role.Client : Role.Server, takesCompressed: _sendQueue.Compressor is not null);
        var start = new TapStart(Stream.CopyFrameParser(), sent, _sendQueue.BytesLeftOfFrame, SendPath.IsCongested);
        var connectionTap = new ConnectionTap(_connection.Ref, tap, tapActor, _connection.EndpointContext.Clock, start);
        _connection.Transport.Tap = connectionTap;
        _connection.Tell(tapActor, ConnectionTap.Attached.Instance);
        connectionTap.OnReceived(_receivePath.Unread);
    }

    /// <summary>Notes that an actor has stopped.</summary>
    /// <param name="message">The notice of a child's stop, or of a watched actor's.</param>
    /// <returns>True when the handler has stopped.</returns>
    public bool OnStopped(object message)
    {
        var stopped = (message as ChildStoppedSupervisorStrategy.ChildStopped)?.Child ?? (message as Terminated)?.ActorRef;
        var isHandler = Handler.Equals(stopped);
        _isHandlerGone |= isHandler;
        return isHandler;
    }

    /// <summary>Tells the handler <see cref="Ws.Closed"/>, unless it has stopped.</summary>
    public void CompleteClose(CloseOutcome closeOutcome)
    {
        IsClosed = true;
        try
        {
            _receivePath.Stop();
            _stats.OnClosed();
            _metrics.Closed(closeOutcome.Code, closeOutcome.WasClean, Duration);
        }
        finally
        {
            TellClosed(closeOutcome);
            _connection.Transport.Tap?.OnClosed(closeOutcome.Code, closeOutcome.Reason, closeOutcome.By);
        }
    }

    /// <summary>The same after the connection has stopped, and its children before it.</summary>
    public void CompleteCloseWithoutChild(CloseOutcome closeOutcome)
    {
        _isHandlerGone |= _handler.IsOwned;
        CompleteClose(closeOutcome);
    }

    private void TellClosed(CloseOutcome closeOutcome)
    {
        _connection.HandlerContext?.SetClosed();
        if (!_isHandlerGone)
        {
            _receiveQueue.DeliverAll();
            SendPath.TellDrops();
            _connection.Tell(
                Handler,
                new Ws.Closed
                {
                    Connection = _connection.Ref,
                    Code = closeOutcome.Code,
                    Reason = closeOutcome.Reason,
                    By = closeOutcome.By,
                    WasClean = closeOutcome.WasClean,
                    Duration = Duration,
                    BytesReceived = _stats.BytesReceived,
                    BytesSent = _stats.BytesSent,
                });
        }
    }

    private void Open(object message)
    {
        switch (message)
        {
            case Tcp.Received or LeasedBytes: Read(_connection.Transport.BytesOf(message)); break;
            case Ws.Send send: Send(send); break;
            case ByteSource.WriteCompleted:
                SendPath.CompleteWrite();
                CompleteStep();
                break;
            case Ws.Demand demand:
                _connection.Transport.Tap?.OnDemanded(demand.Messages);
                _receiveQueue.AddDemand(demand.Messages);
                CompleteStep();
                break;
            case StashReport report:
                _receiveQueue.OnStashChanged(report);
                CompleteStep();
                break;
            case PublishBacklogLow: CompleteStep(); break;
            case StreamedMessage.Produced produced when SendPath.TryTakePart(produced): CompleteStep(); break;
            case StreamedMessage.Produced: _connection.ClosingHandshake.StartClosing(SourceFailedOutcome); break;
            case Ws.Join or Ws.Leave: _connection.TellTopics((Ws.ICommand)message); break;
            case Ws.Ping: Ping(_connection.CurrentSender); break;
            case Ws.Renew renew: Renew(renew, _connection.CurrentSender); break;
            case Ws.Close close:
                _connection.ClosingHandshake.StartClosing(new CloseOutcome(close.Code, close.Reason, Ws.Side.Local));
                break;
            case EndOfBatch:
                _deferredSteps = MaxDeferredSteps;
                CompleteStep();
                break;
            case WakeUpTime.Tick: CheckDeadlines(); break;
            case ActorIdentity answer:
                _receiveQueue.OnProbeAnswered(answer);
                CompleteStep();
                break;
            case Tcp.PeerClosed: AwaitFinalReplies(CloseOutcome.Abnormal("the peer closed its socket"), closeFrame: null); break;
            case Terminated or ChildStoppedSupervisorStrategy.ChildStopped when OnStopped(message):
                _connection.ClosingHandshake.StartClosing(HandlerStoppedOutcome);
                break;
            default: _connection.HandleDefault(message, CloseOutcome.Abnormal("the socket ended")); break;
        }
    }

    private void Read(ReadOnlySpan<byte> bytes) => CompleteStepUnlessEnded(_receivePath.Read(bytes));

    /// <param name="end">The peer's close frame or violation; null when more may arrive.</param>
    private void CompleteStepUnlessEnded(StreamEvent? end)
    {
        switch (end)
        {
            case null: CompleteStep(); break;
            case { Kind: StreamEventKind.Close } close: AnswerClose(close); break;
            case { } broken: Fail(broken.Violation); break;
        }
    }

    // RFC 6455 §5.5.1: our close frame carries the code that was received.
    private void AnswerClose(in StreamEvent close) => AwaitFinalReplies(
        new CloseOutcome(close.CloseCode, close.CloseReason, Ws.Side.Peer, WasClean: true),
        new CloseFrame(close.CloseCode == CloseCode.NoStatus ? null : close.CloseCode, ""));

    private void Fail(Violation violation) =>
        AwaitFinalReplies(CloseOutcome.FromViolation(violation), new CloseFrame(violation.Code, violation.Reason));

    private void Send(Ws.Send send)
    {
        if (_deferredSteps > 0 && _connection.Transport.IsSynchronous && !_sendQueue.HasRoomFor(send))
        {
            // Deferred output must not cause an overflow if the socket takes it at once.
            SendPath.Flush();
        }

        if (SendPath.TryQueue(send, _connection.CurrentSender))
        {
            CompleteStep();
        }
        else
        {
            SendPath.Flush();
            var tooSlow = new CloseOutcome(CloseCode.TryAgainLater, "the peer reads too slowly", Ws.Side.Local);
            _connection.ClosingHandshake.StartOverflow(tooSlow);
        }
    }

    private void Ping(IActorRef? asker)
    {
        SendPath.Ping(asker);
        CompleteStep();
    }

    private void Renew(Ws.Renew renew, IActorRef asker)
    {
        if (_connection.EndpointContext.Options is not EndpointOptions options)
        {
            Renewal.TellFailed(asker, _connection.Ref, Renewal.OfClient);
        }
        else if (Renewal.RefusalFor(renew, _stats.Identity?.User, _connection.EndpointContext.Clock.Date) is { } reason)
        {
            Renewal.TellFailed(asker, _connection.Ref, reason);
        }
        else
        {
            if (_connection.HandlerContext is { Opened: { } opened } handlerContext)
            {
                handlerContext.SetOpened(opened with { Principal = renew.Principal });
            }

            Renewal.TellRenewed(asker, Handler, _connection.Ref, renew);
            SetExpiry(renew.Until, options.Auth);
        }

        CompleteStep();
    }

    private void SetExpiry(DateTimeOffset date, AuthOptions options) =>
        (_expiry ??= new AuthenticationExpiry(_connection, Handler, options)).Set(date);

    private void CheckDeadlines()
    {
        if (_expiry?.Check() is true)
        {
            var expired = AuthenticationExpiry.Close;
            _connection.ClosingHandshake.StartClosing(new CloseOutcome(expired.Code, expired.Reason, Ws.Side.Local));
            return;
        }

        var now = Now;
        switch (_deadlines.Check(now, _connection.Transport.WriteSince))
        {
            case DueDeadline.Ping: Ping(asker: null); break;
            case DueDeadline.Idle:
                _connection.ClosingHandshake.StartClosing(new CloseOutcome(CloseCode.GoingAway, "idle", Ws.Side.Local));
                break;
            case DueDeadline.FrameStalled: Fail(new Violation(CloseCode.PolicyViolation, "a frame made too little progress")); break;
            case DueDeadline.MessageStalled: Fail(new Violation(CloseCode.PolicyViolation, "a message made too little progress")); break;
            case DueDeadline.PongMissing: _connection.ClosingHandshake.Abort(CloseOutcome.Abnormal("no answer to a ping")); break;
            case DueDeadline.WriteStalled:
                _connection.ClosingHandshake.Abort(CloseOutcome.Abnormal("the peer does not read"));
                break;
            case DueDeadline.Nothing: CompleteStep(); break;
        }
    }

    /// <summary>Ends a step: flushes its output in one write, resumes or pauses reading, and sets the next deadline.</summary>
    private void CompleteStep()
    {
        if (TryDeferStep())
        {
            return;
        }

        var now = Now;
        _deferredSteps = 0;
        SendPath.Flush();
        _stats.SetBacklog(_sendQueue.QueuedBytes, _receiveQueue.Bytes);
        var shouldPause = _receivePath.ShouldPause(out var published);
        _receivePath.ProbeBacklog(shouldPause);
        if (_receiveQueue.IsFull || shouldPause)
        {
            _deadlines.Pause(now);
            _receivePath.Pause(now);
            _connection.Transport.PauseReading();
            _connection.NotifyWhenHalfTaken(published);
        }
        else
        {
            _deadlines.Resume(now);
            _receivePath.Resume(now);
            if (_receivePath.HasUnread)
            {
                CompleteStepUnlessEnded(_receivePath.ReadUnread());
                return;
            }

            _connection.Transport.RequestRead();
        }

        _connection.WakeAt(_deadlines.Next(_connection.Transport.WriteSince));
    }

    /// <summary>
    /// Batches consecutive steps: their output leaves as one write, once the messages are handled that were in the mailbox when the first
    /// of them ended. <see cref="EndOfBatch"/> follows those messages. A state that takes over in between flushes by itself.
    /// </summary>
    private bool TryDeferStep()
    {
        var shouldDefer = _connection.HasMoreMessages && _deferredSteps < MaxDeferredSteps && _sendQueue.QueuedBytes < WriteBatch.MaxBytes;
        if (shouldDefer && _deferredSteps++ == 0)
        {
            _connection.TellSelf(EndOfBatch.Instance);
        }

        return shouldDefer;
    }

    /// <summary>The source of a streamed message failed after a fragment has left.</summary>
    private static CloseOutcome SourceFailedOutcome => new(CloseCode.InternalError, "the source of a message failed", Ws.Side.Local);

    /// <summary>The connection's own handler ends the WebSocket normally by stopping itself; any other stop is a failure.</summary>
    private CloseOutcome HandlerStoppedOutcome => _handler.MayStop && !HasHandlerFailed
        ? new CloseOutcome(CloseCode.Normal, "", Ws.Side.Local)
        : new CloseOutcome(CloseCode.InternalError, "the handler failed", Ws.Side.Local);

    /// <param name="closeOutcome">The outcome of the WebSocket after the handler's last replies.</param>
    /// <param name="closeFrame">Our close frame; null when the peer's socket ended without one.</param>
    private void AwaitFinalReplies(CloseOutcome closeOutcome, CloseFrame? closeFrame)
    {
        _receiveQueue.DeliverAll();
        var finalReplies = new FinalReplies(_connection, this, SendPath, closeOutcome, closeFrame);
        if (closeFrame is not null && _receiveQueue.Bytes == 0)
        {
            finalReplies.Complete();
        }
        else
        {
            finalReplies.Await();
        }
    }
}
