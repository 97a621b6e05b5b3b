using System.Buffers;

namespace WsActors.Routing;

/// <summary>All names below a domain, written <c>*.example.com</c>: the wildcard stands for one or more whole labels. Immutable.</summary>
/// <param name="Domain">In lower case. It is not one of them itself.</param>
internal readonly record struct SubdomainPattern(string Domain)
{
    private const string Wildcard = "*.";

    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz-_");

    /// <summary>False where the text begins with no wildcard, or what follows is not a name. An address has no names below it.</summary>
    public static bool TryParse(string text, out SubdomainPattern subdomainPattern)
    {
        var isWildcard = text.StartsWith(Wildcard, StringComparison.Ordinal) && Uri.CheckHostName(text[Wildcard.Length..]) == UriHostNameType.Dns;
        subdomainPattern = isWildcard ? new(text[Wildcard.Length..].ToLowerInvariant()) : default;
        return isWildcard;
    }

    /// <param name="host">In lower case.</param>
    public bool Matches(string host)
    {
        var labels = host.Length - Domain.Length - 1;
        return labels > 0 && host[labels] == '.' && host.EndsWith(Domain, StringComparison.Ordinal) && AreLabels(host.AsSpan(0, labels));
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
