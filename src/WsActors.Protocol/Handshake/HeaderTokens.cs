namespace WsActors.Protocol.Handshake;

/// <summary>Headers that are comma lists (RFC 9110 §5.6.1), cut by hand: linear, no recursion. Pure.</summary>
public static class HeaderTokens
{
    /// <summary>Whether any line of the header lists the token, in any letter case, as <c>Connection</c> and <c>Upgrade</c> do.</summary>
    public static bool Lists(HttpHeaders headers, string name, string token)
    {
        foreach (var line in headers.All(name))
        {
            foreach (var element in line.AsSpan().Split(','))
            {
                if (line.AsSpan(element).Trim(" \t").Equals(token, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>
    /// The elements of all lines, in order. Empty elements are skipped, as RFC 9110 §5.6.1.2 asks of a recipient.
    /// False when an element is not a token or there is none at all.
    /// </summary>
    public static bool TryRead(IEnumerable<string> lines, out IReadOnlyList<string> tokens)
    {
        var read = new List<string>();
        tokens = read;
        foreach (var line in lines)
        {
            foreach (var element in line.AsSpan().Split(','))
            {
                var token = line.AsSpan(element).Trim(" \t");
                if (token.IsEmpty)
                {
                    continue;
                }

                if (!HttpGrammar.IsToken(token))
                {
                    return false;
                }

                read.Add(token.ToString());
            }
        }

        return read.Count > 0;
    }

    /// <summary>By hashing: comparing each with each would let 16,000 tokens cost 128 million comparisons.</summary>
    internal static bool AreUnique(IReadOnlyCollection<string> tokens) => tokens.ToHashSet(StringComparer.Ordinal).Count == tokens.Count;
}
