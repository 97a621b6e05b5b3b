using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace WsActors.Routing;

/// <summary>
/// Parses a client in <c>Forwarded</c> (RFC 7239 §6) and <c>X-Forwarded-For</c>: an address (RFC 3986 §3.2.2) with an optional port, such
/// as <c>192.0.2.1:4711</c> or <c>[2001:db8::1]</c>, or an identifier that hides the address. Pure.
/// </summary>
internal static class ForwardedNode
{
    /// <summary>False when the text is neither an address nor such an identifier.</summary>
    /// <param name="text">The client as the proxy wrote it.</param>
    /// <param name="address">The address; null when the proxy hides it.</param>
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

    /// <summary>Four decimal numbers without leading zeros: parsers that read them as octal would see another address.</summary>
    private static bool TryParseIPv4(string text, [NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(text, out address) && address.AddressFamily == AddressFamily.InterNetwork && address.ToString() == text;

    private static bool TryParseIPv6(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        return !text.AsSpan().ContainsAny("[]/")
            && IPAddress.TryParse(text, out address)
            && address.AddressFamily == AddressFamily.InterNetworkV6;
    }

    private static bool IsHidden(string name) => name.Equals("unknown", StringComparison.OrdinalIgnoreCase) || IsObfuscated(name);

    /// <summary>A colon, and at most five digits or an obfuscated port.</summary>
    private static bool IsPort(string text) => text[0] == ':' && (IsPortNumber(text.AsSpan(1)) || IsObfuscated(text[1..]));

    private static bool IsPortNumber(ReadOnlySpan<char> digits) =>
        digits.Length <= 5 && ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <summary>An obfuscated identifier (RFC 7239 §6.3).</summary>
    private static bool IsObfuscated(string text) =>
        text.Length > 1 && text[0] == '_' && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
