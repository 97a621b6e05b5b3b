using System.Buffers;

namespace WsActors.Routing;

/// <summary>All names below a domain, written <c>*.example.com</c>: the wildcard matches one or more whole labels. Immutable.</summary>
/// <param name="Domain">The domain in lower case. The pattern does not match the domain itself.</param>
internal readonly record struct SubdomainPattern(string Domain)
{
    private const string Wildcard = "*.";

    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz-_");

    /// <summary>False when the text does not start with a wildcard, or no DNS name follows. An address has no subdomains.</summary>
    public static bool TryParse(string text, out SubdomainPattern subdomainPattern)
    {
        var isWildcard = text.StartsWith(Wildcard, StringComparison.Ordinal)
            && Uri.CheckHostName(text[Wildcard.Length..]) == UriHostNameType.Dns;
        subdomainPattern = isWildcard ? new(text[Wildcard.Length..].ToLowerInvariant()) : default;
        return isWildcard;
    }

    /// <summary>Whether a host, in lower case, is below the domain.</summary>
    public bool Matches(string host)
    {
        var labels = host.Length - Domain.Length - 1;
        return labels > 0
            && host[labels] == '.'
            && host.EndsWith(Domain, StringComparison.Ordinal)
            && AreLabels(host.AsSpan(0, labels));
    }

    private static bool AreLabels(ReadOnlySpan<char> text)
    {
        foreach (var label in text.Split('.'))
        {
            if (text[label].IsEmpty || text[label].ContainsAnyExcept(LabelCharacters))
            {
                return false;
            }
        }

        return true;
    }
}
