using System.Text;

namespace WsActors.Protocol.Handshake;

/// <summary>
/// Parses headers that are comma lists (RFC 9110 §5.6.1): linear, without recursion. An empty list is treated as a missing header. Pure.
/// </summary>
internal static class HeaderTokens
{
    /// <summary>Whether any line of the header lists the token, in any letter case; for <c>Connection</c> and <c>Upgrade</c>.</summary>
    public static bool Lists(HttpHeaders headers, string name, string token)
    {
        foreach (var line in headers.All(name))
        {
            foreach (var element in line.AsSpan().Split(','))
            {
                if (Ascii.EqualsIgnoreCase(line.AsSpan(element).Trim(" \t"), token))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>
    /// Reads the elements of all lines, in order. Empty elements are skipped, as RFC 9110 §5.6.1.2 requires of a recipient. False when an
    /// element is not a token.
    /// </summary>
    public static bool TryRead(IEnumerable<string> lines, out IReadOnlyList<string> tokens)
    {
        tokens = Elements(lines);
        return tokens.All(static token => HttpGrammar.IsToken(token));
    }

    /// <summary>The same, without the check that elements are tokens.</summary>
    internal static IReadOnlyList<string> Elements(IEnumerable<string> lines)
    {
        var elements = new List<string>();
        foreach (var line in lines)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                var element = line.AsSpan(range).Trim(" \t");
                if (!element.IsEmpty)
                {
                    elements.Add(element.ToString());
                }
            }
        }

        if (elements.Count == 0)
        {
            // The shared empty list: a connection keeps it for its lifetime.
            return [];
        }

        return elements;
    }

    /// <summary>Whether no token is repeated. Uses hashing: pairwise, 16,000 tokens would cost 128 million comparisons.</summary>
    internal static bool AreUnique(IReadOnlyCollection<string> tokens) => tokens.ToHashSet(StringComparer.Ordinal).Count == tokens.Count;
}
