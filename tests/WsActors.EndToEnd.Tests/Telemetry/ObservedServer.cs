namespace WsActors.EndToEnd.Tests.Telemetry;

/// <summary>The program with both exporters, under a small load.</summary>
public sealed class ObservedServer : IAsyncLifetime
{
    /// <summary>What Prometheus 3 accepts, in its order.</summary>
    private const string PrometheusAccepts =
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,"
        + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

    private static readonly HttpClient Http = new();

    private ObservedLoad _load = null!; // started before the first test, as all below

    internal OtlpReceiver Collector { get; } = new();

    public ServerProcess Server { get; private set; } = null!;

    public Uri Metrics { get; } = new($"http://127.0.0.1:{FreePorts.One()}/metrics");

    public async Task InitializeAsync()
    {
        Server = await ServerProcess.StartAsync(
            new Dictionary<string, string?>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Collector.Address.ToString(),
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
                ["OTEL_SERVICE_NAME"] = "observed-chat",
            },
            ["--metrics", Metrics.GetLeftPart(UriPartial.Authority), .. ObservedLoad.Arguments]);
        _load = ObservedLoad.Start(Server);
    }

    public async Task DisposeAsync()
    {
        await _load.DisposeAsync();
        await Server.DisposeAsync();
        Collector.Dispose();
    }

    internal async Task<MetricsText> ScrapeAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Metrics);
        request.Headers.TryAddWithoutValidation("Accept", PrometheusAccepts);
        using var response = await Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        Assert.Equal("application/openmetrics-text", response.Content.Headers.ContentType?.MediaType);
        return MetricsText.Parse(await response.Content.ReadAsStringAsync());
    }
}
