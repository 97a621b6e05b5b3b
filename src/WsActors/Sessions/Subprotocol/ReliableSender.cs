using Akka.Actor;
using WsActors.Messages;
using WsActors.Tracing;

namespace WsActors.Sessions.Subprotocol;

/// <summary>
/// The reliable sender of one end of a session: numbers its messages, sends them at most a window ahead of the peer's acks, and after a
/// resume sends again those that the peer does not have. Each message stays in the log until its ack, and each sender is told the outcome
/// once. Owned by its session.
/// </summary>
/// <param name="session">The session, as senders know it.</param>
/// <param name="log">The unacknowledged messages; all of a log that was handed over may have been sent.</param>
internal sealed class ReliableSender(IActorRef session, SessionLog log)
{
    /// <summary>The last message sent over this connection, or that of the resume; the peer cannot have a later one.</summary>
    private long _sent = log.First - 1;

    /// <summary>The last message sent over any connection.</summary>
    private long _lastSent = log.Last;

    /// <summary>The message before the start of the log, as of the last ack or resume.</summary>
    private long _acknowledged = log.First - 1;

    /// <summary>The end of that message, in bytes since the start of the log.</summary>
    private long _acknowledgedEnd;

    public SessionLog Log => log;

    /// <summary>Whether a message was sent over this connection and is not acknowledged.</summary>
    public bool IsAckOwed => _sent > _acknowledged;

    /// <summary>Whether a message that was not sent over this connection is not in the log any more.</summary>
    public bool HasGap => log.First - 1 > _sent;

    /// <param name="message">The message.</param>
    /// <param name="sender">The receiver of its ack or failure.</param>
    /// <param name="now">The start of its age.</param>
    public void Append(Ws.Send message, IActorRef? sender, TimeSpan now) => log.Append(message, message.Ack is null ? null : sender, now);

    /// <summary>Takes the next message to send, if the window allows it.</summary>
    /// <param name="windowBytes">Most bytes that are sent and not acknowledged; a larger message is sent alone.</param>
    /// <param name="frame">The frame to send.</param>
    public bool TrySend(long windowBytes, out Ws.Send frame)
    {
        frame = null!;
        if (_sent == log.Last)
        {
            return false;
        }

        ref readonly var next = ref log[_sent + 1];
        if (IsAckOwed && next.End - _acknowledgedEnd > windowBytes)
        {
            return false;
        }

        _lastSent = Math.Max(_lastSent, ++_sent);
        frame = SessionFrameWriter.SendOf(_sent, next.Message);
        return true;
    }

    /// <summary>The peer acknowledges all messages up to an offset.</summary>
    /// <returns>False for an offset that was not sent over this connection.</returns>
    public bool TryAcknowledge(long offset)
    {
        var isSent = offset <= _sent;
        if (isSent)
        {
            Release(offset);
        }

        return isSent;
    }

    /// <summary>Continues over another connection: all messages behind an offset are sent again.</summary>
    /// <param name="offset">The offset of the last message that the peer has.</param>
    /// <returns>False for an offset that the log does not reach back to, or that was never sent.</returns>
    public bool TryResume(long offset)
    {
        var isInLog = offset >= log.First - 1 && offset <= _lastSent;
        if (isInLog)
        {
            Release(offset);
            _sent = offset;
        }

        return isInLog;
    }

    /// <summary>Removes the oldest message before its ack.</summary>
    public void FailFirst(Ws.SendFailure reason)
    {
        PendingSpans.End(this, log.First, reason.ToAttribute());
        var entry = log.RemoveFirst();
        entry.Message.NotifyFailed(session, entry.Sender, reason);
    }

    /// <summary>The session has ended: fails all messages, whose fate at the peer is unknown.</summary>
    public void FailAll()
    {
        while (log.Count > 0)
        {
            FailFirst(Ws.SendFailure.Closed);
        }
    }

    private void Release(long offset)
    {
        while (log.Count > 0 && log.First <= offset)
        {
            PendingSpans.End(this, log.First);
            var entry = log.RemoveFirst();
            entry.Message.NotifySent(session, entry.Sender);
        }

        _acknowledged = log.First - 1;
        _acknowledgedEnd = log.EndOf(_acknowledged);
    }
}
