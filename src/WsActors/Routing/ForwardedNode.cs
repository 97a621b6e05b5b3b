using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace WsActors.Routing;

/// <summary>
/// A client as a proxy names it, in <c>Forwarded</c> (RFC 7239 §6) and <c>X-Forwarded-For</c>: an address (RFC 3986 §3.2.2), with a port or
/// without, such as <c>192.0.2.1:4711</c> or <c>[2001:db8::1]</c>; or a word that hides it. Pure.
/// </summary>
internal static class ForwardedNode
{
    /// <summary>False where it is neither.</summary>
    /// <param name="text">As it was written.</param>
    /// <param name="address">Null where a word hides it.</param>
    public static bool TryParse(string text, out IPAddress? address)
    {
        address = null;

        // IPv6 addresses often come without the brackets; nginx names clients of a Unix socket "unix:".
        if (text == "unix:" || TryParseIPv6(text, out address))
        {
            return true;
        }

        var end = text.StartsWith('[') ? text.IndexOf(']') + 1 : text.IndexOf(':');
        var (name, port) = end < 0 ? (text, "") : (text[..end], text[end..]);
        return (port.Length == 0 || IsPort(port)) && (TryParseAddress(name, out address) || IsHidden(name));
    }

    private static bool TryParseAddress(string name, [NotNullWhen(true)] out IPAddress? address) =>
        name.StartsWith('[') ? TryParseIPv6(name[1..^1], out address) : TryParseIPv4(name, out address);

    /// <summary>Four decimal numbers without leading zeros: where those mean octal, another address would be read.</summary>
    private static bool TryParseIPv4(string text, [NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(text, out address) && address.AddressFamily == AddressFamily.InterNetwork && address.ToString() == text;

    private static bool TryParseIPv6(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        return !text.AsSpan().ContainsAny("[]/") && IPAddress.TryParse(text, out address) && address.AddressFamily == AddressFamily.InterNetworkV6;
    }

    private static bool IsHidden(string name) => name.Equals("unknown", StringComparison.OrdinalIgnoreCase) || IsObfuscated(name);

    /// <param name="text">From the colon on. At most five digits, or a word.</param>
    private static bool IsPort(string text) =>
        text[0] == ':'
        && ((text.Length <= 6 && ushort.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out _)) || IsObfuscated(text[1..]));

    /// <summary>RFC 7239 §6.3.</summary>
    private static bool IsObfuscated(string text) =>
        text.Length > 1 && text[0] == '_' && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
