using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace WsActors.Server.Telemetry;

/// <summary>
/// Exports the meter and the traces <c>WsActors</c>, and the runtime's metrics: by OTLP where OpenTelemetry's environment variables name an
/// endpoint, and to Prometheus at <c>--metrics</c>. Without either, nothing listens to the instruments.
/// </summary>
internal static class TelemetryExport
{
    private const string Source = "WsActors";

    private const string RuntimeMeter = "System.Runtime";

    /// <summary>The longest wait of a scrape for its response: no longer than Prometheus waits by default, instead of a minute.</summary>
    private const int ScrapeTimeoutMilliseconds = 10_000;

    /// <summary>Adds the exporters to a host that is being built.</summary>
    /// <param name="builder">Its configuration has the environment variables.</param>
    /// <param name="prometheus">Where Prometheus scrapes; null for nowhere.</param>
    public static void AddTo(IHostApplicationBuilder builder, MetricsAddress? prometheus)
    {
        var otlp = OtlpSignals.From(builder.Configuration);
        if ((otlp.Any || prometheus is not null) && !IsDisabled(builder.Configuration))
        {
            AddExporters(builder.Services, otlp, prometheus);
        }
    }

    /// <summary>Whether the environment switches all telemetry off (OpenTelemetry's specification).</summary>
    public static bool IsDisabled(IConfiguration configuration) =>
        string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>One sentence if the program could not listen for Prometheus, which is told deep in nested exceptions; else null.</summary>
    public static string? WhyNotListening(Exception e, MetricsAddress? prometheus)
    {
        var cause = e.GetBaseException();
        return prometheus is not null && cause is HttpListenerException
            ? $"Cannot listen on {prometheus}: the port must be free, and the host an IPv4 address or a name of this machine, or *."
                + $" {cause.Message}"
            : null;
    }

    private static void AddExporters(IServiceCollection services, OtlpSignals otlp, MetricsAddress? prometheus)
    {
        var telemetry = services.AddOpenTelemetry().ConfigureResource(static resource => resource
            .AddService(Server.SystemName)
            .AddEnvironmentVariableDetector()); // again, and last: OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win over the name above
        if (otlp.Metrics || prometheus is not null)
        {
            telemetry.WithMetrics(metrics => AddExporters(metrics.AddMeter(Source, RuntimeMeter), otlp, prometheus));
        }

        if (otlp.Traces)
        {
            telemetry.WithTracing(static traces => traces.AddSource(Source).AddOtlpExporter());
        }
    }

    private static void AddExporters(MeterProviderBuilder metrics, OtlpSignals otlp, MetricsAddress? prometheus)
    {
        if (otlp.Metrics)
        {
            metrics.AddOtlpExporter();
        }

        if (prometheus is not null)
        {
            metrics.AddPrometheusHttpListener(options =>
            {
                options.Port = prometheus.Port;
                options.ScrapeEndpointPath = MetricsAddress.Path;
                options.ScrapeResponseTimeoutMilliseconds = ScrapeTimeoutMilliseconds;
                options.ScopeInfoEnabled = false; // the meter's name is the first word of each metric's
                if (prometheus.IsEveryAddress)
                {
                    options.ConfigureHttpListener = (_, listener) => ListenEverywhere(listener, prometheus);
                }
                else
                {
                    options.Host = prometheus.Host;
                }
            });
        }
    }

    // The exporter's option is a host of a URL, which * is not.
    private static void ListenEverywhere(HttpListener listener, MetricsAddress prometheus)
    {
        listener.Prefixes.Clear();
        listener.Prefixes.Add($"{prometheus}/");
    }
}
