using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace WsActors.Routing;

/// <summary>The element of one proxy (RFC 7239 §4). A missing parameter is null.</summary>
/// <param name="For">The client: an address with an optional port, or an obfuscated identifier.</param>
/// <param name="Host">The Host header that the proxy received.</param>
/// <param name="Proto">The scheme.</param>
internal sealed record ForwardedElement(string? For, string? Host, string? Proto);

/// <summary>
/// Parses <c>Forwarded</c> (RFC 7239): one element for each proxy, separated by commas, with parameters separated by semicolons. Linear:
/// each character is read once. Pure.
/// </summary>
internal static class ForwardedHeaderParser
{
    /// <summary>The header's name.</summary>
    public const string Name = "Forwarded";

    private const string TokenCharacters = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private static readonly SearchValues<char> Token = SearchValues.Create(TokenCharacters);

    /// <summary>Some proxies write ports and IPv6 addresses without the quotes that RFC 7239 §4 requires.</summary>
    private static readonly SearchValues<char> Unquoted = SearchValues.Create(TokenCharacters + ":[]");

    /// <summary>
    /// The elements of all lines, in order: the nearest proxy wrote the last one. A line that breaks the grammar, and all lines before it,
    /// become one element with an unreadable client. A client may have written the first half and opened a quote in it to hide the part
    /// that a proxy appended.
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

    /// <summary>Reads one element. Names have any letter case; a known name may come once; unknown names are skipped.</summary>
    private static bool TryReadElement(ref ReadOnlySpan<char> line, [NotNullWhen(true)] out ForwardedElement? element)
    {
        element = null;
        string? client = null, host = null, proto = null;
        while (true)
        {
            // RFC 7239 §4: pairs between semicolons may be empty.
            if (!IsAtSeparator(line))
            {
                var isValid = TryReadPair(ref line, out var name, out var value) && IsAtSeparator(line) && name switch
                {
                    _ when Ascii.EqualsIgnoreCase(name, "for") => TrySet(ref client, value),
                    _ when Ascii.EqualsIgnoreCase(name, "host") => TrySet(ref host, value),
                    _ when Ascii.EqualsIgnoreCase(name, "proto") => TrySet(ref proto, value),
                    _ => true,
                };
                if (!isValid)
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

    private static bool TrySet(ref string? parameter, string value)
    {
        var isFirst = parameter is null;
        parameter = value;
        return isFirst;
    }

    private static bool IsAtSeparator(ReadOnlySpan<char> line) => line.IsEmpty || line[0] is ';' or ',';

    /// <summary>Reads a name, an equals sign and a value without white space between them, and the white space behind them.</summary>
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

    /// <summary>Reads a quoted string; a backslash escapes the character behind it (RFC 9110 §5.6.4).</summary>
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
