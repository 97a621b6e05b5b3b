using System.Buffers;

namespace WsActors.Protocol.Handshake;

/// <summary>
/// Splits bytes into lines that end with CRLF. Owned by one parser; not thread-safe.
/// Every byte is scanned once, however the input is split, and only an incomplete line is copied.
/// </summary>
internal sealed class LineScanner
{
    /// <summary>The bytes of the line that is not complete yet.</summary>
    private readonly ArrayBufferWriter<byte> _incomplete = new();

    /// <summary>Whether the line's text and CR were read, and its LF was not.</summary>
    private bool _lineFeedDue;

    /// <summary>
    /// Advances <paramref name="bytes"/>. The line is valid until the next call; with <see cref="LineOutcome.TooLong"/> or
    /// <see cref="LineOutcome.BadByte"/> there is no line. The first fault on the wire decides, however the input is split.
    /// </summary>
    public LineOutcome Read(ref ReadOnlySpan<byte> bytes, int maxBytes, out ReadOnlySpan<byte> line)
    {
        line = default;
        if (bytes.IsEmpty)
        {
            return LineOutcome.NeedMore;
        }

        var text = _lineFeedDue ? [] : TakeText(ref bytes);
        if (_incomplete.WrittenCount + text.Length > maxBytes)
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
            _incomplete.Write(text);
            return LineOutcome.NeedMore;
        }

        if (bytes[0] != '\n')
        {
            return LineOutcome.BadByte;
        }

        bytes = bytes[1..];
        line = CompleteLine(text);
        return LineOutcome.Line;
    }

    private static ReadOnlySpan<byte> TakeText(ref ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOfAnyExcept(HttpGrammar.LineBytes);
        var text = end < 0 ? bytes : bytes[..end];
        bytes = bytes[text.Length..];
        return text;
    }

    private ReadOnlySpan<byte> CompleteLine(ReadOnlySpan<byte> text)
    {
        _lineFeedDue = false;
        if (_incomplete.WrittenCount == 0)
        {
            return text;
        }

        _incomplete.Write(text);
        var line = _incomplete.WrittenSpan;
        _incomplete.ResetWrittenCount();
        return line;
    }
}

/// <summary>The result of <see cref="LineScanner.Read"/>.</summary>
internal enum LineOutcome
{
    /// <summary>The line is incomplete; its bytes are kept.</summary>
    NeedMore,

    /// <summary>A complete line, without its CRLF.</summary>
    Line,

    /// <summary>More bytes than allowed came before the line's end.</summary>
    TooLong,

    /// <summary>A control character, a CR without LF or an LF without CR (RFC 9112 §2.2).</summary>
    BadByte,
}
