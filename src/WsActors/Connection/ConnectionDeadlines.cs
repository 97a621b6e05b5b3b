namespace WsActors.Connection;

/// <summary>The deadline that is due on an open connection.</summary>
internal enum DueDeadline
{
    Nothing,

    /// <summary>The peer was silent for the ping interval: ping it.</summary>
    Ping,

    /// <summary>A ping was sent, and no byte arrived since.</summary>
    PongMissing,

    /// <summary>No message was received or sent.</summary>
    Idle,

    /// <summary>A frame has started and makes too little progress.</summary>
    FrameStalled,

    /// <summary>A message has started and makes too little progress.</summary>
    MessageStalled,

    /// <summary>The kernel did not take a write: the peer does not read.</summary>
    WriteStalled,
}

/// <summary>
/// The deadlines of an open connection, as times and comparisons: nothing here waits. Deadlines that judge what the peer sends are
/// suspended while we pause reading. Owned by its connection.
/// </summary>
/// <param name="limits">The durations, shared by the connections of an endpoint.</param>
/// <param name="opened">The time at which the connection opened.</param>
internal sealed class ConnectionDeadlines(ConnectionDeadlines.Limits limits, TimeSpan opened)
{
    private TimeSpan _lastHeard = opened;

    private TimeSpan _lastMessage = opened;

    /// <summary>Whether a message passed since the time was last given: the clock is not read for each message.</summary>
    private bool _isMessageNew;

    /// <summary>The time of the last ping; null once a byte has arrived since.</summary>
    private TimeSpan? _pingSentAt;

    /// <summary>Whether a ping is still queued: one is enough.</summary>
    private bool _isPingQueued;

    /// <summary>The progress of the open frame.</summary>
    private ProgressWindow _frame;

    /// <summary>The progress of the open message, over all its frames.</summary>
    private ProgressWindow _message;

    private TimeSpan? _pausedSince;

    /// <summary>The first time at which <see cref="Check"/> returns another result than <see cref="DueDeadline.Nothing"/>.</summary>
    /// <param name="writeSince">Since when a write is in flight; null when none is.</param>
    public TimeSpan Next(TimeSpan? writeSince) => Min(
        writeSince + limits.Write,
        _pausedSince is null ? NextOfPeer : TimeSpan.MaxValue);

    /// <param name="now">The time.</param>
    /// <param name="writeSince">Since when a write is in flight; null when none is.</param>
    public DueDeadline Check(TimeSpan now, TimeSpan? writeSince)
    {
        NoteMessages(now);
        return now switch
        {
            _ when now >= writeSince + limits.Write => DueDeadline.WriteStalled,
            _ when _pausedSince is not null => DueDeadline.Nothing,
            _ when now >= _pingSentAt + limits.Pong => DueDeadline.PongMissing,
            _ when now >= _frame.Since + limits.Frame => DueDeadline.FrameStalled,
            _ when now >= _message.Since + limits.Message => DueDeadline.MessageStalled,
            _ when now >= _lastMessage + limits.Idle => DueDeadline.Idle,
            _ when now >= PingAt => DueDeadline.Ping,
            _ => DueDeadline.Nothing,
        };
    }

    /// <summary>Bytes were received. Any byte shows that the peer is alive.</summary>
    /// <param name="now">The time.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="isMidFrame">Whether a frame is open behind them.</param>
    /// <param name="isNext">Whether an earlier frame ended in them.</param>
    public void OnBytes(TimeSpan now, int bytes, bool isMidFrame, bool isNext)
    {
        var mark = Mark(now);
        _lastHeard = mark;
        _pingSentAt = null;
        _frame.OnBytes(mark, bytes, limits.MinFrameBytes, isMidFrame, isNext);
    }

    /// <summary>The same bytes without control frames, which may come between the frames of a message but are not part of it.</summary>
    /// <param name="now">The time.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="isMidMessage">Whether a message is open behind them.</param>
    /// <param name="isNext">Whether an earlier message ended in them.</param>
    public void OnMessageBytes(TimeSpan now, int bytes, bool isMidMessage, bool isNext) =>
        _message.OnBytes(Mark(now), bytes, limits.MinMessageBytes, isMidMessage, isNext);

    /// <summary>A message was received or queued. Its time is the next one given, at the end of the step.</summary>
    public void OnMessage() => _isMessageNew = true;

