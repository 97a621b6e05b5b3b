namespace WsActors.Tests.Loopback;

/// <summary>The live memory of the process.</summary>
internal sealed class LiveMemory
{
    private long _before;

    private long _most;

    public long MostGrowth => _most - _before;

    public void Begin() => _before = Held();

    public void Measure() => _most = Math.Max(_most, Held());

    public long ReleasedAtEnd() => _most - Held();

    // Not GC.GetTotalMemory: it was 4 MiB too low, and even negative, while a pinned buffer kept free space in generation 0.
    private static long Held()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var info = GC.GetGCMemoryInfo(GCKind.FullBlocking);
        return info.HeapSizeBytes - info.FragmentedBytes;
    }
}
