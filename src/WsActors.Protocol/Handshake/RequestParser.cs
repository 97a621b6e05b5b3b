using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace WsActors.Protocol.Handshake;

/// <summary>
/// Strictly parses the one request that precedes the upgrade (RFC 9112). Owned by one connection; not thread-safe.
/// The same bytes give the same fact, however they are split. Memory is bounded by the limits and grows only with received bytes.
/// </summary>
public sealed class RequestParser(RequestLimits limits)
{
    private readonly HeadScanner _head = new(limits, "request line");

    /// <summary>Null until the request line was read.</summary>
    private RequestLine? _line;

    private bool _skippedEmptyLine;
    private bool _finished;

    /// <summary>
    /// Advances <paramref name="bytes"/>. False: more bytes are needed. True: the one fact is complete, and the bytes left in
    /// <paramref name="bytes"/> came after the request; with an upgrade they are frames. After the fact no byte is read.
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
        // RFC 9112 §3.2: the Host is empty if the target has no authority. Health checks of some load balancers send it.
        1 when headers["Host"] is not "" && !HostSyntax.IsValid(headers["Host"]) =>
            new(400, "The Host header is not a valid host: send a name or an address, with a port if needed."),
        // For any other method the method itself is refused later, with 405.
        _ when line.Method is "GET" or "HEAD" && AnnouncesBody(headers) =>
            new(400, "The request announces a body, but only GET and HEAD are served: send no Content-Length or Transfer-Encoding."),
        _ => null,
    };

    private static bool AnnouncesBody(HttpHeaders headers) =>
        headers.CountOf("Transfer-Encoding") > 0 || headers.All("Content-Length").Any(static length => length != "0");
}
