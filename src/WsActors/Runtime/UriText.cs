namespace WsActors.Runtime;

/// <summary>Parts of a URI's text that may not be well-formed. Pure.</summary>
internal static class UriText
{
    /// <summary>A URI fit for a log: without query, fragment and user information.</summary>
    public static string WithoutSecrets(string uri)
    {
        var end = uri.AsSpan().IndexOfAny('?', '#');
        var rest = end < 0 ? uri : uri[..end];
        var start = StartOfAuthority(rest);
        var at = AuthorityOf(rest).LastIndexOf('@');
        return rest[..start] + rest[(start + at + 1)..];
    }

    /// <summary>User information, host and port, as they are written (RFC 3986 §3.2).</summary>
    public static string AuthorityOf(string uri)
    {
        var rest = uri[StartOfAuthority(uri)..];
        var end = rest.AsSpan().IndexOfAny('/', '?', '#');
        return end < 0 ? rest : rest[..end];
    }

    private static int StartOfAuthority(string uri) =>
        uri.IndexOf("//", StringComparison.Ordinal) is >= 0 and var divider ? divider + 2 : 0;
}
