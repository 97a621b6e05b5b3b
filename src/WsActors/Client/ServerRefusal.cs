using System.Globalization;
using WsActors.Protocol.Handshake;

namespace WsActors.Client;

/// <summary>The meaning of an HTTP response that is not 101, for a client. Pure.</summary>
internal static class ServerRefusal
{
    private static readonly string[] DateForms = ["R", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM d HH:mm:ss yyyy"];

    /// <summary>
    /// Whether the same request would get the same answer. A server's own trouble passes, whatever its number: an unknown 5xx is a 500
    /// (RFC 9110 §15), and so is a number beyond. Of it only 501 and 505 are about the request. Too slow, too early and too often pass,
    /// too.
    /// </summary>
    public static bool IsFinal(int status) => status is (< 500 and not (408 or 425 or 429)) or 501 or 505;

    /// <summary>The cure, as the rest of a sentence; empty where the status says enough.</summary>
    public static string Cure(int status) => status switch
    {
        401 or 403 => "; send what it wants of you in the headers, such as Authorization or Origin",
        404 => "; correct the path",
        _ => IsFinal(status) ? "" : "; try again later",
    };

    /// <summary>
    /// RFC 9110 §10.2.3: seconds, or a date in any of the three forms (§5.6.7). More seconds than an int holds are as many as it holds.
    /// Anything else is as if nothing was said.
    /// </summary>
    public static TimeSpan? RetryAfter(HttpHeaders headers, DateTimeOffset now)
    {
        var value = headers["Retry-After"];
        if (value is { Length: > 0 } && value.All(char.IsAsciiDigit))
        {
            return TimeSpan.FromSeconds(int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : int.MaxValue);
        }

        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowInnerWhite;
        return DateTimeOffset.TryParseExact(value, DateForms, CultureInfo.InvariantCulture, Styles, out var date) && date > now ? date - now : null;
    }
}
