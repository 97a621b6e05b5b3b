using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace WsActors.Protocol.Handshake;

/// <summary>
/// Reads the one request that comes before the upgrade, strictly (RFC 9112). Owned by one connection; not thread-safe.
/// Any cut of the same bytes gives the same fact. It holds no more than the limits allow, and grows only with what came.
/// </summary>
public sealed class RequestParser(RequestLimits limits)
{
    private readonly HeadScanner _head = new(limits, "request line");

    /// <summary>Null until the request line was read.</summary>
    private RequestLine? _line;

    private bool _skippedEmptyLine;
    private bool _finished;

    /// <summary>
    /// Advances <paramref name="bytes"/>. False: it needs more, nothing is lost. True: here is the one fact, and what is left in
    /// <paramref name="bytes"/> came after the request, so that with an upgrade they are frames. After the fact it takes no byte.
    /// </summary>
    public bool TryRead(ref ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out RequestParseResult? fact)
    {
        fact = _finished ? null : Read(ref bytes);
        _finished |= fact is not null;
        return fact is not null;
    }

    private RequestParseResult? Read(ref ReadOnlySpan<byte> bytes)
    {
        while (_line is null)
        {
            if (!_head.TryReadStartLine(ref bytes, out var line, out var lineRefusal))
            {
                return lineRefusal;
            }

            if (line.IsEmpty && !_skippedEmptyLine)
            {
                // RFC 9112 §2.2: an empty line before the request line is ignored, because old clients sent one.
                _skippedEmptyLine = true;
                continue;
            }

            _line = RequestLine.Parse(line, out lineRefusal);
            if (lineRefusal is not null)
            {
                return lineRefusal;
            }
        }

        return _head.TryReadHeaders(ref bytes, out var headers, out var refusal)
            ? Fault(_line, headers) ?? (RequestParseResult)new RequestHead(_line, headers)
            : refusal;
    }

    /// <summary>The rules that need all headers (RFC 9112 §3.2, §6).</summary>
    private static Refusal? Fault(RequestLine line, HttpHeaders headers) => headers.CountOf("Host") switch
    {
        0 when line.Version >= HttpVersion.Version11 =>
            new(400, "The Host header is missing: HTTP/1.1 requires exactly one."),
        > 1 =>
            new(400, "The Host header is repeated: send exactly one."),
        // RFC 9112 §3.2: empty where the target has no authority, as some balancers' health checks have it.
        1 when headers["Host"] is not "" && !HostSyntax.IsValid(headers["Host"]) =>
            new(400, "The Host header is not a valid host: send a name or an address, with a port if needed."),
        // Of another method it is the method that is wrong.
        _ when line.Method is "GET" or "HEAD" && AnnouncesBody(headers) =>
            new(400, "The request announces a body, but only GET and HEAD are served: send no Content-Length or Transfer-Encoding."),
        _ => null,
    };

    private static bool AnnouncesBody(HttpHeaders headers) =>
        headers.CountOf("Transfer-Encoding") > 0 || headers.All("Content-Length").Any(static length => length != "0");
}
