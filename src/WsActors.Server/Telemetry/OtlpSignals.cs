using Microsoft.Extensions.Configuration;

namespace WsActors.Server.Telemetry;

/// <summary>
/// Which signals leave by OTLP: those whose endpoint is in OpenTelemetry's environment variables. The exporter reads the endpoint itself.
/// </summary>
/// <param name="Metrics">Whether metrics have an endpoint.</param>
/// <param name="Traces">Whether traces have an endpoint.</param>
internal readonly record struct OtlpSignals(bool Metrics, bool Traces)
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";

    /// <summary>Whether any signal leaves.</summary>
    public bool Any => Metrics || Traces;

    /// <summary>Reads the environment, of which the host's configuration is made.</summary>
    /// <exception cref="FormatException">An endpoint is not a URL. The exporter would silently take its default.</exception>
    public static OtlpSignals From(IConfiguration configuration)
    {
        var all = HasEndpoint(configuration, $"{Prefix}ENDPOINT");
        var metrics = HasEndpoint(configuration, $"{Prefix}METRICS_ENDPOINT");
        var traces = HasEndpoint(configuration, $"{Prefix}TRACES_ENDPOINT");
        return new OtlpSignals(all || metrics, all || traces);
    }

    // An empty variable counts as unset (OpenTelemetry's specification of environment variables).
    private static bool HasEndpoint(IConfiguration configuration, string name)
    {
        if (configuration[name] is not { Length: > 0 } text)
        {
            return false;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? true
            : throw new FormatException($"{name}={text} is not usable: it must be a URL, such as http://localhost:4317.");
    }
}