    public void OnPingQueued() => _isPingQueued = true;

    /// <summary>The pong timeout starts when the ping has been sent, not while it waits behind a long queue.</summary>
    public void OnPingSent(TimeSpan now)
    {
        _isPingQueued = false;
        _pingSentAt ??= Mark(now);
    }

    /// <summary>A pong was received, perhaps before the completion of its ping's write.</summary>
    public void OnPong()
    {
        _isPingQueued = false;
        _pingSentAt = null;
    }

    /// <summary>Reading pauses: the peer cannot be judged by bytes that we do not read.</summary>
    public void Pause(TimeSpan now)
    {
        NoteMessages(now);
        _pausedSince ??= now;
    }

    /// <summary>Reading resumes: the deadlines move by the length of the pause.</summary>
    public void Resume(TimeSpan now)
    {
        NoteMessages(now);
        if (_pausedSince is { } since)
        {
            var paused = now - since;
            _lastHeard += paused;
            _lastMessage += paused;
            _pingSentAt += paused;
            _frame.Shift(paused);
            _message.Shift(paused);
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

    private TimeSpan? PingAt => _isPingQueued || _pingSentAt is not null ? null : _lastHeard + limits.Ping;

    private TimeSpan NextOfPeer => Min(
        _pingSentAt + limits.Pong,
        Min(
            Min(
                _frame.Since + limits.Frame,
                _message.Since + limits.Message ?? TimeSpan.MaxValue),
            Min(_lastMessage + limits.Idle, PingAt ?? TimeSpan.MaxValue)));

    /// <summary>The time, or the start of the pause.</summary>
    private TimeSpan Mark(TimeSpan now) => _pausedSince ?? now;

    private static TimeSpan Min(TimeSpan? maybe, TimeSpan other) => maybe is { } time && time < other ? time : other;

    /// <summary>The durations of an endpoint, read once from its options: nothing is computed for each message. Immutable.</summary>
    internal sealed class Limits(ProgressOptions progress, KeepAliveOptions keepAlive)
    {
        public TimeSpan Write { get; } = progress.WriteTimeout;

        public TimeSpan Frame { get; } = progress.PartialFrameTimeout;

        public TimeSpan? Message { get; } = progress.PartialMessageTimeout;

        /// <summary>The bytes that an open frame must receive within its timeout.</summary>
        public double MinFrameBytes { get; } = progress.MinBytesPerSecond * progress.PartialFrameTimeout.TotalSeconds;

        /// <summary>The bytes that an open message must receive within its timeout.</summary>
        public double MinMessageBytes { get; } =
            progress.MinBytesPerSecond * (progress.PartialMessageTimeout ?? TimeSpan.Zero).TotalSeconds;

        public TimeSpan? Ping { get; } = keepAlive.PingInterval;

        public TimeSpan Pong { get; } = keepAlive.PongTimeout;

        public TimeSpan? Idle { get; } = keepAlive.IdleTimeout;
    }

    /// <summary>
    /// The minimum progress of an open frame or message: a window opens with it, and a new one whenever minBytes bytes have arrived. More
    /// bytes than needed are not credited: a fast start must not buy a long rest, since the rate is a minimum at any time, not an average.
    /// A rest is noticed one window after the last full one.
    /// </summary>
    private struct ProgressWindow
    {
        /// <summary>Bytes received in the current window.</summary>
        private long _bytes;

        /// <summary>The start of the current window; null while no frame or message is open.</summary>
        public TimeSpan? Since { get; private set; }

        /// <summary>Counts received bytes, and opens or closes a window.</summary>
        /// <param name="mark">The time.</param>
        /// <param name="bytes">The number of bytes.</param>
        /// <param name="minBytes">The number of bytes that fills a window.</param>
        /// <param name="isOpen">Whether a frame or message is open after them.</param>
        /// <param name="isNext">Whether the frame or message that was open before ended in them.</param>
        public void OnBytes(TimeSpan mark, int bytes, double minBytes, bool isOpen, bool isNext)
        {
            _bytes += bytes;
            if (!isOpen)
            {
                Since = null;
            }
            else if (Since is null || isNext || (bytes > 0 && _bytes >= minBytes))
            {
                (Since, _bytes) = (mark, 0);
            }
        }

        /// <summary>Moves the window by the length of a pause.</summary>
        public void Shift(TimeSpan pause) => Since += pause;
    }
}
