using Akka.Event;
using WsActors.Runtime;

namespace WsActors.Sessions;

/// <summary>
/// The log of refused sessions, one line a minute: many clients must not cause many lines. One a system; any thread.
/// </summary>
internal sealed class SessionRefusalLog(Clock clock, ILoggingAdapter log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();

    private TimeSpan _next = TimeSpan.MinValue;

    private long _unlogged;

    public void Write(string reason)
    {
        lock (_lock)
        {
            _unlogged++;
            if (clock.Now < _next)
            {
                return;
            }

            log.Warning("Sessions refused: {Count}; the last one because {Reason}", _unlogged, reason);
            (_next, _unlogged) = (clock.Now + Interval, 0);
        }
    }
}
