using Akka.Actor;

namespace WsActors.Client;

/// <summary>
/// The reliable sender of a client's session: keeps each message from <c>Ws.Send</c> until the server's ack, bounded by bytes and count.
/// Each sender is told the outcome once. Owned by the session's actor.
/// </summary>
/// <param name="client">The sender of acks and failures.</param>
/// <param name="options">The limits.</param>
/// <param name="windowBytes">Most bytes that are sent and not acknowledged; a larger message is sent alone.</param>
internal sealed class ClientSessionSender(IActorRef client, ClientSessionOptions options, int windowBytes)
{
    /// <summary>The messages sent over this connection and not acknowledged; those in <see cref="_waiting"/> follow.</summary>
    private readonly Queue<Entry> _sent = [];

    private readonly Queue<Entry> _waiting = [];

    private long _sentBytes;

    /// <summary>The offset of the last queued message.</summary>
    private long _last;

    /// <summary>The offset of the last message sent over any connection.</summary>
    private long _lastSent;

    /// <summary>The offset of the last message sent over this connection, or of the resume; the server cannot have a later one.</summary>
    private long _lastSentHere;

    private long _acknowledged;

    /// <summary>Payload bytes of the unacknowledged messages.</summary>
    public long Bytes { get; private set; }

    public bool IsEmpty => _sent.Count + _waiting.Count == 0;

    /// <returns>False above a limit. A message larger than the limit is queued if it is the only one.</returns>
    public bool TryEnqueue(Ws.Send message, IActorRef sender)
    {
        var fits = Bytes + message.Payload.Length <= options.MaxUnacknowledgedBytes || IsEmpty;
        if (!fits || _sent.Count + _waiting.Count >= options.MaxUnacknowledgedMessages)
        {
            return false;
        }

        Bytes += message.Payload.Length;
        _waiting.Enqueue(new Entry(++_last, message, sender));
        return true;
    }

    /// <summary>Takes the next message to send, if the window allows it.</summary>
    public bool TrySend(out Entry next)
    {
        if (!_waiting.TryPeek(out next) || (_sent.Count > 0 && _sentBytes + next.Bytes > windowBytes))
        {
            return false;
        }

        _sent.Enqueue(_waiting.Dequeue());
        _sentBytes += next.Bytes;
        _lastSentHere = next.Offset;
        _lastSent = Math.Max(_lastSent, next.Offset);
        return true;
    }

    /// <summary>The server has acknowledged all messages up to an offset.</summary>
    /// <returns>False for an offset that was not sent over this connection.</returns>
    public bool TryAcknowledge(long offset)
    {
        if (offset > _lastSentHere)
        {
            return false;
        }

        _acknowledged = Math.Max(_acknowledged, offset);
        while (_sent.TryPeek(out var first) && first.Offset <= offset)
        {
            _sentBytes -= first.Bytes;
            Complete(_sent.Dequeue());
        }

        return true;
    }

    /// <summary>Continues over another connection: all messages behind an offset are sent again.</summary>
    /// <param name="offset">The offset of the last message that the server has.</param>
    /// <returns>False for an offset that is acknowledged beyond it, or was never sent.</returns>
    public bool TryResume(long offset)
    {
        if (offset < _acknowledged || offset > _lastSent)
        {
            return false;
        }

        Entry[] later = [.. _waiting];
        _waiting.Clear();
        foreach (var entry in _sent.Concat(later))
        {
            _waiting.Enqueue(entry);
        }

        _sent.Clear();
        _sentBytes = 0;
        while (_waiting.TryPeek(out var first) && first.Offset <= offset)
        {
            Complete(_waiting.Dequeue());
        }

        (_acknowledged, _lastSentHere) = (offset, offset);
        return true;
    }

    /// <summary>
    /// The session has ended: fails all messages, whose fate at the server is unknown. The next session's offsets start at 1.
    /// </summary>
    public void FailAll()
    {
        foreach (var entry in _sent.Concat(_waiting))
        {
            entry.Message.NotifyFailed(client, entry.Sender, Ws.SendFailure.Closed);
        }

        _sent.Clear();
        _waiting.Clear();
        (_sentBytes, Bytes) = (0, 0);
        (_last, _lastSent, _lastSentHere, _acknowledged) = (0, 0, 0, 0);
    }

    private void Complete(in Entry entry)
    {
        Bytes -= entry.Bytes;
        entry.Message.NotifySent(client, entry.Sender);
    }

    /// <param name="Offset">Its offset.</param>
    /// <param name="Message">The message.</param>
    /// <param name="Sender">The receiver of its ack or failure.</param>
    internal readonly record struct Entry(long Offset, Ws.Send Message, IActorRef Sender)
    {
        public int Bytes => Message.Payload.Length;
    }
}
