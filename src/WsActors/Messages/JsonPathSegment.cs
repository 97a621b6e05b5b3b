using System.Globalization;

namespace WsActors.Messages;

/// <summary>One step of a path as the serializer spells it: <c>.name</c>, <c>['na.me']</c> or <c>[3]</c>.</summary>
/// <param name="Name">The name; null for an index.</param>
/// <param name="Index">The index; null for a name.</param>
/// <param name="IsQuoted">Whether the name is in brackets, because it has characters that a path uses.</param>
internal readonly record struct JsonPathSegment(string? Name, int? Index, bool IsQuoted)
{
    private const string Open = "['", Close = "']";

    /// <summary>
    /// Takes the first segment. A name with <c>']</c> in it is taken short: the serializer escapes nothing, and a short name is unknown.
    /// </summary>
    public static JsonPathSegment Next(ref ReadOnlySpan<char> path)
    {
        if (path.StartsWith(Open, StringComparison.Ordinal))
        {
            return new(Take(ref path, Open.Length, Close).ToString(), Index: null, IsQuoted: true);
        }

        if (path[0] == '[')
        {
            var digits = Take(ref path, 1, "]");
            var isIndex = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index);
            return new(Name: null, isIndex ? index : null, IsQuoted: false);
        }

        var name = path[1..];
        var end = name.IndexOfAny('.', '[');
        path = end < 0 ? default : name[end..];
        return new((end < 0 ? name : name[..end]).ToString(), Index: null, IsQuoted: false);
    }

    /// <summary>The segment with the name that the metadata has.</summary>
    public string Show(string name) => IsQuoted ? $"{Open}{name}{Close}" : $".{name}";

    private static ReadOnlySpan<char> Take(ref ReadOnlySpan<char> path, int from, string until)
    {
        var inside = path[from..];
        var end = inside.IndexOf(until, StringComparison.Ordinal);
        path = end < 0 ? default : inside[(end + until.Length)..];
        return end < 0 ? inside : inside[..end];
    }
}
