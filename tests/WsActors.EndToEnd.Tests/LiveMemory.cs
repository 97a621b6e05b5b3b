using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace WsActors.EndToEnd.Tests;

/// <summary>
/// The live memory of a process. The further memory that the collector and malloc keep is random, a tenth of it and more. A program that is
/// started in <see cref="Environment"/> reports it, by <see cref="StartupHook"/>.
/// </summary>
/// <param name="Heap">Bytes of objects that are alive.</param>
/// <param name="Malloc">Bytes that native code holds, as the compressors of .NET do; null where only glibc (2.33) could tell.</param>
public sealed partial record LiveMemory(long Heap, long? Malloc)
{
    /// <summary>Makes a program answer questions about itself.</summary>
    public static Dictionary<string, string?> Environment { get; } = new()
    {
        ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location,
    };

    /// <summary>Collects all garbage of this process, again after finalizers have run, and returns the live memory.</summary>
    public static LiveMemory Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        var collected = GC.GetGCMemoryInfo(GCKind.FullBlocking);
        return new(collected.HeapSizeBytes - collected.FragmentedBytes, OperatingSystem.IsLinux() ? MallInfo2().InUse : null);
    }

    /// <summary>Parses the output of <see cref="ToString"/>; null for another line.</summary>
    public static LiveMemory? Parse(string line) => Line().Match(line) is { Success: true } match
        ? new(Number(match.Groups["heap"].Value), match.Groups["malloc"] is { Length: > 0 } malloc ? Number(malloc.Value) : null)
        : null;

    /// <summary>The additional memory since a measurement, for each of a number of new items.</summary>
    public LiveMemory Since(LiveMemory before, int count) => new((Heap - before.Heap) / count, (Malloc - before.Malloc) / count);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"live heap {Heap}, malloc {Malloc}");

    private static long Number(string digits) => long.Parse(digits, CultureInfo.InvariantCulture);

    [DllImport("libc", EntryPoint = "mallinfo2")]
    private static extern MallInfo MallInfo2();

    [GeneratedRegex("^live heap (?<heap>[0-9]+), malloc (?<malloc>[0-9]*)$")]
    private static partial Regex Line();

    /// <summary>glibc's struct mallinfo2: ten numbers, over all arenas.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct MallInfo
    {
        private readonly nuint _arena, _ordblks, _smblks, _hblks, _hblkhd, _usmblks, _fsmblks, _uordblks, _fordblks, _keepcost;

        /// <summary>The allocated native blocks: large ones, which are mapped one by one, and all others.</summary>
        public long InUse => (long)(_hblkhd + _uordblks);
    }
}
