namespace WsActors.Benchmarks.Load;

/// <summary>What a load has measured. Times in microseconds.</summary>
internal sealed record LoadResult
{
    public required LoadKind Kind { get; init; }

    /// <summary>Connections opened a second, until all were open.</summary>
    public required double OpenedPerSecond { get; init; }

    /// <summary>Messages that came back, were delivered, or connections that began and ended, in a second.</summary>
    public required double PerSecond { get; init; }

    /// <summary>The 50th percentile of the time there and back; of a whole round with <see cref="LoadKind.Fan"/>.</summary>
    public required double P50 { get; init; }

    /// <summary>The 99th.</summary>
    public required double P99 { get; init; }

    /// <summary>The 99.9th.</summary>
    public required double P999 { get; init; }

    /// <summary>Processor time of the server for each; zero when no process was named.</summary>
    public required double ServerCpu { get; init; }

    /// <summary>The server's memory at the end, in MB; zero when no process was named.</summary>
    public required double ServerMemory { get; init; }

    /// <summary>How much of one core the load itself took: near 1, it was the load that was measured.</summary>
    public required double LoadBusy { get; init; }

    /// <summary>Answers that were wrong, and connections that ended when they should not.</summary>
    public required long Errors { get; init; }
}
