using System.Diagnostics.Metrics;

namespace WsActors.Tests.Loopback;

/// <summary>
/// Hears the measurements of one route, on the thread that makes them: within the connection's actor. Give the route a name of its
/// own, for meters are the whole process's.
/// </summary>
internal sealed class MeterTap : IDisposable
{
    private readonly MeterListener _listener = new();

    /// <param name="instrument">Such as <c>wsactors.io</c>.</param>
    /// <param name="route">The route's template.</param>
    /// <param name="heard">Receives the measurement; its exceptions reach the connection's actor.</param>
    /// <param name="direction">Only measurements with this direction, <c>receive</c> or <c>transmit</c>; null takes all.</param>
    public MeterTap(string instrument, string route, Action<long> heard, string? direction = null)
    {
        _listener.InstrumentPublished = (published, listener) =>
        {
            if (published.Meter.Name == "WsActors" && published.Name == instrument)
            {
                listener.EnableMeasurementEvents(published);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, measurement, tags, _) =>
        {
            if (Tag(tags, "http.route") == route && (direction is null || Tag(tags, "network.io.direction") == direction))
            {
                heard(measurement);
            }
        });
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    private static string? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var (key, value) in tags)
        {
            if (key == name)
            {
                return value as string;
            }
        }

        return null;
    }
}
