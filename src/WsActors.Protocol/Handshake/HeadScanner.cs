using System.Diagnostics.CodeAnalysis;

namespace WsActors.Protocol.Handshake;

/// <summary>
/// Reads a start line and the header lines below it, for requests and responses alike. Owned by one parser; not thread-safe.
/// Its methods return false without a refusal when they need more bytes.
/// </summary>
/// <param name="limits">The size limits of the head.</param>
/// <param name="startLine">The name of the start line in refusals: "request line" or "status line".</param>
internal sealed class HeadScanner(RequestLimits limits, string startLine)
{
    private readonly LineScanner _lines = new();
    private readonly List<HttpHeader> _headers = [];

    /// <summary>The size of the header lines read so far, without their line ends.</summary>
    private int _headerBytes;

    /// <summary>Reads the start line. The line is valid until the next call.</summary>
    public bool TryReadStartLine(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> line, out Refusal? refusal)
    {
        var outcome = _lines.Read(ref bytes, limits.MaxRequestLineBytes, out line);
        refusal = outcome switch
        {
            LineOutcome.TooLong => new(414, $"The {startLine} is longer than {limits.MaxRequestLineBytes} bytes: shorten it."),
            LineOutcome.BadByte => BadByte(),
            _ => null,
        };
        return outcome == LineOutcome.Line;
    }

    /// <summary>Reads header lines. True when the empty line behind them was read.</summary>
    public bool TryReadHeaders(ref ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out HttpHeaders? headers, out Refusal? refusal)
    {
        headers = null;
        while (true)
        {
            var outcome = _lines.Read(ref bytes, limits.MaxHeaderBytes - _headerBytes, out var line);
            if (outcome == LineOutcome.Line && line.IsEmpty)
            {
                headers = [.. _headers];
                refusal = null;
                return true;
            }

            refusal = outcome switch
            {
                LineOutcome.TooLong => new(431, $"The headers take more than {limits.MaxHeaderBytes} bytes: send fewer or shorter ones."),
                LineOutcome.BadByte => BadByte(),
                LineOutcome.Line => Add(line),
                _ => null,
            };
            if (outcome != LineOutcome.Line || refusal is not null)
            {
                return false;
            }
        }
    }

    private Refusal? Add(ReadOnlySpan<byte> line)
    {
        if (_headers.Count == limits.MaxHeaders)
        {
            return new(431, $"There are more than {limits.MaxHeaders} headers: send fewer.");
        }

        if (line[0] is (byte)' ' or (byte)'\t')
        {
            // RFC 9112 §5.2: folding hides a header from recipients that do not unfold.
            return new(400, "A header line begins with white space: send each header on one line.");
        }

        var colon = line.IndexOf((byte)':');
        if (colon < 0 || !HttpGrammar.IsToken(line[..colon]))
        {
            // RFC 9112 §5.1: a space before the colon is read differently by different servers, so it is refused as well.
            return new(400, "A header line does not begin with a name directly followed by a colon: write it as 'Name: value'.");
        }

        _headerBytes += line.Length;
        var name = HeadStringCache.Get(line[..colon]);
        _headers.Add(new(name, HeadStringCache.GetValue(name, line[(colon + 1)..].Trim(" \t"u8))));
        return null;
    }

    private static Refusal BadByte() =>
        new(400, "A line is not ended by CRLF or holds a control character: end lines with CR and LF, and encode the rest.");
}
