using System.Diagnostics;
using Akka.Actor;
using WsActors.Handlers;
using WsActors.Messages;
using WsActors.Protocol.Messages;
using WsActors.Sessions.Subprotocol;
using WsActors.Topics;
using WsActors.Tracing;

namespace WsActors.Sessions;

/// <summary>
/// The server's half of a session's <see cref="ReliableReceiver"/>: passes the client's messages to the handler, and acknowledges those
/// that it has handled. An actor answers <c>Identify</c> in mailbox order: all earlier messages are then handled, or in its stash, which
/// reports its content. Owned by its session.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="client">The client that is sent the acks.</param>
/// <param name="handler">The session's handler.</param>
/// <param name="publishing">The publish backlogs of all publishers of the node.</param>
/// <param name="received">The last message of the client that was delivered to an earlier handler.</param>
internal sealed class SessionReceiver(
    SessionActor session, ClientAttachment client, SessionHandler handler, PublishBacklogs publishing, long received)
{
    /// <summary>
    /// The handler's publish backlog above which nothing is acknowledged: the client then sends no more than its window.
    /// </summary>
    private const long MaxPublishedBytes = 64 * 1024;

    private static readonly Identify BacklogProbe = new("probe of a session's handler");

    /// <summary>The messages delivered to the handler, in order, starting at the first that it has not handled.</summary>
    private readonly List<Delivery> _delivered = [];

    /// <summary>The last message before the pending probe; null when no probe is pending.</summary>
    private long? _probedOffset;

    /// <summary>Takes what the client's link has taken: while it is full, the link reads nothing.</summary>
    private ReliableReceiver _receiver = ReliableReceiver.CreateForServer(received, acknowledged: received);

    /// <summary>The last message that was delivered to the handler.</summary>
    public long Last => _receiver.Last;

    /// <summary>The last message up to which all are handled.</summary>
    public long Handled => _delivered.Count > 0 ? _delivered[0].Offset - 1 : Last;

    /// <summary>Whether the link reads the client's frames, its acks included.</summary>
    public bool IsRead => !_receiver.IsFull;

    /// <summary>Payload bytes received.</summary>
    public long BytesReceived { get; set; }

    /// <summary>The bytes delivered from the first unhandled message on; each message counts 128 B beside its payload.</summary>
    public long UnhandledBytes { get; private set; }

    /// <summary>The messages in the handler's stash when it stopped.</summary>
    public IReadOnlyList<SessionState.Stashed> Stashed =>
        [.. _delivered
            .Where(static delivery => delivery.IsStashed)
            .Select(static delivery => new SessionState.Stashed(delivery.Offset, delivery.Message.Kind, delivery.Message.Payload))];

    /// <summary>Delivers the messages that an earlier handler had stashed when the session moved.</summary>
    public void Restore(IReadOnlyList<SessionState.Stashed> stashed)
    {
        foreach (var message in stashed)
        {
            Tell(message.Offset, message.Kind, message.Payload);
        }

        ProbeBacklog();
    }

    /// <summary>Delivers the next message; one that was received before is ignored.</summary>
    /// <returns>False when a message before it is missing.</returns>
    public bool TryReceive(SessionMessages.MessageReceived messageReceived)
    {
        var isComplete = _receiver.TryTake(messageReceived.Offset, messageReceived.Payload.Length, out var isNext);
        if (isNext)
        {
            BytesReceived += messageReceived.Payload.Length;
            Tell(messageReceived.Offset, messageReceived.Kind, messageReceived.Payload, TraceContexts.Of(messageReceived));
            ProbeBacklog();
        }

        return isComplete;
    }

    /// <summary>The answer to a probe: the handler has handled all messages before the probe, except those in its stash.</summary>
    /// <returns>False for an answer to another actor's probe, or one that dead letters sent for a stopped actor.</returns>
    public bool TryAnswer(ActorIdentity answer)
    {
        if (!Equals(answer.MessageId, BacklogProbe.MessageId)
            || answer.Subject is not { } subject
            || subject.IsNobody()
            || _probedOffset is not { } probed)
        {
            return false;
        }

        _probedOffset = null;
        foreach (var delivery in _delivered.Where(delivery => delivery.Offset <= probed && !delivery.IsStashed))
        {
            delivery.IsDone = true;
        }

        Acknowledge();
        ProbeBacklog();
        return true;
    }

    /// <summary>The handler's stash has changed.</summary>
    public void OnStashChanged(StashReport report)
    {
        foreach (var delivery in _delivered.Where(one => report.Messages.Contains(one.Message, ReferenceEqualityComparer.Instance)))
        {
            delivery.IsStashed = report is StashReport.Stashed;
            delivery.IsDone = report is StashReport.Dropped;
        }

        Acknowledge();
        ProbeBacklog();
    }

    /// <summary>Tells a new link how many messages are on their way to the handler.</summary>
    public void TellBacklog()
    {
        _receiver = ReliableReceiver.CreateForServer(Last, Handled);
        if (Handled < Last)
        {
            client.TellLink(new SessionMessages.Handled(Handled));
        }
    }

    /// <summary>Answers the link's probe if all messages that it forwarded have arrived.</summary>
    /// <returns>Whether they have.</returns>
    public bool TryAnswer(SessionMessages.Probe probe)
    {
        var hasAll = probe.Offset <= Last;
        if (hasAll)
        {
            client.TellLink(new SessionMessages.Handled(Handled));
        }

        return hasAll;
    }

    /// <param name="offset">The offset of the message.</param>
    /// <param name="kind">Text or binary.</param>
    /// <param name="payload">The bytes.</param>
    /// <param name="handshake">The context of the client's opening handshake; the default without one.</param>
    private void Tell(long offset, MessageKind kind, ReadOnlyMemory<byte> payload, ActivityContext handshake = default)
    {
        var delivery = new Delivery(offset, new Ws.Received { Connection = session.Ref, Kind = kind, Payload = payload });
        _delivered.Add(delivery);
        UnhandledBytes += delivery.Bytes;
        if (handshake.IsSampled() && Tracer.IsOn)
        {
            MessageSpan.StartReceive(delivery.Message, session.SpansFor(handler.Route), handshake, payload.Length);
            if (!handler.EndsSpans)
            {
                MessageSpan.StopReceive(delivery.Message);
            }
        }

        session.Tell(handler.Ref, delivery.Message);
    }

    /// <summary>
    /// Acknowledges the handled messages before the first unhandled one. Waits while the handler's publish backlog is too large, or not
    /// empty while the backlogs of all publishers of the node are full.
    /// </summary>
    public void Acknowledge()
    {
        var done = _delivered.TakeWhile(static delivery => delivery.IsDone).Count();
        if (done == 0)
        {
            return;
        }

        var published = new PublishBacklogSnapshot(handler.Published);
        if (published.Bytes > MaxPublishedBytes || (published.Bytes > 0 && publishing.IsFull))
        {
            published.NotifyWhenHalfTaken(session.Ref);
        }
        else
        {
            UnhandledBytes -= _delivered.Take(done).Sum(static delivery => delivery.Bytes);
            _delivered.RemoveRange(0, done);
            _receiver.Acknowledge(Handled);
            client.Tell(SessionFrameWriter.Ack(Handled));
            client.TellLink(new SessionMessages.Handled(Handled));
        }
    }

    private void ProbeBacklog()
    {
        if (_probedOffset is null && _delivered.Exists(static delivery => !delivery.IsDone && !delivery.IsStashed))
        {
            _probedOffset = Last;
            session.Tell(handler.Ref, BacklogProbe);
        }
    }

    /// <summary>A message that was delivered to the handler.</summary>
    /// <param name="offset">Its offset.</param>
    /// <param name="message">The message.</param>
    private sealed class Delivery(long offset, Ws.Received message)
    {
        public long Offset => offset;

        public Ws.Received Message => message;

        public long Bytes => HandlerBacklog.BytesOf(message.Payload.Length);

        public bool IsStashed { get; set; }

        /// <summary>Whether it is handled; it stays in the list until all before it are, too.</summary>
        public bool IsDone { get; set; }
    }
}
