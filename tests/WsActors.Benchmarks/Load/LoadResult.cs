namespace WsActors.Benchmarks.Load;

/// <summary>The results of a load. Times in microseconds.</summary>
internal sealed record LoadResult
{
    public required LoadKind Kind { get; init; }

    /// <summary>Connections opened a second, until all were open.</summary>
    public required double OpenedPerSecond { get; init; }

    /// <summary>Echoes, deliveries, or opened and closed connections a second.</summary>
    public required double PerSecond { get; init; }

    /// <summary>The 50th percentile of the round-trip time; of a whole round with <see cref="LoadKind.Fan"/>.</summary>
    public required double P50 { get; init; }

    /// <summary>The 99th.</summary>
    public required double P99 { get; init; }

    /// <summary>The 99.9th.</summary>
    public required double P999 { get; init; }

    /// <summary>Processor time of the server for each; zero when no process was named.</summary>
    public required double ServerCpu { get; init; }

    /// <summary>The server's memory at the end, in MB; zero when no process was named.</summary>
    public required double ServerMemory { get; init; }

    /// <summary>The load's own share of one core: near 1, the load was the bottleneck.</summary>
    public required double LoadBusy { get; init; }

    /// <summary>Answers that were wrong, and connections that ended when they should not.</summary>
    public required long Errors { get; init; }
}
