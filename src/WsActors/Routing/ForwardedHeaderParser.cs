using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace WsActors.Routing;

/// <summary>The element of one proxy (RFC 7239 §4). A missing parameter is null.</summary>
/// <param name="For">The client: an address, with a port or without, or a word that hides it.</param>
/// <param name="Host">The Host header as it came.</param>
/// <param name="Proto">The scheme.</param>
internal sealed record ForwardedElement(string? For, string? Host, string? Proto);

/// <summary>
/// Reads <c>Forwarded</c> (RFC 7239): elements divided by commas, each of one proxy, with parameters divided by semicolons. By hand, each
/// character once. Pure.
/// </summary>
internal static class ForwardedHeaderParser
{
    /// <summary>The header's name.</summary>
    public const string Name = "Forwarded";

    private const string TokenCharacters = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private static readonly SearchValues<char> Token = SearchValues.Create(TokenCharacters);

    /// <summary>Some proxies write ports and IPv6 addresses without the quotes that RFC 7239 §4 asks for.</summary>
    private static readonly SearchValues<char> Unquoted = SearchValues.Create(TokenCharacters + ":[]");

    /// <summary>
    /// The elements of all lines, in order: the nearest proxy wrote the last one. A line that breaks the grammar, with all before it, is one
    /// element, whose client nobody can read: its first half may be a client's, which opened a quote there to hide what a proxy appended.
    /// </summary>
    public static IReadOnlyList<ForwardedElement> Read(IEnumerable<string> lines)
    {
        var elements = new List<ForwardedElement>();
        foreach (var line in lines)
        {
            if (!TryRead(line, elements))
            {
                elements.Clear();
                elements.Add(new ForwardedElement(For: "", null, null));
            }
        }

        return elements;
    }

    private static bool TryRead(ReadOnlySpan<char> line, List<ForwardedElement> elements)
    {
        for (line = line.TrimStart(" \t,"); !line.IsEmpty; line = line.TrimStart(" \t,"))
        {
            if (!TryReadElement(ref line, out var element))
            {
                return false;
            }

            elements.Add(element);
        }

        return true;
    }

    /// <summary>Names in any letter case, each at most once in an element; those that are not for us are passed over.</summary>
    private static bool TryReadElement(ref ReadOnlySpan<char> line, [NotNullWhen(true)] out ForwardedElement? element)
    {
        element = null;
        string? client = null, host = null, proto = null;
        while (true)
        {
            // A pair may be missing between two semicolons.
            if (!IsAtDivider(line))
            {
                var isNew = TryReadPair(ref line, out var name, out var value) && IsAtDivider(line) && name switch
                {
                    _ when Ascii.EqualsIgnoreCase(name, "for") => TrySet(ref client, value),
                    _ when Ascii.EqualsIgnoreCase(name, "host") => TrySet(ref host, value),
                    _ when Ascii.EqualsIgnoreCase(name, "proto") => TrySet(ref proto, value),
                    _ => true,
                };
                if (!isNew)
                {
                    return false;
                }
            }

            if (line.IsEmpty || line[0] == ',')
            {
                element = new ForwardedElement(client, host, proto);
                return true;
            }

            line = line[1..].TrimStart(" \t");
        }
    }

    private static bool TrySet(ref string? place, string value)
    {
        var isFirst = place is null;
        place = value;
        return isFirst;
    }

    private static bool IsAtDivider(ReadOnlySpan<char> line) => line.IsEmpty || line[0] is ';' or ',';

    /// <summary>A name, an equals sign, a value: with no white space between, but behind.</summary>
    private static bool TryReadPair(ref ReadOnlySpan<char> line, out ReadOnlySpan<char> name, out string value)
    {
        name = Take(ref line, Token);
        value = "";
        if (name.IsEmpty || !line.StartsWith('='))
        {
            return false;
        }

        line = line[1..];
        var isRead = line.StartsWith('"') ? TryReadQuoted(ref line, out value) : (value = Take(ref line, Unquoted).ToString()).Length > 0;
        line = line.TrimStart(" \t");
        return isRead;
    }

    /// <summary>A backslash stands for the character behind it (RFC 9110 §5.6.4).</summary>
    private static bool TryReadQuoted(ref ReadOnlySpan<char> line, out string value)
    {
        var text = new StringBuilder();
        var at = 1;
        for (; at < line.Length && line[at] != '"'; at++)
        {
            at += line[at] == '\\' && at + 1 < line.Length ? 1 : 0;
            text.Append(line[at]);
        }

        value = text.ToString();
        var isClosed = at < line.Length;
        line = isClosed ? line[(at + 1)..] : [];
        return isClosed;
    }

    private static ReadOnlySpan<char> Take(ref ReadOnlySpan<char> line, SearchValues<char> characters)
    {
        var end = line.IndexOfAnyExcept(characters);
        var taken = end < 0 ? line : line[..end];
        line = line[taken.Length..];
        return taken;
    }
}
