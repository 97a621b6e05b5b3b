using System.Diagnostics.Metrics;
using WsActors.Protocol;

namespace WsActors.Tests.Sessions;

/// <summary>The metrics of sessions.</summary>
public sealed class SessionMetricsSpec : SessionSpec
{
    private readonly Dictionary<string, long> _values = [];

    private readonly MeterListener _listener = new();

    public SessionMetricsSpec()
        : base("retention = 30s")
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter is { Name: "WsActors", Scope: { } scope }
                && scope == Sys
                && instrument.Name.Contains("session", StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, measured, tags, _) =>
        {
            var isSum = instrument is Counter<long>;
            var words = tags.ToArray().ToDictionary(static tag => tag.Key, static tag => tag.Value);
            Note(isSum ? $"{words["http.route"]} {words["wsactors.session.recovery"]}" : instrument.Name, measured, isSum);
        });
        _listener.Start();
    }

    [Fact]
    public void Sessions_and_log_bytes_are_measured_until_they_end()
    {
        Assert.Equal((0, 0), Observed());

        var client = Begin();
        Break(client);
        Tell("12345");
        Kit.AwaitIdle();
        Assert.Equal(1, Observed().Open);
        Assert.InRange(Observed().Log, 5, 500);
        Assert.Equal(LogBytes, Observed().Log);

        Kit.Advance(Seconds(30));
        Handler.ExpectClosed(CloseCode.Abnormal);
        AwaitAssert(() => Assert.Equal((0, 0), Observed()));
    }

    [Fact]
    public void Welcomes_are_counted_by_their_recovery()
    {
        var client = Begin();
        Break(client);
        Resume(client);
        Assert.Equal((1, 1, 0), (Welcomed("new"), Welcomed("recovered"), Welcomed("lost")));

        Break(client);
        Kit.Advance(Seconds(30));
        Handler.ExpectClosed(CloseCode.Abnormal);
        Assert.Equal("false", client.Resume());
        Handler.ExpectOpened();
        Assert.Equal((1, 1, 1), (Welcomed("new"), Welcomed("recovered"), Welcomed("lost")));
    }

    protected override void AfterAll()
    {
        _listener.Dispose();
        base.AfterAll();
    }

    private void Note(string what, long value, bool isSum)
    {
        lock (_values)
        {
            _values[what] = value + (isSum ? _values.GetValueOrDefault(what) : 0);
        }
    }

    private long Welcomed(string recovery)
    {
        Kit.AwaitIdle();
        lock (_values)
        {
            return _values.GetValueOrDefault($"/ {recovery}");
        }
    }

    private (long Open, long Log) Observed()
    {
        _listener.RecordObservableInstruments();
        lock (_values)
        {
            return (_values["wsactors.active_sessions"], _values["wsactors.session_log.size"]);
        }
    }
}
