namespace WsActors.Protocol.Handshake;

/// <summary>Status codes of final responses and their reason phrases (RFC 9110 §15, RFC 6585). Pure.</summary>
internal static class HttpStatus
{
    /// <exception cref="ArgumentOutOfRangeException">The status is not 200–599, as a final response's must be.</exception>
    public static int Checked(int status) => status is >= 200 and <= 599
        ? status
        : throw new ArgumentOutOfRangeException(nameof(status), status, "The status of a response must be 200 to 599.");

    /// <summary>The reason phrase; empty for an unlisted code, which RFC 9112 §4 allows.</summary>
    public static string Phrase(int status) => status switch
    {
        200 => "OK",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        414 => "URI Too Long",
        421 => "Misdirected Request",
        426 => "Upgrade Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => "",
    };
}
