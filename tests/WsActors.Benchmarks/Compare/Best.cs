using WsActors.Benchmarks.Load;

namespace WsActors.Benchmarks.Compare;

/// <summary>
/// The best figures of several rounds of one load on one server: the minimum of figures that other programs on the machine can only raise,
/// and the maximum of figures that they can only lower.
/// </summary>
internal sealed class Best
{
    private readonly List<LoadResult> _rounds = [];

    public double Cpu => _rounds.Min(static round => round.ServerCpu);

    /// <summary>The worst round's processor time above the best round's: 0.1 is a tenth.</summary>
    public double Spread => (_rounds.Max(static round => round.ServerCpu) / Cpu) - 1;

    public double PerSecond => _rounds.Max(static round => round.PerSecond);

    public double P50 => _rounds.Min(static round => round.P50);

    public double P99 => _rounds.Min(static round => round.P99);

    public double P999 => _rounds.Min(static round => round.P999);

    public double Memory => _rounds.Min(static round => round.ServerMemory);

    /// <summary>The load's own maximum share of its core.</summary>
    public double LoadBusy => _rounds.Max(static round => round.LoadBusy);

    public void Add(LoadResult round) => _rounds.Add(round);
}
