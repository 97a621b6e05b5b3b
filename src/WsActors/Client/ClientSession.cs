using Akka.Actor;
using WsActors.Connection;
using WsActors.Handlers;
using WsActors.Protocol;
using WsActors.Sessions.Subprotocol;
using WsActors.Topics;

namespace WsActors.Client;

/// <summary>
/// The client's side of a session: its token, its reliable sender and its reliable receiver. A lost session is followed by a new one. Part
/// of its actor.
/// </summary>
/// <param name="self">The actor.</param>
/// <param name="client">The context of its connections.</param>
/// <param name="handler">The session's handler.</param>
/// <param name="handlerContext">The handler's context.</param>
/// <param name="link">The client that reconnects: sends frames to the server while there is a connection.</param>
internal sealed class ClientSession(
    IActorRef self, ClientEndpointContext client, IActorRef handler, HandlerContext handlerContext, IActorRef link)
{
    private static readonly Violation NotFirst = SessionProtocol.Broken("the first frame of a server is a welcome, and no other is");
    private static readonly Violation NoAnswer = SessionProtocol.Broken("the welcome does not answer the hello");

    /// <summary>Half of the connection's send queue: a full window and acks fit in it together.</summary>
    private readonly int _windowBytes = client.Options.SendQueue.MaxBytes / 2;

    private ReliableSender _sender = CreateSender(self);

    private readonly ClientSessionReceiver _receiver =
        new(self, handler, client.IsPulled, handlerContext, client.Options.SendQueue.PauseReadingAboveBytes);

    /// <summary>The token and epoch from the last welcome; null while no session is open.</summary>
    private (string Token, string Epoch)? _name;

    private TimeSpan _startedAt;

    private long _bytesSent;

    private WatermarkNotifier _watermarks = new(self, handler);

    /// <summary>Whether demand for a frame is outstanding at the connection.</summary>
    private bool _isDemanded;

    /// <summary>Whether the connection's version of the subprotocol has pings.</summary>
    private bool _hasPings;

    /// <summary>Whether a session is open.</summary>
    public bool IsOpen => _name is not null;

    /// <summary>Whether all that was sent is acknowledged.</summary>
    public bool IsAllAcknowledged => _sender.Log.Count == 0;

    public bool OwesAck => _receiver.OwesAck;

    /// <summary>
    /// The publishes of its handler that members have not taken. A shared handler's are counted only while shared handlers have over 16 KiB
    /// waiting.
    /// </summary>
    private PublishBacklogSnapshot Published => client.Publishing.IsSharedBacklogLarge
        ? new PublishBacklogSnapshot(handlerContext.PublishBacklog, client.Publishing.BacklogOf(self), client.Publishing.BacklogOf(handler))
        : new PublishBacklogSnapshot(handlerContext.PublishBacklog);

    // Connections.

    /// <summary>The connection has opened: sends hello, with the session's token if there is one.</summary>
    public void SendHello()
    {
        _isDemanded = false;
        TellServer(_name is var (token, epoch) ? SessionFrameWriter.Resume(token, epoch, _receiver.Last) : SessionFrameWriter.Hello());
    }

    /// <summary>Reads the welcome: the session continues, or a new one starts.</summary>
    /// <param name="received">The first message of the connection.</param>
    /// <param name="opened">The connection's <c>Opened</c>.</param>
    /// <returns>The rule that it breaks; null for a valid welcome.</returns>
    public Violation? ReadWelcome(Ws.Received received, Ws.Opened opened)
    {
        _isDemanded = false;
        if (!SessionFrameReader.TryRead(Role.Server, received.Kind, received.Payload, out var frame, out var violation))
        {
            return violation;
        }

        if (frame.Kind != SessionFrameKind.Welcome)
        {
            return NotFirst;
        }

        var isAnswer = frame.Recovery switch
        {
            Recovery.Recovered => frame.Epoch == _name?.Epoch && _sender.TryResume(frame.Offset),
            Recovery.Lost => IsOpen && frame.Offset == 0,
            _ => !IsOpen && frame.Offset == 0,
        };
        if (!isAnswer)
        {
            return NoAnswer;
        }

        if (frame.Recovery == Recovery.Lost)
        {
            End(CloseOutcome.Abnormal("the server has lost the session"));
        }

        if (frame.Recovery != Recovery.Recovered)
        {
            Start(opened);
        }

        _hasPings = SessionProtocol.HasPings(opened.Subprotocol);
        _name = (frame.Token, frame.Epoch);
        _receiver.Acknowledge();
        CompleteStep();
        return null;
    }

    /// <summary>Ends the session: fails unacknowledged messages, and tells the handler <c>Closed</c>.</summary>
    public void End(CloseOutcome closeOutcome)
    {
        _sender.FailAll();
        _sender = CreateSender(self);
        _watermarks.OnEnded();
        if (IsOpen)
        {
            _name = null;
            _receiver.DeliverAll();
            _watermarks.TellDrops();
            handlerContext.SetClosed();
            Tell(new Ws.Closed
            {
                Connection = self,
                Code = closeOutcome.Code,
                Reason = closeOutcome.Reason,
                By = closeOutcome.By,
                WasClean = closeOutcome.WasClean,
                Duration = client.Clock.Elapsed - _startedAt,
                BytesReceived = _receiver.BytesReceived,
                BytesSent = _bytesSent,
            });
            _bytesSent = 0;
        }
    }

    // The limit of unacknowledged bytes is one of payloads.
    private static ReliableSender CreateSender(IActorRef self) => new(self, new SessionLog(overheadBytes: 0));

    private void Start(Ws.Opened opened)
    {
        var first = opened with { Connection = self, Subprotocol = null };
        _startedAt = client.Clock.Elapsed;
        _receiver.Reset();
        handlerContext.SetOpened(first);
        Tell(first);
    }

    // Receiving.

    /// <summary>Reads a frame of the server.</summary>
    /// <returns>The rule that it breaks; null for a valid frame.</returns>
    public Violation? ReadFrame(Ws.Received received)
    {
        _isDemanded = false;
        if (!SessionFrameReader.TryRead(Role.Server, received.Kind, received.Payload, out var frame, out var violation))
        {
            return violation;
        }

        violation = frame.Kind switch
        {
            SessionFrameKind.Message => _receiver.TryTake(frame) ? null : SessionProtocol.Gap,
            SessionFrameKind.Ack => OnAck(frame.Offset),
            SessionFrameKind.Ping or SessionFrameKind.Pong when !_hasPings => SessionProtocol.NoPings,
            SessionFrameKind.Ping => AnswerPing(),
            SessionFrameKind.Pong => null,
            _ => NotFirst,
        };
        if (violation is null)
        {
            CompleteStep();
        }

        return violation;
    }

    private Violation? AnswerPing()
    {
        TellServer(SessionFrameWriter.Pong());
        return null;
    }

    private Violation? OnAck(long offset)
    {
        if (!_sender.TryAcknowledge(offset))
        {
            return SessionProtocol.NotSent;
        }

        _watermarks.OnDrained();
        return null;
    }

    /// <summary>Adds demand of the handler.</summary>
    public void Demand(int messages)
    {
        _receiver.AddDemand(messages);
        AskForMore();
    }

    /// <summary>The answer to a probe of the handler's backlog.</summary>
    /// <returns>False for the answer to another probe.</returns>
    public bool TryAnswer(ActorIdentity answer) => _receiver.TryAnswer(answer);

    /// <summary>The handler's stash has changed.</summary>
    public void OnStashChanged(StashReport report)
    {
        _receiver.OnStashChanged(report);
        AskForMore();
    }

    /// <summary>
    /// Demands the next frame while the receiver has room. Only one frame is demanded at a time, so TCP slows a server that is too fast.
    /// </summary>
    public void AskForMore()
    {
        if (_isDemanded)
        {
            return;
        }

        var published = Published;
        if (_receiver.HasRoom(published.Bytes) && !(published.Bytes > 0 && client.Publishing.IsFull))
        {
            _isDemanded = true;
            link.Tell(Ws.Demand.One, self);
        }
        else
        {
            published.NotifyWhenHalfTaken(self);
        }
    }

    /// <summary>Demands the next frame again: the connection ignored earlier demand, since it may have been that of another one.</summary>
    public void RenewDemand()
    {
        _isDemanded = false;
        AskForMore();
    }

    /// <summary>Acknowledges the messages that were received.</summary>
    public void Acknowledge()
    {
        if (_receiver.OwesAck)
        {
            _receiver.Acknowledge();
            TellServer(SessionFrameWriter.Ack(_receiver.Last));
        }
    }

    // Sending.

    /// <summary>Queues a message until the server has acknowledged it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="sender">The receiver of its ack or failure.</param>
    public void Enqueue(Ws.Send message, IActorRef sender)
    {
        if (message.Parts is not null || !HasRoomFor(message))
        {
            message.NotifyFailed(self, sender, message switch
            {
                { Parts: not null } => Ws.SendFailure.SourceFailed,
                { Overflow.IsDrop: true } => Ws.SendFailure.Dropped,
                _ => Ws.SendFailure.QueueFull,
            });
            _watermarks.OnDropped();
            return;
        }

        _sender.Append(message, sender, client.Clock.Now);
        _bytesSent += message.Payload.Length;
        TellCongestion();
    }

    // A message larger than the limit is queued if it is the only one.
    private bool HasRoomFor(Ws.Send message) => IsAllAcknowledged
        || (_sender.Log.Bytes + message.Payload.Length <= client.Options.Session.MaxUnacknowledgedBytes
            && _sender.Log.Count < client.Options.Session.MaxUnacknowledgedMessages);

    /// <summary>Sends as much as the window allows.</summary>
    public void Flush()
    {
        while (_sender.TrySend(_windowBytes, out var frame))
        {
            link.Tell(frame, self);
        }
    }

    private void CompleteStep()
    {
        if (_receiver.OwesAckNow)
        {
            Acknowledge();
        }

        Flush();
        TellCongestion();
        AskForMore();
    }

    /// <summary>Compares the unacknowledged messages with the marks: half of the limit, and a quarter.</summary>
    private void TellCongestion()
    {
        long most = client.Options.Session.MaxUnacknowledgedBytes;
        _watermarks.OnQueueChanged(_sender.Log.Bytes, congestedAbove: most / 2, writableBelow: most / 4);
    }

    private void TellServer(ReadOnlyMemory<byte> frame) => link.Tell(SessionFrameWriter.SendOf(frame), self);

    private void Tell(object message) => handler.Tell(message, self);
}
