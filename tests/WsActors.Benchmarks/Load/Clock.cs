using System.Diagnostics;

namespace WsActors.Benchmarks.Load;

/// <summary>Monotonic time in nanoseconds.</summary>
internal static class Clock
{
    public const long Second = 1_000_000_000;

    public const long Millisecond = Second / 1000;

    public static long Now => Stopwatch.GetTimestamp() * (Second / Stopwatch.Frequency);
}
