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
                && instrument.Name.StartsWith("wsactors.sessions.", StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, now, _, _) => Note(instrument.Name, now, isSum: false));
        _listener.SetMeasurementEventCallback<long>((instrument, measured, tags, _) =>
        {
            var isSum = instrument is Counter<long>;
            var words = tags.ToArray().ToDictionary(static tag => tag.Key, static tag => tag.Value);
            Note(isSum ? $"{words["route"]} {words["recovered"]}" : instrument.Name, measured, isSum);
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
        Assert.Equal((1, 1, 0), (Welcomed("new"), Welcomed("true"), Welcomed("false")));

        Break(client);
        Kit.Advance(Seconds(30));
        Handler.ExpectClosed(CloseCode.Abnormal);
        Assert.Equal("false", client.Resume());
        Handler.ExpectOpened();
        Assert.Equal((1, 1, 1), (Welcomed("new"), Welcomed("true"), Welcomed("false")));
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

    private long Welcomed(string recovered)
    {
        Kit.AwaitIdle();
        lock (_values)
        {
            return _values.GetValueOrDefault($"/ {recovered}");
        }
    }

    private (long Open, long Log) Observed()
    {
        _listener.RecordObservableInstruments();
        lock (_values)
        {
            return (_values["wsactors.sessions.open"], _values["wsactors.sessions.log"]);
        }
    }
}
