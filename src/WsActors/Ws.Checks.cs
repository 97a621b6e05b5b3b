using System.Runtime.CompilerServices;
using WsActors.Messages;

namespace WsActors;

/// <content>The argument checks of messages: they throw at the creator, whose stack names the cause.</content>
public static partial class Ws
{
    private const int MaxSearchLength = 256;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    internal static T NotNull<T>(T? value, [CallerMemberName] string name = "")
        where T : class =>
        value ?? throw new ArgumentNullException(name);

    /// <summary>A copy of a message of <see cref="Ws"/>, which may have been sent before; any other message as it is.</summary>
    internal static object CopyOf(object message) => message switch
    {
        Send send => send with { },
        Publish publish => publish with { },
        Received received => received with { },
        ReceivedChunk chunk => chunk with { },
        _ => message,
    };

    /// <summary>A private copy of the list.</summary>
    internal static IReadOnlyList<T> NoneNull<T>(IReadOnlyList<T>? values, [CallerMemberName] string name = "")
        where T : class =>
        [.. NotNull(values, name).Select(value => NotNull(value, name))];

    /// <summary>The wait for the answers of other nodes.</summary>
    internal static TimeSpan NodesTimeout(TimeSpan value, [CallerMemberName] string name = "") =>
        value > TimeSpan.Zero && value <= LongestWait
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"It must be more than nothing, and at most {LongestWait}.");

    internal static int PageOf(int value, [CallerMemberName] string name = "") => value is >= 1 and <= ListConnections.MaxPageSize
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"A page has 1 to {ListConnections.MaxPageSize} entries.");

    internal static T Defined<T>(T value, [CallerMemberName] string name = "")
        where T : struct, Enum =>
        Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(name, value, $"It is not a value of {typeof(T).Name}.");

    /// <summary>The text of a search box.</summary>
    internal static string? SearchText(string? value, [CallerMemberName] string name = "") =>
        value is null or { Length: > 0 and <= MaxSearchLength }
            ? value
            : throw new ArgumentException($"A text to search for has 1 to {MaxSearchLength} characters.", name);

    /// <summary>The <c>Next</c> of a sorted page.</summary>
    internal static string? CursorText(string? value, [CallerMemberName] string name = "") =>
        value is null || SortCursor.Parse(value) is not null
            ? value
            : throw new ArgumentException("It is not the Next of an earlier page.", name);

    /// <summary>A message that is sent more than once.</summary>
    internal static Send NoStream(Send? value, [CallerMemberName] string name = "") => NotNull(value, name).Parts is null
        ? value!
        : throw new ArgumentException("A stream is read once, so it cannot be sent to many; send each part as a message.", name);
}
