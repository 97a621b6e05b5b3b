using System.Buffers;

namespace WsActors.Protocol.Handshake;

/// <summary>The character classes of HTTP (RFC 9110 §5.5, §5.6.2) and the version that both start lines have. Pure.</summary>
internal static class HttpGrammar
{
    private const string TokenChars = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// <summary>The bytes that are allowed in a line of a head: visible ASCII, obs-text, space and tab.</summary>
    public static readonly SearchValues<byte> LineBytes =
        SearchValues.Create([.. Enumerable.Range(0, 256).Where(static b => b is '\t' or >= ' ' and not 0x7F).Select(static b => (byte)b)]);

    /// <summary>The bytes that are allowed in a request target: visible ASCII.</summary>
    public static readonly SearchValues<byte> VisibleBytes =
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(static b => (byte)b)]);

    private static readonly SearchValues<char> Tokens = SearchValues.Create(TokenChars);

    private static readonly SearchValues<byte> TokenBytes = SearchValues.Create([.. TokenChars.Select(static c => (byte)c)]);

    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenBytes);

    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(Tokens);

    /// <summary>The number of leading characters that are allowed in a token.</summary>
    public static int TokenLength(ReadOnlySpan<char> text) => text.IndexOfAnyExcept(Tokens) is >= 0 and var end ? end : text.Length;

    /// <summary>
    /// Whether the text is a valid header value (RFC 9110 §5.5): no ASCII control character except tab, and no unpaired surrogate, which
    /// has no UTF-8 encoding.
    /// </summary>
    public static bool IsFieldValue(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && char.IsSurrogatePair(text, i))
            {
                i++;
            }
            else if (char.IsAscii(c) ? !LineBytes.Contains((byte)c) : char.IsSurrogate(c))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads a version (RFC 9112 §2.3): <c>HTTP/</c> in upper case, a digit, a dot, a digit.</summary>
    public static bool TryReadVersion(ReadOnlySpan<byte> text, out int major, out int minor)
    {
        (major, minor) = (0, 0);
        if (text.Length != 8 || !text.StartsWith("HTTP/"u8) || text[6] != '.')
        {
            return false;
        }

        (major, minor) = (text[5] - '0', text[7] - '0');
        return major is >= 0 and <= 9 && minor is >= 0 and <= 9;
    }
}
