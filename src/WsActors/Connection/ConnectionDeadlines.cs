namespace WsActors.Connection;

/// <summary>The deadline that is due on an open connection.</summary>
internal enum DueDeadline
{
    Nothing,

    /// <summary>The peer has been silent: ping it.</summary>
    Ping,

    /// <summary>A ping left, and nothing followed it.</summary>
    PongMissing,

    /// <summary>No message went either way.</summary>
    Idle,

    /// <summary>A frame has begun and does not go on.</summary>
    FrameStalled,

    /// <summary>A message has begun and does not go on.</summary>
    MessageStalled,

    /// <summary>The kernel does not take a write: the peer does not read.</summary>
    WriteStalled,
}

/// <summary>
/// The clocks of an open connection, as times and comparisons: nothing here waits. While reading is paused by us, the clocks that
/// judge the peer by what it sends stand still. Owned by its connection.
/// </summary>
internal sealed class ConnectionDeadlines(ConnectionOptions options, TimeSpan opened)
{
    private TimeSpan _lastHeard = opened;

    private TimeSpan _lastMessage = opened;

    /// <summary>Whether there was one since the time was told last: the clock is not read for each.</summary>
    private bool _isMessageNew;

    /// <summary>The time of the last ping, while no byte has arrived since.</summary>
    private TimeSpan? _pingSentAt;

    /// <summary>The time of a ping that is still queued: one is enough.</summary>
    private bool _isPingQueued;

    /// <summary>The open frame's.</summary>
    private ProgressWindow _frame;

    /// <summary>The open message's, in whatever frames it comes.</summary>
    private ProgressWindow _message;

    private TimeSpan? _pausedSince;

    /// <summary>The first time at which <see cref="Check"/> would not say <see cref="DueDeadline.Nothing"/>.</summary>
    /// <param name="writeSince">Since when a write is in flight; null when none is.</param>
    public TimeSpan Next(TimeSpan? writeSince) => Min(
        writeSince + options.Progress.WriteTimeout,
        _pausedSince is null ? NextOfPeer : TimeSpan.MaxValue);

    /// <param name="now">The time.</param>
    /// <param name="writeSince">Since when a write is in flight; null when none is.</param>
    public DueDeadline Check(TimeSpan now, TimeSpan? writeSince)
    {
        NoteMessages(now);
        return now switch
        {
            _ when now >= writeSince + options.Progress.WriteTimeout => DueDeadline.WriteStalled,
            _ when _pausedSince is not null => DueDeadline.Nothing,
            _ when now >= _pingSentAt + options.KeepAlive.PongTimeout => DueDeadline.PongMissing,
            _ when now >= _frame.Since + options.Progress.PartialFrameTimeout => DueDeadline.FrameStalled,
            _ when now >= _message.Since + options.Progress.PartialMessageTimeout => DueDeadline.MessageStalled,
            _ when now >= _lastMessage + options.KeepAlive.IdleTimeout => DueDeadline.Idle,
            _ when now >= PingAt => DueDeadline.Ping,
            _ => DueDeadline.Nothing,
        };
    }

    /// <summary>Bytes came, whatever they were: the peer lives.</summary>
    /// <param name="now">The time.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="isMidFrame">Whether a frame is open behind them.</param>
    /// <param name="isNext">Whether an earlier frame ended in them.</param>
    public void OnBytes(TimeSpan now, int bytes, bool isMidFrame, bool isNext)
    {
        var mark = Mark(now);
        _lastHeard = mark;
        _pingSentAt = null;
        _frame.OnBytes(mark, bytes, EnoughIn(options.Progress.PartialFrameTimeout), isMidFrame, isNext);
    }

    /// <summary>The same bytes without those of control frames, which may come between the frames of a message but are no part of it.</summary>
    /// <param name="now">The time.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="isMidMessage">Whether a message is open behind them.</param>
    /// <param name="isNext">Whether an earlier message ended in them.</param>
    public void OnMessageBytes(TimeSpan now, int bytes, bool isMidMessage, bool isNext) =>
        _message.OnBytes(Mark(now), bytes, EnoughIn(options.Progress.PartialMessageTimeout ?? TimeSpan.Zero), isMidMessage, isNext);

    /// <summary>A message came or was taken for sending: at the time that is told next, which is that of the end of the step.</summary>
    public void OnMessage() => _isMessageNew = true;

    public void OnPingQueued() => _isPingQueued = true;

    /// <summary>The pong's clock starts when the ping has left, not while it waits behind a long queue.</summary>
    public void OnPingSent(TimeSpan now)
    {
        _isPingQueued = false;
        _pingSentAt ??= Mark(now);
    }

    /// <summary>A pong came, even before the word that its ping had left.</summary>
    public void OnPong()
    {
        _isPingQueued = false;
        _pingSentAt = null;
    }

    /// <summary>We stop reading: the peer cannot be judged by what we do not read.</summary>
    public void Pause(TimeSpan now)
    {
        NoteMessages(now);
        _pausedSince ??= now;
    }

    /// <summary>We read again: the clocks go on from where they stood.</summary>
    public void Resume(TimeSpan now)
    {
        NoteMessages(now);
        if (_pausedSince is { } since)
        {
            var stood = now - since;
            _lastHeard += stood;
            _lastMessage += stood;
            _pingSentAt += stood;
            _frame.Shift(stood);
            _message.Shift(stood);
            _pausedSince = null;
        }
    }

    private void NoteMessages(TimeSpan now)
    {
        if (_isMessageNew)
        {
            _lastMessage = Mark(now);
            _isMessageNew = false;
        }
    }

    /// <summary>The number of bytes that restarts the window.</summary>
    private double EnoughIn(TimeSpan window) => options.Progress.MinBytesPerSecond * window.TotalSeconds;

    private TimeSpan? PingAt => _isPingQueued || _pingSentAt is not null ? null : _lastHeard + options.KeepAlive.PingInterval;

    private TimeSpan NextOfPeer => Min(
        _pingSentAt + options.KeepAlive.PongTimeout,
        Min(
            Min(
                _frame.Since + options.Progress.PartialFrameTimeout,
                _message.Since + options.Progress.PartialMessageTimeout ?? TimeSpan.MaxValue),
            Min(_lastMessage + options.KeepAlive.IdleTimeout, PingAt ?? TimeSpan.MaxValue)));

    /// <summary>Now, by the clocks that stand still during a pause.</summary>
    private TimeSpan Mark(TimeSpan now) => _pausedSince ?? now;

    private static TimeSpan Min(TimeSpan? maybe, TimeSpan other) => maybe is { } time && time < other ? time : other;
}
