using WsActors.Benchmarks.Load;

namespace WsActors.Benchmarks.Compare;

/// <summary>
/// What several rounds of one load have shown of one server: the least of what others on the machine can only add to, and the most of
/// what they can only take from.
/// </summary>
internal sealed class Best
{
    private readonly List<LoadResult> _rounds = [];

    public double Cpu => _rounds.Min(static round => round.ServerCpu);

    /// <summary>How much more processor time the worst round took than the best: 0.1 is a tenth.</summary>
    public double Spread => (_rounds.Max(static round => round.ServerCpu) / Cpu) - 1;

    public double PerSecond => _rounds.Max(static round => round.PerSecond);

    public double P50 => _rounds.Min(static round => round.P50);

    public double P99 => _rounds.Min(static round => round.P99);

    public double P999 => _rounds.Min(static round => round.P999);

    public double Memory => _rounds.Min(static round => round.ServerMemory);

    /// <summary>How much of its core the load took at most.</summary>
    public double LoadBusy => _rounds.Max(static round => round.LoadBusy);

    public void Add(LoadResult round) => _rounds.Add(round);
}
