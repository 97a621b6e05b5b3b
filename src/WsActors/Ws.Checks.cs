using System.Runtime.CompilerServices;

namespace WsActors;

/// <content>The argument checks of messages: they throw at the creator, whose stack names the cause.</content>
public static partial class Ws
{
    internal static T NotNull<T>(T? value, [CallerMemberName] string name = "")
        where T : class =>
        value ?? throw new ArgumentNullException(name);

    /// <summary>A private copy of the list.</summary>
    internal static IReadOnlyList<T> NoneNull<T>(IReadOnlyList<T>? values, [CallerMemberName] string name = "")
        where T : class =>
        [.. NotNull(values, name).Select(value => NotNull(value, name))];
}
