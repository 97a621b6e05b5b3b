using System.Net;
using System.Text.RegularExpressions;

namespace WsActors.EndToEnd.Tests.Telemetry;

/// <summary>What the program exports, and that the dashboard <c>deploy/grafana/wsactors.json</c> shows it.</summary>
public sealed partial class DashboardTests(ObservedServer server) : IClassFixture<ObservedServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Handlers of the program are never that slow.</summary>
    private const string NotProvoked = "wsactors_slow_inline_runs_total";

    [Fact]
    public async Task Each_metric_and_label_of_the_dashboard_is_exported_after_a_load()
    {
        string[] wanted = [.. Dashboard.Queries.SelectMany(static one => Dashboard.MetricsOf(one.Query)).SelectMany(Names).Distinct()];
        Assert.InRange(wanted.Length, 50, 500);

        await UntilNoneAsync(
            wanted,
            async missing =>
            {
                var metrics = await server.ScrapeAsync();
                return [.. missing.Where(one => !(one.Split('.') is [var name, var label] ? metrics.Has(name, label) : metrics.Has(one)))];
            },
            "is not exported");
    }

    [PrometheusFact]
    public async Task Each_query_of_the_dashboard_yields_data_after_a_load()
    {
        await using var prometheus = new PrometheusProcess(server.Metrics);

        await UntilNoneAsync(
            [.. Dashboard.Queries.Where(static one => !one.Query.Contains(NotProvoked, StringComparison.Ordinal))],
            async missing =>
            {
                var still = new List<(string, string)>();
                foreach (var one in missing)
                {
                    if (!await prometheus.YieldsAsync(one.Query))
                    {
                        still.Add(one);
                    }
                }

                return still;
            },
            "yields no data");
    }

    [Fact]
    public async Task Histograms_have_the_bounds_that_the_instruments_advise()
    {
        const string Metric = "wsactors_handshake_duration_seconds_bucket";
        await UntilNoneAsync([Metric], async missing => (await server.ScrapeAsync()).Has(Metric) ? [] : missing, "is not exported");

        Assert.Equal(
            ["0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5", "0.75", "1.0", "2.5", "5.0", "7.5", "10.0", "+Inf"],
            (await server.ScrapeAsync()).ValuesOf(Metric, "le"));
    }

    [Fact]
    public async Task Metrics_are_served_at_their_own_address_alone()
    {
        using var http = new HttpClient();
        using var byAnotherName = new HttpRequestMessage(HttpMethod.Get, server.Metrics) { Headers = { Host = "rebound.example" } };

        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(server.Server.HttpUri("/metrics"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(server.Metrics, "/health/live"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.SendAsync(byAnotherName)).StatusCode);
        Assert.Contains(server.Server.Output, line => line.EndsWith($"Metrics for Prometheus: {server.Metrics}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/v1/metrics", "wsactors.messages", "http.route", "dotnet.gc.collections", "observed-chat")]
    [InlineData("/v1/traces", "GET /echo", "receive /echo", "http.route", "observed-chat")]
    public async Task Metrics_and_traces_leave_by_OTLP_under_the_service_name_of_the_environment(string path, params string[] texts) =>
        await UntilNoneAsync(
            texts,
            missing =>
            {
                var requests = server.Collector.Requests;
                Assert.All(requests, static request => Assert.Equal("application/x-protobuf", request.ContentType));
                var bodies = requests.Where(request => request.Path == path).Select(static request => request.Body).ToList();
                return Task.FromResult<IReadOnlyList<string>>(
                    [.. missing.Where(text => !bodies.Exists(body => body.Contains(text, StringComparison.Ordinal)))]);
            },
            "was not sent");

    [Fact]
    public void Each_instrument_of_the_documentation_is_on_the_dashboard()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));
        var instruments = Instruments().Matches(page).Select(static match => match.Groups["name"].Value.Replace('.', '_')).ToList();

        Assert.InRange(instruments.Count, 15, 100);
        Assert.All(instruments, static name => Assert.Contains(
            Dashboard.Queries, one => Regex.IsMatch(one.Query, $@"\b{name}(_(seconds|bytes))?(_(total|bucket|count))?\{{")));
    }

    // A metric, and each of its labels behind a dot. Prometheus adds instance itself.
    private static IEnumerable<string> Names((string Metric, IReadOnlyList<string> Labels) one) => one.Metric == NotProvoked
        ? []
        : [one.Metric, .. one.Labels.Where(static label => label != "instance").Select(label => $"{one.Metric}.{label}")];

    private static async Task UntilNoneAsync<T>(IReadOnlyList<T> all, Func<IReadOnlyList<T>, Task<IReadOnlyList<T>>> missing, string what)
    {
        using var deadline = new CancellationTokenSource(Patience);
        var left = all;
        while ((left = await missing(left)).Count > 0)
        {
            Assert.False(deadline.IsCancellationRequested, $"After {Patience} {what}:\n{string.Join('\n', left)}");
            await Task.Delay(Pause);
        }
    }

    [GeneratedRegex(@"^\| `(?<name>wsactors\.[\w.]+)` \| [a-z -]+(, \w+)? \| `", RegexOptions.Multiline)]
    private static partial Regex Instruments();
}
