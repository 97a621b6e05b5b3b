namespace WsActors.Benchmarks.Compare;

/// <summary>The options of a comparison.</summary>
internal sealed record CompareOptions
{
    public required IReadOnlyList<Row> Rows { get; init; }

    public required IReadOnlyList<Contender> Contenders { get; init; }

    /// <summary>The number of rounds; the servers alternate.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>The duration of one measurement.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The duration of the first, unmeasured load of a row: the process is cold then.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(20);
}
