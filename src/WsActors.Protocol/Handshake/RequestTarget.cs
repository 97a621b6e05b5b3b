using System.Text;

namespace WsActors.Protocol.Handshake;

/// <summary>The target of a request, in origin-form or absolute-form (RFC 9112 §3.2). Nothing is decoded.</summary>
/// <param name="AsSent">The whole target.</param>
/// <param name="Authority">Host and port of the absolute form; null for the origin form.</param>
/// <param name="Path">The path: never empty, starts with a slash.</param>
/// <param name="Query">The query without its question mark; empty without a query.</param>
internal readonly record struct RequestTarget(string AsSent, string? Authority, string Path, string Query)
{
    public static bool TryParse(ReadOnlySpan<byte> bytes, out RequestTarget target)
    {
        target = default;
        if (bytes.ContainsAnyExcept(HttpGrammar.VisibleBytes) || bytes.Contains((byte)'#'))
        {
            return false;
        }

        var text = Encoding.ASCII.GetString(bytes);
        if (!TrySplitAuthority(text, out var authority, out var rest))
        {
            return false;
        }

        var question = rest.IndexOf('?');
        var path = question < 0 ? rest : rest[..question];
        target = new(text, authority, path.Length == 0 ? "/" : path, question < 0 ? "" : rest[(question + 1)..]);
        return true;
    }

    /// <summary>
    /// False for authority-form (CONNECT), asterisk-form (OPTIONS) and other schemes: they name no resource of this server.
    /// </summary>
    private static bool TrySplitAuthority(string text, out string? authority, out string rest)
    {
        (authority, rest) = (null, text);
        if (text.StartsWith('/'))
        {
            return true;
        }

        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0 || text[..scheme].ToLowerInvariant() is not ("http" or "https" or "ws" or "wss"))
        {
            return false;
        }

        var afterScheme = text[(scheme + 3)..];
        var end = afterScheme.AsSpan().IndexOfAny('/', '?');
        (authority, rest) = end < 0 ? (afterScheme, "") : (afterScheme[..end], afterScheme[end..]);
        return HostSyntax.IsValid(authority);
    }
}
