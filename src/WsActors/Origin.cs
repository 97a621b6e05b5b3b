using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace WsActors;

/// <summary>
/// A web origin (RFC 6454): scheme, host and port, normalised, so that two values are equal exactly when a browser treats the origins as
/// the same. <c>ws</c> is written <c>http</c> and <c>wss</c> <c>https</c>, as in a browser's <c>Origin</c> header.
/// </summary>
/// <param name="Scheme"><c>http</c> or <c>https</c>, or another scheme in lower case.</param>
/// <param name="Host">
/// The host in lower case; an IPv6 address in brackets. Empty for a scheme whose pages have no host, as <c>file://</c>.
/// </param>
/// <param name="Port">The port, or the scheme's default; 0 for a scheme without a default, such as a browser extension's.</param>
public sealed record Origin(string Scheme, string Host, int Port)
{
    /// <summary>
    /// Parses <c>scheme://host[:port]</c> with nothing behind it, and <c>scheme://</c> for a scheme that needs no host. False for any other
    /// text, <c>null</c> included.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Origin? origin)
    {
        ArgumentNullException.ThrowIfNull(text);
        var schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        var (scheme, authority) = schemeEnd > 0 ? (text[..schemeEnd], text[(schemeEnd + 3)..]) : ("", "");
        origin = authority.Length > 0 ? FromAuthority(scheme, authority) : WithoutHost(scheme);
        return origin is not null;
    }

    /// <summary>The origin of a scheme and a <c>Host</c> header; null when either is malformed.</summary>
    internal static Origin? FromAuthority(string scheme, string authority)
    {
        if (!IsScheme(scheme))
        {
            return null;
        }

        var port = DefaultPort(Web(scheme));
        var host = authority;
        var colon = authority.LastIndexOf(':');
        if (colon > authority.LastIndexOf(']'))
        {
            host = authority[..colon];
            var digits = authority[(colon + 1)..];
            if (digits.Length > 0
                && (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is 0 or > 65535))
            {
                return null;
            }
        }

        return host.Length > 0 && host.All(IsHostCharacter) ? new Origin(Web(scheme), host.ToLowerInvariant(), port) : null;
    }

    // Electron, Cordova and mobile web views send such origins for pages that no server delivered.
    private static Origin? WithoutHost(string scheme) =>
        IsScheme(scheme) && DefaultPort(Web(scheme)) == 0 ? new Origin(Web(scheme), "", 0) : null;

    /// <summary>The origin as a browser writes it: without the default port.</summary>
    public override string ToString() => Port == DefaultPort(Scheme) ? $"{Scheme}://{Host}" : $"{Scheme}://{Host}:{Port}";

    private static string Web(string scheme) => scheme.ToLowerInvariant() switch
    {
        "ws" or "http" => "http",
        "wss" or "https" => "https",
        var other => other,
    };

    private static int DefaultPort(string scheme) => scheme switch
    {
        "https" => 443,
        "http" => 80,
        _ => 0,
    };

    private static bool IsScheme(string text) => text.Length > 0 && text.All(IsSchemeCharacter);

    private static bool IsSchemeCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.';

    private static bool IsHostCharacter(char c) =>
        char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '[' or ']' or ':' or '~' or '%';
}
