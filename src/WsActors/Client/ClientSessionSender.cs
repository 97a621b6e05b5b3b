using Akka.Actor;
using WsActors.Connection;

namespace WsActors.Client;

/// <summary>
/// The messages of a client's session, from <c>Ws.Send</c> until the server's acknowledgment; bounded by bytes and count. Each sender is told
/// the outcome once. Owned by the session's actor.
/// </summary>
/// <param name="client">Whom senders know.</param>
/// <param name="options">The bounds.</param>
/// <param name="windowBytes">So much may be on its way at once; a message larger than that goes alone.</param>
internal sealed class ClientSessionSender(IActorRef client, ClientOptions options, int windowBytes)
{
    /// <summary>Sent over this connection and not acknowledged; <see cref="_waiting"/> is behind it.</summary>
    private readonly Queue<Entry> _sent = [];

    private readonly Queue<Entry> _waiting = [];

    private long _sentBytes;

    /// <summary>The last message that was taken.</summary>
    private long _last;

    /// <summary>The last one that ever left.</summary>
    private long _lastSent;

    /// <summary>The last one that left over this connection, or that it began with: the server cannot have a later one.</summary>
    private long _lastSentHere;

    private long _acknowledged;

    /// <summary>Payload bytes that are kept.</summary>
    public long Bytes { get; private set; }

    public bool IsEmpty => _sent.Count + _waiting.Count == 0;

    /// <returns>False for one that does not fit. One larger than all the room is taken when it has it for itself.</returns>
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

    /// <summary>The next one to leave, if the window allows one.</summary>
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

    /// <summary>The server has dealt with all up to this one.</summary>
    /// <returns>False when it cannot have.</returns>
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

    /// <summary>The session goes on over another connection: what the server does not have leaves again.</summary>
    /// <param name="offset">The last one that it has.</param>
    /// <returns>False when it cannot be that one.</returns>
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

    /// <summary>The session is over: nobody will say what became of the rest. The next one begins with an empty outbox, and from 1.</summary>
    public void FailAll()
    {
        foreach (var entry in _sent.Concat(_waiting))
        {
            AckNotifier.Tell(client, entry.Message, entry.Sender, Ws.SendFailure.Closed);
        }

        _sent.Clear();
        _waiting.Clear();
        (_sentBytes, Bytes) = (0, 0);
        (_last, _lastSent, _lastSentHere, _acknowledged) = (0, 0, 0, 0);
    }

    private void Complete(in Entry entry)
    {
        Bytes -= entry.Bytes;
        if (entry.Message.Ack is { } ack)
        {
            entry.Sender.Tell(ack, client);
        }
    }

    /// <param name="Offset">Its number.</param>
    /// <param name="Message">What is sent.</param>
    /// <param name="Sender">Who is told what became of it.</param>
    internal readonly record struct Entry(long Offset, Ws.Send Message, IActorRef Sender)
    {
        public int Bytes => Message.Payload.Length;
    }
}
