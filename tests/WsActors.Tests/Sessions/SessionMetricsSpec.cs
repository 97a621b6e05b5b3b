using System.Diagnostics.Metrics;
using WsActors.Protocol;

namespace WsActors.Tests.Sessions;

/// <summary>What the meter tells of sessions.</summary>
public sealed class SessionMetricsSpec : SessionSpec
{
    private readonly Dictionary<string, long> _told = [];

    private readonly MeterListener _listener = new();

    public SessionMetricsSpec()
        : base("retention = 30s")
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter is { Name: "WsActors", Scope: { } scope } && scope == Sys && instrument.Name.StartsWith("wsactors.sessions.", StringComparison.Ordinal))
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
    public void Sessions_and_what_their_logs_hold_are_told_until_they_end()
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
    public void Clients_are_counted_by_what_became_of_their_session()
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
        lock (_told)
        {
            _told[what] = value + (isSum ? _told.GetValueOrDefault(what) : 0);
        }
    }

    private long Welcomed(string recovered)
    {
        Kit.AwaitIdle();
        lock (_told)
        {
            return _told.GetValueOrDefault($"/ {recovered}");
        }
    }

    private (long Open, long Log) Observed()
    {
        _listener.RecordObservableInstruments();
        lock (_told)
        {
            return (_told["wsactors.sessions.open"], _told["wsactors.sessions.log"]);
        }
    }
}
