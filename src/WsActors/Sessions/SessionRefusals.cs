using Akka.Event;

namespace WsActors.Sessions;

/// <summary>
/// Says that sessions are refused, once a minute: a flood of clients must not become a flood of lines. One a system; any thread.
/// </summary>
internal sealed class SessionRefusals(Clock clock, ILoggingAdapter log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();

    private TimeSpan _next = TimeSpan.MinValue;

    private long _untold;

    public void Note(string reason)
    {
        lock (_lock)
        {
            _untold++;
            if (clock.Now < _next)
            {
                return;
            }

            log.Warning("Sessions refused: {Count}; the last one because {Reason}", _untold, reason);
            (_next, _untold) = (clock.Now + Interval, 0);
        }
    }
}
