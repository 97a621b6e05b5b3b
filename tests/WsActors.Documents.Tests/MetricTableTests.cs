using System.Diagnostics.Metrics;
using System.Globalization;
using Akka.Actor;
using WsActors.EndToEnd.Tests;
using WsActors.Messages;
using WsActors.Metrics;
using WsActors.Runtime;
using WsActors.Sessions.Subprotocol;

namespace WsActors.Documents.Tests;

/// <summary>The tables of <c>docs/operations.md</c> have the instruments of the meter, and the code has those of the tables.</summary>
public sealed class MetricTableTests
{
    private static readonly string[] Page = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "operations.md"));

    [Fact]
    public async Task The_table_has_the_instruments_with_kind_unit_bounds_and_attributes()
    {
        using var system = ActorSystem.Create("metrics-table");
        var measured = new SortedDictionary<string, (Instrument Instrument, SortedSet<string> Attributes)>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, all) =>
        {
            if (instrument.Meter is { Name: "WsActors", Scope: { } scope } && scope == system)
            {
                measured.TryAdd(instrument.Name, (instrument, []));
                all.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((instrument, _, attributes, _) => Note(instrument, attributes));
        listener.SetMeasurementEventCallback<long>((instrument, _, attributes, _) => Note(instrument, attributes));
        listener.SetMeasurementEventCallback<double>((instrument, _, attributes, _) => Note(instrument, attributes));
        listener.Start();
        _ = system.WebSockets();
        using var own = new WebSocketMetrics(system, new Clock(TimeProvider.System));
        MeasureAll(own);
        listener.RecordObservableInstruments();
        await system.Terminate();

        Assert.Equal(
            Rows("instrument").Select(Documented).Order(StringComparer.Ordinal),
            measured.Values.Select(static one => Coded(one.Instrument, one.Attributes)).Order(StringComparer.Ordinal));

        void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> attributes)
        {
            foreach (var (name, _) in attributes)
            {
                measured[instrument.Name].Attributes.Add(name);
            }
        }
    }

    [Fact]
    public void The_table_of_values_has_those_of_the_code()
    {
        var values = Rows("attribute").ToDictionary(static row => row[0], static row => row[1]);

        Assert.Equal(Enum.GetValues<Rejection>().Select(AttributeValues.Of), Words(values["`error.type` of a rejected socket"]));
        Assert.Equal(
            Enum.GetValues<Ws.SendFailure>().Select(SendFailureNames.ToAttribute).Distinct().Order(),
            Words(values["`wsactors.drop.reason`"]).Order());
        Assert.Equal(Enum.GetValues<Recovery>().Select(AttributeValues.Of), Words(values["`wsactors.session.recovery`"]));
    }

    /// <summary>Measures each instrument with all its attributes.</summary>
    private static void MeasureAll(WebSocketMetrics all)
    {
        var address = new EndpointAddress("ws", "127.0.0.1", 8080);
        var route = new RouteMetrics(all, address, "1.1", new("http.route", "/"));
        new RouteMetrics(all, address).Rejected(Rejection.Tls);
        route.Opened();
        route.Closed(1006, isClean: false, TimeSpan.Zero);
        route.HandshakeEnded(TimeSpan.Zero, 404, "404");
        route.Received(1, isLast: true, isWhole: true);
        route.Sent(1, isWhole: true);
        route.Handled(TimeSpan.Zero);
        route.Taken(TimeSpan.Zero);
        route.Queued(1);
        route.Ponged(TimeSpan.Zero);
        route.Dropped(Ws.SendFailure.Closed);
        route.SlowInline();
        route.Attached(Recovery.New);
    }

    private static string Documented(string[] row)
    {
        var common = Rows("common attributes").ToDictionary(static one => one[0], static one => Words(one[1]));
        var bounds = Rows("advised bounds").ToDictionary(static one => one[0], static one => one[1]);
        var kind = row[1].Split(", ");
        IEnumerable<string> attributes = [.. common[row[4].Split(',')[0]], .. Words(row[4])];
        return Line(Words(row[0]).Single(), kind[0], Words(row[2]).Single(), kind.Length > 1 ? bounds[kind[1]] : "", attributes);
    }

    private static string Coded(Instrument instrument, IEnumerable<string> attributes)
    {
        var (kind, bounds) = instrument switch
        {
            Histogram<double> one => ("histogram", Text(one.Advice)),
            Histogram<int> one => ("histogram", Text(one.Advice)),
            Counter<long> or ObservableCounter<long> => ("counter", ""),
            UpDownCounter<long> or ObservableUpDownCounter<long> => ("up-down counter", ""),
            _ => (instrument.GetType().Name, ""),
        };
        return Line(instrument.Name, kind, instrument.Unit, bounds, attributes);
    }

    private static string Text<T>(InstrumentAdvice<T>? advice)
        where T : struct, IFormattable =>
        string.Join(", ", advice!.HistogramBucketBoundaries!.Select(static bound => bound.ToString(null, CultureInfo.InvariantCulture)));

    private static string Line(string name, string kind, string? unit, string bounds, IEnumerable<string> attributes) =>
        $"{name} | {kind} | {unit} | {bounds} | {string.Join(' ', attributes.Order(StringComparer.Ordinal))}";

    /// <summary>The rows of a table, by the text of its first heading.</summary>
    private static IEnumerable<string[]> Rows(string heading) => Page
        .SkipWhile(line => !line.StartsWith($"| {heading} |", StringComparison.Ordinal))
        .Skip(2)
        .TakeWhile(static line => line.StartsWith('|'))
        .Select(static line => line.Trim('|').Split('|').Select(static cell => cell.Trim()).ToArray());

    /// <summary>The words in a cell that are code.</summary>
    private static IEnumerable<string> Words(string cell) => cell.Split('`').Where(static (_, i) => i % 2 == 1);
}
