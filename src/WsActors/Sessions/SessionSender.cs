using System.Diagnostics;
using Akka.Actor;
using WsActors.Sessions.Subprotocol;
using WsActors.Settings;
using WsActors.Tracing;

namespace WsActors.Sessions;

/// <summary>
/// The server's half of a session's <see cref="ReliableSender"/>: sends to the attached client, bounds the log, and times the client's
/// acks. Owned by its session.
/// </summary>
internal sealed class SessionSender
{
    private readonly SessionActor _session;

    private readonly SessionSettings _settings;

    private readonly SessionQuota.Share _share;

    private readonly SessionView _view;

    private readonly ReliableSender _sender;

    /// <summary>The client's connection; null while none is attached.</summary>
    private IActorRef? _connection;

    /// <summary>The time since which the client owes an ack.</summary>
    private TimeSpan _owedSince;

    /// <summary>The time since which the client's link does not read; null while it reads.</summary>
    private TimeSpan? _unreadSince;

    /// <param name="session">The session.</param>
    /// <param name="share">Its share of the node's session quota.</param>
    /// <param name="view">Shows the log to lists.</param>
    /// <param name="state">Its state, with the log of a session that moved here.</param>
    /// <param name="now">The time.</param>
    public SessionSender(SessionActor session, SessionQuota.Share share, SessionView view, SessionState state, TimeSpan now)
    {
        (_session, _settings, _share, _view, BytesSent) = (session, session.Host.Settings, share, view, state.BytesSent);
        var log = new SessionLog(state.Sent - state.Log.Count);
        foreach (var message in state.Log)
        {
            log.Append(message.Send, message.Sender, now - message.Age);
        }

        _sender = new ReliableSender(session.Ref, log);
        UpdateShare();
    }

    public SessionLog Log => _sender.Log;

    /// <summary>Payload bytes that were taken for sending.</summary>
    public long BytesSent { get; private set; }

    private bool IsAckOwed => _connection is not null && _sender.IsAckOwed;

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
            var next = Log.Count > 0 ? Log[Log.First].At + _settings.MaxLogAge : TimeSpan.MaxValue;
            return IsJudged && _owedSince + _settings.AckTimeout < next ? _owedSince + _settings.AckTimeout : next;
        }
    }

    /// <summary>Continues at the offset of the last message that a client has.</summary>
    /// <returns>False for an offset that the log does not reach back to, or that was never sent.</returns>
    public bool TryResume(long offset)
    {
        var isInLog = _sender.TryResume(offset);
        UpdateShare();
        return isInLog;
    }

    /// <summary>Attaches a client. The messages that it does not have are sent with the next flush.</summary>
    public void Attach(IActorRef connection) => (_connection, _unreadSince) = (connection, null);

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

        _sender.Append(message, sender, now);
        UpdateShare();
        BytesSent += message.Payload.Length;
        return true;
    }

    /// <summary>The span of the message that was logged last: it ends with the message.</summary>
    public void SetSpan(Activity? span) => PendingSpans.Add(_sender, Log.Last, span);

    /// <summary>The client acknowledges all messages up to an offset.</summary>
    /// <returns>False for an offset that was not sent.</returns>
    public bool TryAcknowledge(long offset, TimeSpan now)
    {
        if (!_sender.TryAcknowledge(offset))
        {
            return false;
        }

        UpdateShare();
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
        while (Log.Count > 0 && IsTooMuch(now))
        {
            _sender.FailFirst(Ws.SendFailure.QueueFull);
            UpdateShare();
        }

        if (Log.Count == 0)
        {
            _share.OnEmptied();
        }

        return _connection is null || !_sender.HasGap;
    }

    /// <summary>The session has ended: fails all messages that are left.</summary>
    public void FailAll()
    {
        _sender.FailAll();
        UpdateShare();
    }

    /// <summary>The log as it is handed over.</summary>
    public IReadOnlyList<SessionState.Message> ToState(TimeSpan now)
    {
        var messages = new List<SessionState.Message>(Log.Count);
        for (var offset = Log.First; offset <= Log.Last; offset++)
        {
            ref readonly var entry = ref Log[offset];
            messages.Add(new SessionState.Message(entry.Message, entry.Sender, now - entry.At));
        }

        return messages;
    }

    private void Flush(TimeSpan now, long window)
    {
        if (_connection is not { } connection)
        {
            return;
        }

        _owedSince = IsAckOwed ? _owedSince : now;
        while (_sender.TrySend(window, out var frame))
        {
            _session.Tell(connection, frame);
        }
    }

    // A single message may be larger than the log, as in a connection's empty queue. The shared quota has no such exception.
    private bool IsTooMuch(TimeSpan now) => Log.Count > _settings.MaxLogMessages
        || (Log.Bytes > _settings.MaxLogBytes && Log.Count > 1)
        || _share.MustTrim()
        || now - Log[Log.First].At >= _settings.MaxLogAge;

    private bool IsFullFor(Ws.Send message) => Log.Count >= _settings.MaxLogMessages
        || (Log.Bytes + Log.BytesOf(message) > _settings.MaxLogBytes && Log.Count > 0)
        || _share.IsExceededWith(Log.BytesOf(message));

    private void UpdateShare()
    {
        _share.Use(Log.Bytes - _share.Bytes);
        _view.SetLog(Log.Count, Log.Bytes);
    }
}
