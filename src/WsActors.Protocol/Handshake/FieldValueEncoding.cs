using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace WsActors.Protocol.Handshake;

/// <summary>
/// The character encoding of header values. RFC 9110 §5.5 leaves characters beyond ASCII open. They are written as UTF-8. They are read as
/// UTF-8 if the bytes are valid UTF-8, else as Latin-1, one character a byte. A written value is read unchanged. Pure.
/// </summary>
internal static class FieldValueEncoding
{
    /// <summary>Decodes a value, or another part of a head. The result never has more characters than the input has bytes.</summary>
    public static int Read(ReadOnlySpan<byte> bytes, Span<char> chars) =>
        Utf8.IsValid(bytes) ? Encoding.UTF8.GetChars(bytes, chars) : Encoding.Latin1.GetChars(bytes, chars);

    /// <summary>
    /// Decodes the value of <c>Cookie</c>. Each cookie is decoded on its own, so that a Latin-1 cookie of another application on the same
    /// host does not change how the rest is decoded.
    /// </summary>
    public static int ReadCookies(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        var written = 0;
        while (true)
        {
            var end = bytes.IndexOf((byte)';');
            written += Read(end < 0 ? bytes : bytes[..end], chars[written..]);
            if (end < 0)
            {
                return written;
            }

            chars[written++] = ';';
            bytes = bytes[(end + 1)..];
        }
    }

    public static void Write(string text, IBufferWriter<byte> output) => Encoding.UTF8.GetBytes(text, output);
}
