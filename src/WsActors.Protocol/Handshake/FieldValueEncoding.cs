using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace WsActors.Protocol.Handshake;

/// <summary>
/// The characters of header values. RFC 9110 §5.5 leaves those beyond ASCII open: they are written as UTF-8, and read as UTF-8 where the
/// bytes are valid, else as Latin-1, one character a byte. What was written is read as it was. Pure.
/// </summary>
internal static class FieldValueEncoding
{
    /// <summary>Reads a value, or another part of a head. There is never more than one character for a byte.</summary>
    public static int Read(ReadOnlySpan<byte> bytes, Span<char> chars) =>
        Utf8.IsValid(bytes) ? Encoding.UTF8.GetChars(bytes, chars) : Encoding.Latin1.GetChars(bytes, chars);

    /// <summary>
    /// Reads the value of <c>Cookie</c>: each cookie by itself, so that one of another application on the same host changes no other.
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
