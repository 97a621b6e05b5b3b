using System.Globalization;
using WsActors.Protocol.Handshake;

namespace WsActors.Client;

/// <summary>The meaning of an HTTP response that is not 101, for a client. Pure.</summary>
internal static class ServerRefusal
{
    private static readonly string[] DateForms = ["R", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM d HH:mm:ss yyyy"];

    /// <summary>
    /// Whether the same request would get the same response. Server errors are temporary: an unknown 5xx counts as 500 (RFC 9110 §15), and
    /// so does a number above. Of these, only 501 and 505 are about the request and final. 408, 425 and 429 are temporary, too.
    /// </summary>
    public static bool IsFinal(int status) => status is (< 500 and not (408 or 425 or 429)) or 501 or 505;

    /// <summary>The cure, as the rest of a sentence; empty where the status is clear enough.</summary>
    public static string Cure(int status) => status switch
    {
        401 or 403 => "; send the headers that it requires, such as Authorization or Origin",
        404 => "; correct the path",
        _ => IsFinal(status) ? "" : "; try again later",
    };

    /// <summary>
    /// RFC 9110 §10.2.3: seconds, or a date in any of the three forms (§5.6.7). Seconds are capped at the maximum of an int. Any other
    /// value is ignored.
    /// </summary>
    public static TimeSpan? RetryAfter(HttpHeaders headers, DateTimeOffset now)
    {
        var value = headers["Retry-After"];
        if (value is { Length: > 0 } && value.All(char.IsAsciiDigit))
        {
            var isInt = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds);
            return TimeSpan.FromSeconds(isInt ? seconds : int.MaxValue);
        }

        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowInnerWhite;
        return DateTimeOffset.TryParseExact(value, DateForms, CultureInfo.InvariantCulture, Styles, out var date) && date > now
            ? date - now
            : null;
    }
}
