using System.Buffers;

namespace WsActors.Protocol.Handshake;

/// <summary>
/// The syntax of <c>host[:port]</c> (RFC 9110 §7.2, RFC 3986 §3.2.2). User information is refused: RFC 9110 §4.2.4 calls it an error,
/// because it makes one host look like another. Pure.
/// </summary>
internal static class HostSyntax
{
    private static readonly SearchValues<char> NameChars =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~%!$&'()*+,;=");

    private static readonly SearchValues<char> AddressChars = SearchValues.Create("0123456789abcdefABCDEF:.");

    public static bool IsValid(ReadOnlySpan<char> host)
    {
        if (host.StartsWith("["))
        {
            var close = host.IndexOf(']');
            return close > 1 && !host[1..close].ContainsAnyExcept(AddressChars) && IsPort(host[(close + 1)..]);
        }

        var colon = host.IndexOf(':');
        var name = colon < 0 ? host : host[..colon];
        return !name.IsEmpty && !name.ContainsAnyExcept(NameChars) && IsPort(host[name.Length..]);
    }

    /// <summary>Empty, or a colon and up to five digits. RFC 3986 §3.2.3 allows a colon without digits.</summary>
    private static bool IsPort(ReadOnlySpan<char> text) =>
        text.IsEmpty || (text[0] == ':' && text.Length <= 6 && !text[1..].ContainsAnyExceptInRange('0', '9'));
}
