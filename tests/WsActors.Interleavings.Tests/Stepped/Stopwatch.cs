using WsActors.Interleavings.Kernel;

namespace WsActors;

/// <summary>The linked sources' <c>Stopwatch</c>: time passes where a scenario says so.</summary>
internal static class Stopwatch
{
    public static long GetTimestamp() => Machine.Current.ReadClock();

    public static TimeSpan GetElapsedTime(long since) => GetElapsedTime(since, GetTimestamp());

    public static TimeSpan GetElapsedTime(long since, long until) => TimeSpan.FromMilliseconds(until - since);
}
