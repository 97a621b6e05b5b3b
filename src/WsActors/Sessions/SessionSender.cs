using Akka.Actor;
using WsActors.Connection;

namespace WsActors.Sessions;

/// <summary>
/// What a session sends: everything goes through its log, and from there to the client, while there is one, no more than a window ahead of its
/// acks. Owned by its session.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="share">What its log takes of the node's.</param>
/// <param name="log">What a session that moved here has brought along.</param>
internal sealed class SessionSender(SessionActor session, SessionQuota.Share share, SessionLog log)
{
    private readonly SessionSettings _settings = session.Host.Settings;

    /// <summary>The client's connection; null while there is none.</summary>
    private IActorRef? _connection;

    /// <summary>The last message that left on this connection.</summary>
    private long _sent;

    /// <summary>Where that ends, in bytes since the beginning of the log.</summary>
    private long _sentEnd;

    /// <summary>Where the last message ends that the client has acknowledged.</summary>
    private long _acknowledgedEnd;

    /// <summary>Since when the client has acknowledged nothing, while it should.</summary>
    private TimeSpan _owedSince;

    /// <summary>Since when the client's link does not read; null while it does.</summary>
    private TimeSpan? _unreadSince;

    public SessionLog Log => log;

    /// <summary>Payload bytes that were taken for sending.</summary>
    public long BytesSent { get; set; }

    private bool IsAckOwed => _connection is not null && _sentEnd > _acknowledgedEnd;

    /// <summary>Whether the client's acks are read.</summary>
    public bool IsRead => _unreadSince is null;

    private bool IsJudged => IsAckOwed && IsRead;

    /// <summary>Whether the client has acknowledged nothing for too long, in the time in which it was read.</summary>
    public bool IsOverdue(TimeSpan now) => IsJudged && now - _owedSince >= _settings.AckTimeout;

    /// <summary>When it has to be looked at again.</summary>
    public TimeSpan Next
    {
        get
        {
            var next = log.Count > 0 ? log[log.First].At + _settings.MaxLogAge : TimeSpan.MaxValue;
            return IsJudged && _owedSince + _settings.AckTimeout < next ? _owedSince + _settings.AckTimeout : next;
        }
    }

    /// <summary>Whether a client that has that much can get the rest.</summary>
    public bool Reaches(long offset) => offset >= log.First - 1 && offset <= log.Last;

    /// <summary>A client came that has everything up to a message. What it missed leaves with the next step.</summary>
    public void Attach(IActorRef connection, long offset)
    {
        Release(offset);
        (_connection, _sent) = (connection, offset);
        _sentEnd = _acknowledgedEnd = log.EndOf(offset);
        _unreadSince = null;
    }

    public void Detach() => _connection = null;

    /// <summary>The client's link stops or starts to read. An ack that lies unread is not the client's delay.</summary>
    public void Read(bool isRead, TimeSpan now)
    {
        if (isRead && _unreadSince is { } since)
        {
            _owedSince += now - (since > _owedSince ? since : _owedSince);
        }

        _unreadSince = isRead ? null : now;
    }

    /// <summary>Logs a message, unless it wants to be dropped rather than push out others.</summary>
    /// <returns>Whether it did.</returns>
    public bool TryAppend(Ws.Send message, IActorRef? sender, TimeSpan now)
    {
        if (message.Overflow.IsDrop && IsFullFor(message))
        {
            return false;
        }

        log.Append(message, message.Ack is null ? null : sender, now);
        share.Use(SessionLog.BytesOf(message));
        BytesSent += message.Payload.Length;
        return true;
    }

    /// <summary>Takes what was in the log of the node that it comes from.</summary>
    public void Restore(IReadOnlyList<SessionState.Message> messages, TimeSpan now)
    {
        foreach (var message in messages)
        {
            log.Append(message.Send, message.Sender, now - message.Age);
            share.Use(SessionLog.BytesOf(message.Send));
        }
    }

