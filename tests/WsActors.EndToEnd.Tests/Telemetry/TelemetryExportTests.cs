using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using WsActors.Server.Telemetry;

namespace WsActors.EndToEnd.Tests.Telemetry;

/// <summary>Which exporters a host gets.</summary>
public sealed class TelemetryExportTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, false, "OTEL_SERVICE_NAME=chat")]
    [InlineData(false, false, "OTEL_EXPORTER_OTLP_ENDPOINT=")]
    [InlineData(false, false, "OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317", "OTEL_SDK_DISABLED=TRUE")]
    [InlineData(true, true, "OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317")]
    [InlineData(true, false, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=https://collector:4318/v1/metrics")]
    [InlineData(false, true, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://collector:4318/v1/traces")]
    public void OTLP_exports_a_signal_only_if_it_has_an_endpoint(bool metrics, bool traces, params string[] environment)
    {
        var services = Exporters(environment);

        Assert.Equal(metrics, Has<MeterProvider>(services));
        Assert.Equal(traces, Has<TracerProvider>(services));
    }

    [Fact]
    public void Without_an_exporter_nothing_is_added() => Assert.Equal(HostWithout().Services.Count, Exporters([]).Count);

    [Theory]
    [InlineData("collector:4317")]
    [InlineData("localhost")]
    [InlineData("ftp://collector")]
    public void An_endpoint_that_is_no_URL_is_an_error(string endpoint)
    {
        var error = Assert.Throws<FormatException>(() => Exporters([$"OTEL_EXPORTER_OTLP_ENDPOINT={endpoint}"]));

        Assert.Equal(
            $"OTEL_EXPORTER_OTLP_ENDPOINT={endpoint} is not usable: it must be a URL, such as http://localhost:4317.", error.Message);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9464", "http://127.0.0.1:9464/metrics")]
    [InlineData("http://localhost:9464/", "http://localhost:9464/metrics")]
    [InlineData("http://one.metrics:9464/metrics", "http://one.metrics:9464/metrics")]
    [InlineData("http://*:9464", "http://*:9464/metrics")]
    [InlineData("http://0.0.0.0:9464", "http://*:9464/metrics")]
    [InlineData("http://127.0.0.1", null)]
    [InlineData("http://127.0.0.1:0", null)]
    [InlineData("http://127.0.0.1:65536", null)]
    [InlineData("http://[::1]:9464", null)]
    [InlineData("http://a b:9464", null)]
    [InlineData("http://:9464", null)]
    [InlineData("https://127.0.0.1:9464", null)]
    [InlineData("http://127.0.0.1:9464/stats", null)]
    [InlineData("127.0.0.1:9464", null)]
    public void An_address_of_metrics_is_http_host_and_port(string text, string? url)
    {
        Assert.Equal(url is not null, MetricsAddress.TryParse(text, out var address));
        Assert.Equal(url, address?.ToString());
    }

    private static IServiceCollection Exporters(string[] environment)
    {
        var builder = HostWithout();
        builder.Configuration.AddInMemoryCollection(
            environment.Select(static one => one.Split('=', 2)).Select(static one => KeyValuePair.Create(one[0], (string?)one[1])));
        TelemetryExport.AddTo(builder, prometheus: null);
        return builder.Services;
    }

    private static HostApplicationBuilder HostWithout() => Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());

    private static bool Has<T>(IServiceCollection services) => services.Any(static service => service.ServiceType == typeof(T));
}
