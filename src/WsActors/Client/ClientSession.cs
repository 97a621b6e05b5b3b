using Akka.Actor;
using WsActors.Connection;
using WsActors.Handlers;
using WsActors.Protocol;
using WsActors.Protocol.Messages;
using WsActors.Sessions.Subprotocol;
using WsActors.Topics;

namespace WsActors.Client;

/// <summary>
/// A session as its client knows it: by what name, and what was sent and came within it. When it is lost, the next one begins in its place. Part of
/// its actor.
/// </summary>
/// <param name="self">The actor.</param>
/// <param name="client">Where to, and how.</param>
/// <param name="handler">Who is told.</param>
/// <param name="handlerContext">What it was told.</param>
/// <param name="link">Takes what is sent to the server, while there is a connection.</param>
internal sealed class ClientSession(IActorRef self, ClientEndpointContext client, IActorRef handler, HandlerContext handlerContext, IActorRef link)
{
    private static readonly Violation NotFirst = SessionProtocol.Broken("the first frame of a server is a welcome, and no other is");
    private static readonly Violation NoAnswer = SessionProtocol.Broken("the welcome does not answer the hello");
    private static readonly Violation Missing = SessionProtocol.Broken("a message is missing before this one");
    private static readonly Violation NotSent = SessionProtocol.Broken("what was not sent cannot be acknowledged");

    // A connection takes all of the window, and acks beside it.
    private readonly ClientSessionSender _sender = new(self, client.Client, client.Options.MaxQueuedBytes / 2);

    private readonly ClientSessionReceiver _receiver = new(self, handler, client.IsPulled, handlerContext, client.Options.PauseReadingAboveBytes);

    /// <summary>The token and epoch that the server gave it; null before the first welcome.</summary>
    private (string Token, string Epoch)? _name;

    private TimeSpan _began;

    private long _bytesSent;

    private bool _isCongested;

    private long _unreportedDrops;

    /// <summary>Whether the handler was told of a drop since the outbox last moved: the next ones are told together.</summary>
    private bool _isDropReported;

    /// <summary>Whether the connection was asked for a frame that has not come.</summary>
    private bool _isAsked;

    /// <summary>Whether the connection's version of the subprotocol has pings.</summary>
    private bool _hasPings;

    /// <summary>Whether one has begun and is not over.</summary>
    public bool IsOpen => _name is not null;

    /// <summary>Whether all that was sent is acknowledged.</summary>
    public bool IsAllAcknowledged => _sender.IsEmpty;

    public bool OwesAck => _receiver.OwesAck;

    /// <summary>
    /// The publishes of its handler that members have not taken. A shared handler is looked at only while shared ones have over 16 KiB
    /// waiting.
    /// </summary>
    private PublishBacklogSnapshot Published => client.Publishing.IsSharedBacklogLarge
        ? new PublishBacklogSnapshot(handlerContext.PublishBacklog, client.Publishing.BacklogOf(self), client.Publishing.BacklogOf(handler))
        : new PublishBacklogSnapshot(handlerContext.PublishBacklog);

    // Connections.

    /// <summary>There is a connection: the server is told who it is.</summary>
    public void SendHello()
    {
        _isAsked = false;
        TellServer(_name is var (token, epoch) ? SessionFrameWriter.Resume(token, epoch, _receiver.Last) : SessionFrameWriter.Hello());
    }

    /// <summary>The server's answer: the session goes on, or begins.</summary>
    /// <param name="received">What came first.</param>
    /// <param name="opened">What the connection told.</param>
    /// <returns>Null when it is a right one.</returns>
    public Violation? ReadWelcome(Ws.Received received, Ws.Opened opened)
    {
        _isAsked = false;
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
            Begin(opened);
        }

