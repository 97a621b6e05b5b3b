using WsActors.Interleavings.Exploring;

namespace WsActors;

/// <summary>The linked sources' <c>Volatile</c>: a step for each access. All fields of one type count as one resource.</summary>
internal static class Volatile
{
    public static T Read<T>(ref readonly T location)
    {
        Schedule.Step(new Operation(typeof(T), $"reads a {typeof(T).Name}", IsRead: true));
        return location;
    }

    public static void Write<T>(ref T location, T value)
    {
        Schedule.Step(new Operation(typeof(T), $"writes a {typeof(T).Name}"));
        location = value;
    }
}
