using System.Globalization;
using WsActors.Protocol.Handshake;

namespace WsActors.Client;

/// <summary>What an answer that is no upgrade means for a client. Pure.</summary>
internal static class ServerRefusal
{
    /// <summary>
    /// Whether the same request would get the same answer. Too slow, too early, too often, and the server's own trouble pass; anything
    /// else is about the request.
    /// </summary>
    public static bool IsFinal(int status) => status is not (408 or 425 or 429 or 500 or 502 or 503 or 504);

    /// <summary>What to do about it, as the rest of a sentence; nothing where the status says all there is to say.</summary>
    public static string Cure(int status) => status switch
    {
        401 or 403 => "; send what it wants of you in the headers, such as Authorization or Origin",
        404 => "; correct the path",
        408 or 425 or 429 or 500 or 502 or 503 or 504 => "; try again later",
        _ => "",
    };

    /// <summary>RFC 9110 §10.2.3: seconds, or a date. Anything else is as if nothing was said.</summary>
    public static TimeSpan? RetryAfter(HttpHeaders headers, DateTimeOffset now)
    {
        var value = headers["Retry-After"];
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }

        return DateTimeOffset.TryParseExact(value, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) && date > now
            ? date - now
            : null;
    }
}