    /// <summary>The client has everything up to a message.</summary>
    /// <returns>False for one that it was not sent.</returns>
    public bool TryAcknowledge(long offset, TimeSpan now)
    {
        if (offset > _sent)
        {
            return false;
        }

        Release(offset);
        _acknowledgedEnd = Math.Max(_acknowledgedEnd, log.EndOf(offset));
        _owedSince = now;
        return true;
    }

    /// <summary>Sends what the window allows.</summary>
    public void Flush(TimeSpan now) => Flush(now, _settings.WindowBytes);

    /// <summary>Sends all, before a close.</summary>
    public void FlushAll(TimeSpan now) => Flush(now, long.MaxValue);

    /// <summary>Removes the oldest messages of a log that is too large or too old.</summary>
    /// <returns>False when the client was not sent one of them: it is too slow.</returns>
    public bool Trim(TimeSpan now)
    {
        while (log.Count > 0 && IsTooMuch(now))
        {
            Fail(RemoveFirst(), Ws.SendFailure.QueueFull);
        }

        if (log.Count == 0)
        {
            share.OnEmptied();
        }

        return _connection is null || log.First - 1 <= _sent;
    }

    /// <summary>The session is over: nobody will get what is left.</summary>
    public void FailAll()
    {
        while (log.Count > 0)
        {
            Fail(RemoveFirst(), Ws.SendFailure.Closed);
        }
    }

    /// <summary>The log as it is handed over.</summary>
    public IReadOnlyList<SessionState.Message> ToState(TimeSpan now)
    {
        var messages = new List<SessionState.Message>(log.Count);
        for (var offset = log.First; offset <= log.Last; offset++)
        {
            ref readonly var entry = ref log[offset];
            messages.Add(new SessionState.Message(entry.Message, entry.Sender, now - entry.At));
        }

        return messages;
    }

    private void Flush(TimeSpan now, long window)
    {
        while (_connection is not null && _sent < log.Last)
        {
            ref readonly var next = ref log[_sent + 1];
            if (_sentEnd > _acknowledgedEnd && next.End - _acknowledgedEnd > window)
            {
                return;
            }

            _owedSince = IsAckOwed ? _owedSince : now;
            (_sent, _sentEnd) = (_sent + 1, next.End);
            session.Tell(_connection, FrameOf(_sent, next.Message));
        }
    }

    private static Ws.Send FrameOf(long offset, Ws.Send message) =>
        Ws.Send.Create(message.Kind, SessionFrameWriter.Message(offset, message.Payload.Span)) with { Compress = message.Compress };

    // A message alone may be longer than a log, as one is that a connection's empty queue takes. What all share has no such exception.
    private bool IsTooMuch(TimeSpan now) => log.Count > _settings.MaxLogMessages
        || (log.Bytes > _settings.MaxLogBytes && log.Count > 1)
        || share.MustTrim()
        || now - log[log.First].At >= _settings.MaxLogAge;

    private bool IsFullFor(Ws.Send message) => log.Count >= _settings.MaxLogMessages
        || (log.Bytes + SessionLog.BytesOf(message) > _settings.MaxLogBytes && log.Count > 0)
        || share.IsExceededWith(SessionLog.BytesOf(message));

    private void Release(long offset)
    {
        while (log.Count > 0 && log.First <= offset)
        {
            var entry = RemoveFirst();
            if (entry.Message.Ack is { } ack)
            {
                entry.Sender?.Tell(ack, session.Ref);
            }
        }
    }

    private void Fail(in SessionLog.Entry entry, Ws.SendFailure reason)
    {
        if (entry.Sender is { } sender)
        {
            AckNotifier.Tell(session.Ref, entry.Message, sender, reason);
        }
    }

    private SessionLog.Entry RemoveFirst()
    {
        var entry = log.RemoveFirst();
        share.Use(-SessionLog.BytesOf(entry.Message));
        return entry;
    }
}
