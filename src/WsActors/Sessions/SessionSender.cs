using Akka.Actor;
using WsActors.Sessions.Subprotocol;
using WsActors.Settings;

namespace WsActors.Sessions;

/// <summary>
/// The reliable sender of a session: logs every message, and sends the log to the attached client, at most a window ahead of its acks.
/// Owned by its session.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="share">Its share of the node's session quota.</param>
/// <param name="log">The log; for a session that moved here, it starts at that session's offset.</param>
internal sealed class SessionSender(SessionActor session, SessionQuota.Share share, SessionLog log)
{
    private readonly SessionSettings _settings = session.Host.Settings;

    /// <summary>The client's connection; null while none is attached.</summary>
    private IActorRef? _connection;

    /// <summary>The last message sent on this connection.</summary>
    private long _sent;

    /// <summary>The end of that message, in bytes since the start of the log.</summary>
    private long _sentEnd;

    /// <summary>The end of the last acknowledged message, in bytes since the start of the log.</summary>
    private long _acknowledgedEnd;

    /// <summary>The time since which the client owes an ack.</summary>
    private TimeSpan _owedSince;

    /// <summary>The time since which the client's link does not read; null while it reads.</summary>
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

    /// <summary>The next deadline: of the oldest message's age, or of the client's ack.</summary>
    public TimeSpan Next
    {
        get
        {
            var next = log.Count > 0 ? log[log.First].At + _settings.MaxLogAge : TimeSpan.MaxValue;
            return IsJudged && _owedSince + _settings.AckTimeout < next ? _owedSince + _settings.AckTimeout : next;
        }
    }

    /// <summary>Whether the log can continue from a client's last offset.</summary>
    public bool Reaches(long offset) => offset >= log.First - 1 && offset <= log.Last;

    /// <summary>Attaches a client that has all messages up to an offset. The missed ones are sent with the next flush.</summary>
    public void Attach(IActorRef connection, long offset)
    {
        Release(offset);
        (_connection, _sent) = (connection, offset);
        _sentEnd = _acknowledgedEnd = log.EndOf(offset);
        _unreadSince = null;
    }

    public void Detach() => _connection = null;

    /// <summary>The client's link stops or starts to read. Time in which an ack may lie unread is not the client's delay.</summary>
    public void Read(bool isRead, TimeSpan now)
    {
        if (isRead && _unreadSince is { } since)
        {
            _owedSince += now - (since > _owedSince ? since : _owedSince);
        }

        _unreadSince = isRead ? null : now;
    }

    /// <summary>Logs a message, unless its overflow policy is to drop it and the log is full.</summary>
    /// <returns>Whether it is logged.</returns>
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

    /// <summary>Restores the log that was handed over.</summary>
    public void Restore(IReadOnlyList<SessionState.Message> messages, TimeSpan now)
    {
        foreach (var message in messages)
        {
            log.Append(message.Send, message.Sender, now - message.Age);
            share.Use(SessionLog.BytesOf(message.Send));
        }
    }

    /// <summary>The client acknowledges all messages up to an offset.</summary>
    /// <returns>False for an offset that was not sent.</returns>
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

    /// <summary>Sends as much as the window allows.</summary>
    public void Flush(TimeSpan now) => Flush(now, _settings.WindowBytes);

    /// <summary>Sends all, before a close.</summary>
    public void FlushAll(TimeSpan now) => Flush(now, long.MaxValue);

    /// <summary>Removes the oldest messages of a log that is too large or too old.</summary>
    /// <returns>False when one of them was not sent to the attached client yet: it is too slow.</returns>
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

    /// <summary>The session has ended: fails all messages that are left.</summary>
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

    // A single message may be larger than the log, as in a connection's empty queue. The shared quota has no such exception.
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
            entry.Message.NotifySent(session.Ref, entry.Sender);
        }
    }

    private void Fail(in SessionLog.Entry entry, Ws.SendFailure reason) =>
        entry.Message.NotifyFailed(session.Ref, entry.Sender, reason);

    private SessionLog.Entry RemoveFirst()
    {
        var entry = log.RemoveFirst();
        share.Use(-SessionLog.BytesOf(entry.Message));
        return entry;
    }
}
