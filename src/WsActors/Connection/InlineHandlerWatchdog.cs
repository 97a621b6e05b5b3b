using Akka.Event;
using WsActors.Dispatch;

namespace WsActors.Connection;

/// <summary>
/// Tells of handlers that take long on the threads that read sockets: each is counted, and one line a minute is logged. A pause of the whole process,
/// as for a collection, counts like a handler's own time. One for each route of an endpoint that says <c>Inline</c>; any thread.
/// </summary>
/// <param name="endpoint">Where the route is served.</param>
/// <param name="route">The route's template.</param>
internal sealed class InlineHandlerWatchdog(ServerEndpointContext endpoint, string route) : IRunWatchdog
{
    /// <summary>A run up to this is quick.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();

    private TimeSpan _nextLine;

    /// <summary>Slow runs since the last line that have none of their own.</summary>
    private int _unlogged;

    public void OnCompleted(TimeSpan time)
    {
        if (time > Limit)
        {
            endpoint.MetricsFor(route).SlowInline();
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
        int withheld;
        lock (_gate)
        {
            var now = endpoint.Clock.Now;
            if (now < _nextLine)
            {
                _unlogged += isOver ? 1 : 0;
                return;
            }

            _nextLine = now + Minute;
            (withheld, _unlogged) = (_unlogged, 0);
        }

        endpoint.Log.Warning(
            "{Endpoint}: a handler of {Route} {Took} {Milliseconds:F0} ms on a thread that reads sockets, and all other sockets of that thread wait "
            + "meanwhile; leave out WebSocketRouteOptions.Inline where a handler may wait ({Withheld} more in the last minute were not logged)",
            endpoint.Name,
            route,
            isOver ? "took" : "has not returned for",
            time.TotalMilliseconds,
            withheld);
    }
}
