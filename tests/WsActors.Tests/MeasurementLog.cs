using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Akka.Actor;

namespace WsActors.Tests;

/// <summary>The measurements of some systems, by instrument and attributes. Any thread.</summary>
internal sealed class MeasurementLog : IDisposable
{
    private readonly ConcurrentDictionary<string, (double Sum, int Count)> _measured = new();

    private readonly MeterListener _listener = new();

    /// <param name="systems">The systems, which have different names.</param>
    public MeasurementLog(params ActorSystem[] systems)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "WsActors" && systems.Contains(instrument.Meter.Scope))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, attributes, _) => Note(instrument, value, attributes));
        _listener.SetMeasurementEventCallback<long>((instrument, value, attributes, _) => Note(instrument, value, attributes));
        _listener.SetMeasurementEventCallback<double>((instrument, value, attributes, _) => Note(instrument, value, attributes));
        _listener.Start();
    }

    /// <param name="system">The system.</param>
    /// <param name="instrument">The name without <c>wsactors.</c>.</param>
    /// <param name="attributes">The attributes behind that of the system, in order: <c>name=value</c>, with spaces between them.</param>
    public double Sum(ActorSystem system, string instrument, string attributes) => Of(system, instrument, attributes).Sum;

    /// <inheritdoc cref="Sum"/>
    public int Count(ActorSystem system, string instrument, string attributes) => Of(system, instrument, attributes).Count;

    public void Dispose() => _listener.Dispose();

    private (double Sum, int Count) Of(ActorSystem system, string instrument, string attributes) =>
        _measured.GetValueOrDefault($"wsactors.{instrument} wsactors.system={system.Name} {attributes}");

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> attributes)
    {
        var name = instrument.Name;
        foreach (var (key, attribute) in attributes)
        {
            name += $" {key}={attribute}";
        }

        _measured.AddOrUpdate(name, (value, 1), (_, all) => (all.Sum + value, all.Count + 1));
    }
}
