using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace WsActors.EndToEnd.Tests;

/// <summary>
/// What a process holds. How much more than that the collector and malloc keep for later is luck, and a tenth of it and more. A program
/// that is started in <see cref="Environment"/> tells it, by <see cref="StartupHook"/>.
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

    /// <summary>Collects all garbage of this process, again once finalizers have freed what it held, and says what is left.</summary>
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

    /// <summary>Reads what <see cref="ToString"/> wrote; null when the line says something else.</summary>
    public static LiveMemory? Parse(string line) => Line().Match(line) is { Success: true } match
        ? new(Number(match.Groups["heap"].Value), match.Groups["malloc"] is { Length: > 0 } malloc ? Number(malloc.Value) : null)
        : null;

    /// <summary>What each of those holds that came since.</summary>
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

        /// <summary>What was handed out and not given back: large blocks, which are mapped one by one, and all others.</summary>
        public long InUse => (long)(_hblkhd + _uordblks);
    }
}