        _hasPings = opened.Subprotocol == SessionProtocol.V2;
        _name = (frame.Token, frame.Epoch);
        _receiver.Acknowledge();
        CompleteStep();
        return null;
    }

    /// <summary>The end of the session: senders that wait for an ack are told, and the handler.</summary>
    public void End(CloseOutcome closeOutcome)
    {
        _sender.FailAll();
        _isCongested = false;
        if (IsOpen)
        {
            _name = null;
            _receiver.DeliverAll();
            TellDrops();
            handlerContext.SetClosed();
            Tell(new Ws.Closed(self, closeOutcome.Code, closeOutcome.Reason, closeOutcome.By, closeOutcome.WasClean, client.Clock.Elapsed - _began, _receiver.BytesReceived, _bytesSent));
            _bytesSent = 0;
        }
    }

    private void Begin(Ws.Opened opened)
    {
        var told = opened with { Connection = self, Subprotocol = null };
        _began = client.Clock.Elapsed;
        _receiver.Reset();
        handlerContext.SetOpened(told);
        Tell(told);
    }

    // What comes.

    /// <summary>A frame of the server.</summary>
    /// <returns>Null when it is a right one.</returns>
    public Violation? ReadFrame(Ws.Received received)
    {
        _isAsked = false;
        if (!SessionFrameReader.TryRead(Role.Server, received.Kind, received.Payload, out var frame, out var violation))
        {
            return violation;
        }

        violation = frame.Kind switch
        {
            SessionFrameKind.Message => _receiver.TryTake(frame) ? null : Missing,
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
            return NotSent;
        }

        _isDropReported = false;
        TellDrops();
        return null;
    }

    /// <summary>The handler wants more.</summary>
    public void Demand(int messages)
    {
        _receiver.AddDemand(messages);
        AskForMore();
    }

    /// <summary>The answer to a question of ours about the handler.</summary>
    public bool TryAnswer(ActorIdentity answer) => _receiver.TryAnswer(answer);

    /// <summary>The handler's stash has changed.</summary>
    public void OnStashChanged(StashReport report)
    {
        _receiver.OnStashChanged(report);
        AskForMore();
    }

    /// <summary>One frame at a time, each when those before it are dealt with as far as it takes: the server is slowed by TCP.</summary>
    public void AskForMore()
    {
        if (_isAsked)
        {
            return;
        }

        var published = Published;
        if (_receiver.HasRoom(published.Bytes) && !(published.Bytes > 0 && client.Publishing.IsFull))
        {
            _isAsked = true;
            link.Tell(Ws.Demand.One, self);
        }
        else
        {
            published.NotifyWhenHalfTaken(self);
        }
    }

    /// <summary>Tells the server what has come.</summary>
    public void Acknowledge()
    {
        if (_receiver.OwesAck)
        {
            _receiver.Acknowledge();
            TellServer(SessionFrameWriter.Ack(_receiver.Last));
        }
    }

    // What leaves.

    /// <summary>Keeps a message until the server has it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="sender">Who is told what becomes of it.</param>
    public void Enqueue(Ws.Send message, IActorRef sender)
    {
        if (message.Parts is not null || !_sender.TryEnqueue(message, sender))
        {
            AckNotifier.Tell(self, message, sender, message switch
            {
                { Parts: not null } => Ws.SendFailure.SourceFailed,
                { Overflow.IsDrop: true } => Ws.SendFailure.Dropped,
                _ => Ws.SendFailure.QueueFull,
            });
            OnDropped();
            return;
        }

        _bytesSent += message.Payload.Length;
        TellCongestion();
    }

    /// <summary>Sends what the window allows.</summary>
    public void Flush()
    {
        while (_sender.TrySend(out var next))
        {
            var frame = SessionFrameWriter.Message(next.Offset, next.Message.Payload.Span);
            link.Tell(Ws.Send.Create(next.Message.Kind, frame) with { Compress = next.Message.Compress }, self);
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

    private void OnDropped()
    {
        _unreportedDrops++;
        if (!_isDropReported)
        {
            _isDropReported = true;
            TellDrops();
        }
    }

    private void TellDrops()
    {
        if (_unreportedDrops > 0)
        {
            Tell(new Ws.Dropped(self, _unreportedDrops));
            _unreportedDrops = 0;
        }
    }

    /// <summary>As a connection says it of its queue: much is more than half of what may be kept, and no longer is less than a quarter.</summary>
    private void TellCongestion()
    {
        var (kept, most) = (_sender.Bytes, (long)client.Client.MaxUnacknowledgedBytes);
        if (!_isCongested && kept > most / 2)
        {
            _isCongested = true;
            Tell(new Ws.Congested(self));
        }
        else if (_isCongested && kept <= most / 4)
        {
            _isCongested = false;
            Tell(new Ws.Writable(self));
        }
    }

    private void TellServer(ReadOnlyMemory<byte> frame) => link.Tell(Ws.Send.Create(MessageKind.Text, frame) with { Compress = false }, self);

    private void Tell(object message) => handler.Tell(message, self);
}
