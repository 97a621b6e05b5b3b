using Akka.Event;
using WsActors.Connection;
using WsActors.Runtime;
using WsActors.Transport;

namespace WsActors.Manager;

/// <summary>Logs refusals as warnings, up to a number per minute: a flood of bad requests must not become a flood of lines.</summary>
internal sealed class RefusalLog(ILoggingAdapter log, int maxPerMinute)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private TimeSpan _minuteEnds;

    private int _written;

    private int _unlogged;

    public void Write(HandshakeRefused refused, TimeSpan now)
    {
        Advance(now);
        if (_written >= maxPerMinute)
        {
            _unlogged++;
            return;
        }

        _written++;
        log.Warning(
            "{Endpoint} refused {ClientAddress} with {Status}: {Reason}",
            refused.Endpoint.Name,
            PeerAddress.NameOf(refused.Client),
            refused.Status,
            LogSanitizer.Escaped(refused.Reason));
    }

    /// <summary>Starts a new minute once the last one has passed, and logs the number of refusals that were withheld.</summary>
    public void Advance(TimeSpan now)
    {
        if (now < _minuteEnds)
        {
            return;
        }

        if (_unlogged > 0)
        {
            log.Warning("{Withheld} more refusals within a minute were not logged (ws-actors.log.max-refusals-a-minute)", _unlogged);
        }

        (_minuteEnds, _written, _unlogged) = (now + Minute, 0, 0);
    }
}
