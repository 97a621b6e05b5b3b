using Akka.Event;
using WsActors.Dispatch;
using WsActors.Runtime;

namespace WsActors.Transport.Polling;

/// <summary>
/// Reports Inline handlers that take long on a poller's thread: each run is counted, and one line a minute is logged. A pause of the whole
/// process, as for a collection, counts like a handler's own time. One for each route of an endpoint that says <c>Inline</c>; any thread.
/// </summary>
/// <param name="endpoint">The name of the endpoint.</param>
/// <param name="route">The route's template.</param>
/// <param name="clock">The clock of the minute.</param>
/// <param name="log">The log of the lines.</param>
/// <param name="countSlow">Counts a slow run.</param>
internal sealed class InlineHandlerWatchdog(string endpoint, string route, Clock clock, ILoggingAdapter log, Action countSlow)
    : IRunWatchdog
{
    /// <summary>The longest run that is not slow.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(5);

    private readonly LogThrottle _throttle = new(clock);

    public void OnCompleted(TimeSpan time)
    {
        if (time > Limit)
        {
            countSlow();
            Warn(time, isOver: true);
        }
    }

    public void OnStillRunning(TimeSpan time)
    {
        if (time > Limit)
        {
            Warn(time, isOver: false);
        }
    }

    private void Warn(TimeSpan time, bool isOver)
    {
        // A run that is still going on counts once it is over.
        if (_throttle.TryPass(out var withheld, isCounted: isOver))
        {
            log.Warning(
                "{Endpoint}: a handler of {Route} {Took} {Milliseconds:F0} ms on a thread that reads sockets, and all other sockets of "
                + "that thread wait meanwhile; leave out WebSocketRouteOptions.Inline where a handler may wait ({Withheld} more in the "
                + "last minute were not logged)",
                endpoint,
                route,
                isOver ? "took" : "has not returned for",
                time.TotalMilliseconds,
                withheld);
        }
    }
}
