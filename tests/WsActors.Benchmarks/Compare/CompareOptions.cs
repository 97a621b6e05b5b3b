namespace WsActors.Benchmarks.Compare;

/// <summary>What is compared, and how long.</summary>
internal sealed record CompareOptions
{
    public required IReadOnlyList<Row> Rows { get; init; }

    public required IReadOnlyList<Contender> Contenders { get; init; }

    /// <summary>How often everything is measured, the servers taking turns.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>How long each is measured each time.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long each has the first load of a row before it is measured: its process is new then.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(20);
}
