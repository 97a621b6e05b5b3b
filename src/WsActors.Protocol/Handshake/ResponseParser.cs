using System.Diagnostics.CodeAnalysis;

namespace WsActors.Protocol.Handshake;

/// <summary>
/// Strictly parses the head of the one response that a client awaits (RFC 9112). Owned by one connection; not thread-safe.
/// The same bytes give the same fact, however they are split. Memory is bounded by the limits and grows only with received bytes.
/// </summary>
public sealed class ResponseParser(RequestLimits limits)
{
    private readonly HeadScanner _head = new(limits, "status line");

    /// <summary>Null until the status line was read.</summary>
    private int? _status;

    private bool _finished;

    /// <summary>
    /// Advances <paramref name="bytes"/>. False: more bytes are needed. True: the one fact is complete, and the bytes left in
    /// <paramref name="bytes"/> came after the head; with a 101 they are frames. After the fact no byte is read.
    /// </summary>
    public bool TryRead(ref ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ResponseParseResult? fact)
    {
        fact = _finished ? null : Read(ref bytes);
        _finished |= fact is not null;
        return fact is not null;
    }

    private ResponseParseResult? Read(ref ReadOnlySpan<byte> bytes)
    {
        if (_status is null)
        {
            if (!_head.TryReadStartLine(ref bytes, out var line, out var lineRefusal))
            {
                return Bad(lineRefusal);
            }

            _status = ParseStatus(line);
            if (_status is null)
            {
                return new BadResponse("No HTTP/1.1 status line came: this is no WebSocket server, or it expects TLS.");
            }
        }

        return _head.TryReadHeaders(ref bytes, out var headers, out var refusal)
            ? new ResponseHead(_status.Value, headers)
            : Bad(refusal);
    }

    /// <summary>
    /// Reads a status line (RFC 9112 §4): version, three digits, a phrase that is ignored. Some servers omit the space before an empty
    /// phrase.
    /// </summary>
    private static int? ParseStatus(ReadOnlySpan<byte> line)
    {
        var isStatusLine = line.Length >= 12
            && HttpGrammar.TryReadVersion(line[..8], out var major, out _) && major == 1
            && line[8] == ' ' && line[9] != '0' && !line[9..12].ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && (line.Length == 12 || line[12] == ' ');
        return isStatusLine ? ((line[9] - '0') * 100) + ((line[10] - '0') * 10) + (line[11] - '0') : null;
    }

    private static BadResponse? Bad(Refusal? refusal) => refusal is null ? null : new(refusal.Reason);
}
