using System.Runtime.CompilerServices;

namespace WsActors;

/// <content>What messages check of what they are made with: here the stack names who made them, at the actor nobody would know.</content>
public static partial class Ws
{
    internal static T NotNull<T>(T? value, [CallerMemberName] string name = "")
        where T : class =>
        value ?? throw new ArgumentNullException(name);

    /// <summary>A copy, of which nobody else can change anything.</summary>
    internal static IReadOnlyList<T> NoneNull<T>(IReadOnlyList<T>? values, [CallerMemberName] string name = "")
        where T : class =>
        [.. NotNull(values, name).Select(value => NotNull(value, name))];
}
