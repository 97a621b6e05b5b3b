using System.Buffers;

namespace WsActors.Protocol.Handshake;

/// <summary>
/// Cuts bytes into lines that end with CRLF. Owned by one parser; not thread-safe.
/// Every byte is looked at once, whatever the chunks, and only an unfinished line is copied.
/// </summary>
internal sealed class LineScanner
{
    /// <summary>The bytes of the line that is not complete yet.</summary>
    private readonly ArrayBufferWriter<byte> _unfinished = new();

    /// <summary>The line's text is complete; only its LF is still due.</summary>
    private bool _lineFeedDue;

    /// <summary>
    /// Advances <paramref name="bytes"/>. The line is valid until the next call; after <see cref="LineOutcome.TooLong"/> or
    /// <see cref="LineOutcome.BadByte"/> there is no line. The first fault on the wire decides, so the cut into chunks does not matter.
    /// </summary>
    public LineOutcome Read(ref ReadOnlySpan<byte> bytes, int maxBytes, out ReadOnlySpan<byte> line)
    {
        line = default;
        if (bytes.IsEmpty)
        {
            return LineOutcome.NeedMore;
        }

        var text = _lineFeedDue ? [] : TakeText(ref bytes);
        if (_unfinished.WrittenCount + text.Length > maxBytes)
        {
            return LineOutcome.TooLong;
        }

        if (!_lineFeedDue && !bytes.IsEmpty)
        {
            if (bytes[0] != '\r')
            {
                return LineOutcome.BadByte;
            }

            bytes = bytes[1..];
            _lineFeedDue = true;
        }

        if (bytes.IsEmpty)
        {
            _unfinished.Write(text);
            return LineOutcome.NeedMore;
        }

        if (bytes[0] != '\n')
        {
            return LineOutcome.BadByte;
        }

        bytes = bytes[1..];
        line = Finish(text);
        return LineOutcome.Line;
    }

    private static ReadOnlySpan<byte> TakeText(ref ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOfAnyExcept(HttpGrammar.LineBytes);
        var text = end < 0 ? bytes : bytes[..end];
        bytes = bytes[text.Length..];
        return text;
    }

    private ReadOnlySpan<byte> Finish(ReadOnlySpan<byte> text)
    {
        _lineFeedDue = false;
        if (_unfinished.WrittenCount == 0)
        {
            return text;
        }

        _unfinished.Write(text);
        var line = _unfinished.WrittenSpan;
        _unfinished.ResetWrittenCount();
        return line;
    }
}

/// <summary>The result of <see cref="LineScanner.Read"/>.</summary>
internal enum LineOutcome
{
    /// <summary>The line's end has not come; nothing is lost.</summary>
    NeedMore,

    /// <summary>A whole line, without its CRLF.</summary>
    Line,

    /// <summary>More bytes than allowed came before the line's end.</summary>
    TooLong,

    /// <summary>A control character, or a CR and LF that do not stand together (RFC 9112 §2.2).</summary>
    BadByte,
}
