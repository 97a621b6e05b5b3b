using WsActors.Benchmarks.Load;

namespace WsActors.Benchmarks.Compare;

/// <summary>The memory of idle connections, in bytes.</summary>
/// <param name="ResidentEach">
/// The additional resident memory of a connection, with or without collected garbage. Memory that the warm-up freed is not counted.
/// </param>
/// <param name="LiveEach">More on the managed heap, a connection, once garbage was collected.</param>
/// <param name="Resident">Of the whole process, with all of them.</param>
internal sealed record IdleMemory(double ResidentEach, double LiveEach, double Resident)
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    /// <summary>Measures a newly started server.</summary>
    public static async Task<IdleMemory> MeasureAsync(RunningServer server, LoadOptions crowd, CancellationToken cancellation)
    {
        // After a warm-up, pools, threads and compiled code exist: the rest of the growth is connections.
        await server.LoadAsync(
            crowd with { Kind = LoadKind.Echo, Connections = Math.Max(2, crowd.Connections / 20), Duration = Settling }, cancellation);

        // After these have closed: memory that one of them still holds would falsify the measurement of the others.
        await Task.Delay(Settling, cancellation);
        var liveBefore = (await server.LiveMemoryAsync(cancellation)).Heap;
        var before = server.Memory;
        await using var connections = await server.OccupyAsync(crowd with { Duration = TimeSpan.FromMinutes(1) }, cancellation);
        await Task.Delay(Settling, cancellation);
        var resident = server.Memory;
        var live = (await server.LiveMemoryAsync(cancellation)).Heap;
        return new((double)(resident - before) / crowd.Connections, (double)(live - liveBefore) / crowd.Connections, resident);
    }

    /// <summary>
    /// The median of several measurements, of each figure by itself: the least of a difference would be that of the largest beginning.
    /// </summary>
    public static IdleMemory Median(IReadOnlyCollection<IdleMemory> all) => new(
        Median(all, static one => one.ResidentEach),
        Median(all, static one => one.LiveEach),
        Median(all, static one => one.Resident));

    private static double Median(IReadOnlyCollection<IdleMemory> all, Func<IdleMemory, double> figure) =>
        all.Select(figure).Order().ElementAt(all.Count / 2);
}
