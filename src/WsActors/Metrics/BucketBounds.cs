using System.Diagnostics.Metrics;

namespace WsActors.Metrics;

/// <summary>The bucket bounds that histograms advise; a listener may choose others.</summary>
internal static class BucketBounds
{
    /// <summary>Seconds of a request, as of <c>http.server.request.duration</c> (OpenTelemetry's conventions for HTTP).</summary>
    public static InstrumentAdvice<double> Requests { get; } =
        Advise(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10);

    /// <summary>Seconds of a connection: 10 ms to a day.</summary>
    public static InstrumentAdvice<double> Connections { get; } =
        Advise(0.01, 0.1, 1, 10, 60, 300, 900, 3600, 14_400, 43_200, 86_400);

    /// <summary>Bytes of a message: 64 B to 16 MiB, by the factor 4.</summary>
    public static InstrumentAdvice<int> Sizes { get; } =
        Advise(64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216);

    private static InstrumentAdvice<T> Advise<T>(params T[] bounds)
        where T : struct => new() { HistogramBucketBoundaries = bounds };
}
