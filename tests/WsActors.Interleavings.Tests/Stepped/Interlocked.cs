using WsActors.Interleavings.Exploring;

namespace WsActors;

/// <summary>The linked sources' <c>Interlocked</c>: a step for each call. Counters are none: their order makes no difference.</summary>
internal static class Interlocked
{
    public static int CompareExchange(ref int location, int value, int comparand)
    {
        Schedule.Step(new Operation(typeof(int), $"replaces {comparand} by {value}"));
        var before = location;
        location = before == comparand ? value : before;
        return before;
    }

    public static T Exchange<T>(ref T location, T value)
    {
        Schedule.Step(new Operation(typeof(T), $"exchanges a {typeof(T).Name}"));
        (var before, location) = (location, value);
        return before;
    }

    public static long Increment(ref long location) => ++location;
}
