using System.Runtime.CompilerServices;

namespace WsActors;

/// <content>The argument checks of messages: they throw at the creator, whose stack names the cause.</content>
public static partial class Ws
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    internal static T NotNull<T>(T? value, [CallerMemberName] string name = "")
        where T : class =>
        value ?? throw new ArgumentNullException(name);

    /// <summary>A private copy of the list.</summary>
    internal static IReadOnlyList<T> NoneNull<T>(IReadOnlyList<T>? values, [CallerMemberName] string name = "")
        where T : class =>
        [.. NotNull(values, name).Select(value => NotNull(value, name))];

    /// <summary>The wait for the answers of other nodes.</summary>
    internal static TimeSpan NodesTimeout(TimeSpan value, [CallerMemberName] string name = "") =>
        value > TimeSpan.Zero && value <= LongestWait
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"It must be more than nothing, and at most {LongestWait}.");

    /// <summary>A message that is sent more than once.</summary>
    internal static Send NoStream(Send? value, [CallerMemberName] string name = "") => NotNull(value, name).Parts is null
        ? value!
        : throw new ArgumentException("A stream is read once, so it cannot be sent to many; send each part as a message.", name);
}
