using Akka.Actor;
using WsActors.Connection;
using WsActors.Protocol.Messages;
using WsActors.Topics;

namespace WsActors.Sessions;

/// <summary>
/// What a session is sent, and how far its handler is with it. Every actor answers an <c>Identify</c> in its turn: that is when what was told
/// before was dealt with, or is in the handler's stash, which reports what it holds. Owned by its session.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="client">Is told how far it is.</param>
/// <param name="handler">Its handler.</param>
/// <param name="publishing">What all publishers of the node have waiting.</param>
/// <param name="received">The last message of the client that an earlier handler was told.</param>
internal sealed class SessionReceiver(SessionActor session, ClientAttachment client, SessionHandler handler, PublishBacklogs publishing, long received)
{
    /// <summary>
    /// Above this, of what the handler published and members have not taken, nothing is acknowledged: the client sends no more than its window.
    /// </summary>
    private const long MaxPublishedBytes = 64 * 1024;

    private static readonly Identify BacklogProbe = new("how far are you?");

    /// <summary>What the handler was told, from the first message on that it has not dealt with, in order.</summary>
    private readonly List<Told> _delivered = [];

    /// <summary>The message that the open question is behind; null when none is open.</summary>
    private long? _probedOffset;

    /// <summary>What the client's link counts as unhandled: while that has no room, the link reads nothing.</summary>
    private UnacknowledgedWindow _ofLink = new();

    /// <summary>The last message that the handler was told.</summary>
    public long Last { get; private set; } = received;

    /// <summary>The last message that it has dealt with, as it has with all before.</summary>
    public long Handled => _delivered.Count > 0 ? _delivered[0].Offset - 1 : Last;

    /// <summary>Whether the link reads what the client sends: its acks, too.</summary>
    public bool IsRead => _ofLink.HasRoom;

    /// <summary>Payload bytes that came.</summary>
    public long BytesReceived { get; set; }

    /// <summary>What was told from the first message on that is not dealt with; 128 B a message beside the payloads.</summary>
    public long UnhandledBytes { get; private set; }

    /// <summary>What the handler had stashed when it stopped.</summary>
    public IReadOnlyList<SessionState.Stashed> Stashed =>
        [.. _delivered.Where(static told => told.IsStashed).Select(static told => new SessionState.Stashed(told.Offset, told.Message.Kind, told.Message.Payload))];

    /// <summary>Tells what an earlier handler had stashed when the session moved.</summary>
    public void Restore(IReadOnlyList<SessionState.Stashed> stashed)
    {
        foreach (var message in stashed)
        {
            Tell(message.Offset, message.Kind, message.Payload);
        }

        ProbeBacklog();
    }

    /// <summary>Takes the next message, once.</summary>
    /// <returns>False when one is missing before it.</returns>
    public bool TryReceive(SessionMessages.MessageReceived messageReceived)
    {
        if (messageReceived.Offset > Last + 1)
        {
            return false;
        }

        if (messageReceived.Offset == Last + 1)
        {
            Last = messageReceived.Offset;
            BytesReceived += messageReceived.Payload.Length;
            _ofLink.Add(messageReceived.Payload.Length);
            Tell(messageReceived.Offset, messageReceived.Kind, messageReceived.Payload);
            ProbeBacklog();
        }

        return true;
    }

    /// <summary>The handler has dealt with all that it was told before it was asked, but for what it has stashed.</summary>
    /// <returns>False for an answer to somebody else's question, or of those who answer for the dead.</returns>
    public bool TryAnswer(ActorIdentity answer)
    {
        if (!Equals(answer.MessageId, BacklogProbe.MessageId) || answer.Subject is not { } subject || subject.IsNobody() || _probedOffset is not { } asked)
        {
            return false;
        }

        _probedOffset = null;
        foreach (var told in _delivered.Where(told => told.Offset <= asked && !told.IsStashed))
        {
            told.IsDone = true;
        }

        Acknowledge();
        ProbeBacklog();
        return true;
    }

    /// <summary>The handler's stash has changed.</summary>
    public void OnStashChanged(StashReport report)
    {
        foreach (var told in _delivered.Where(told => report.Messages.Contains(told.Message, ReferenceEqualityComparer.Instance)))
        {
            told.IsStashed = report is StashReport.Stashed;
            told.IsDone = report is StashReport.Dropped;
        }

        Acknowledge();
        ProbeBacklog();
    }

    /// <summary>A new link has to know how much is on its way to the handler.</summary>
    public void TellBacklog()
    {
        _ofLink = new UnacknowledgedWindow();
        _ofLink.Start(Last, Handled);
        if (Handled < Last)
        {
            client.TellLink(new SessionMessages.Handled(Handled));
        }
    }

    /// <summary>The link asks whether all that it told is here.</summary>
    /// <returns>Whether it is.</returns>
    public bool TryAnswer(SessionMessages.Probe probe)
    {
        var isHere = probe.Offset <= Last;
        if (isHere)
        {
            client.TellLink(new SessionMessages.Handled(Handled));
        }

        return isHere;
    }

    private void Tell(long offset, MessageKind kind, ReadOnlyMemory<byte> payload)
    {
        var told = new Told(offset, new Ws.Received(session.Ref, kind, payload));
        _delivered.Add(told);
        UnhandledBytes += told.Bytes;
        session.Tell(handler.Ref, told.Message);
    }

    /// <summary>
    /// Acknowledges what is dealt with, up to the first message that is not; or waits while members have still to take much of what the handler
    /// published, or any of it where all publishers of the node have too much waiting.
    /// </summary>
    public void Acknowledge()
    {
        var done = _delivered.TakeWhile(static told => told.IsDone).Count();
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
            UnhandledBytes -= _delivered.Take(done).Sum(static told => told.Bytes);
            _delivered.RemoveRange(0, done);
            _ofLink.OnHandled(Handled);
            client.Tell(SessionFrameWriter.Ack(Handled));
            client.TellLink(new SessionMessages.Handled(Handled));
        }
    }

    private void ProbeBacklog()
    {
        if (_probedOffset is null && _delivered.Exists(static told => !told.IsDone && !told.IsStashed))
        {
            _probedOffset = Last;
            session.Tell(handler.Ref, BacklogProbe);
        }
    }

    /// <summary>A message that the handler was told.</summary>
    /// <param name="offset">Its number.</param>
    /// <param name="message">The message.</param>
    private sealed class Told(long offset, Ws.Received message)
    {
        public long Offset => offset;

        public Ws.Received Message => message;

        public long Bytes => HandlerBacklog.BytesOf(message.Payload.Length);

        public bool IsStashed { get; set; }

        /// <summary>Whether it is dealt with; it is here as long as one before it is not.</summary>
        public bool IsDone { get; set; }
    }
}
