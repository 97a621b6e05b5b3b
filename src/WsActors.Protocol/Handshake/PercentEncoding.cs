using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace WsActors.Protocol.Handshake;

/// <summary>Decodes the parts of a request target (RFC 3986 §2.1). Pure.</summary>
public static class PercentEncoding
{
    /// <summary>
    /// Decodes one segment of a path that is already split at its slashes, so that an encoded slash stays within its segment. False when an
    /// escape is malformed or NUL, or the bytes are not UTF-8: two readers of such a path could see two different resources.
    /// </summary>
    public static bool TryDecodeSegment(ReadOnlySpan<char> segment, [NotNullWhen(true)] out string? decoded)
    {
        var bytes = Unescape(segment, plusIsSpace: false, out var malformed);
        decoded = malformed || bytes.Contains((byte)0) || !Utf8.IsValid(bytes) ? null : Encoding.UTF8.GetString(bytes);
        return decoded is not null;
    }

    /// <summary>
    /// Decodes a name or value of a query. A plus is a space. Malformed escapes, and text that is not UTF-8, stay as sent.
    /// </summary>
    internal static string DecodeLeniently(ReadOnlySpan<char> text)
    {
        var bytes = Unescape(text, plusIsSpace: true, out _);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : text.ToString();
    }

    private static ReadOnlySpan<byte> Unescape(ReadOnlySpan<char> text, bool plusIsSpace, out bool malformed)
    {
        // Decodes in place: the text never gets longer, so writing never overtakes reading.
        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        var written = 0;
        malformed = false;
        for (var read = 0; read < bytes.Length; read++, written++)
        {
            bytes[written] = bytes[read] == '+' && plusIsSpace ? (byte)' ' : bytes[read];
            if (bytes[read] != '%')
            {
                continue;
            }

            if (read + 2 < bytes.Length && char.IsAsciiHexDigit((char)bytes[read + 1]) && char.IsAsciiHexDigit((char)bytes[read + 2]))
            {
                bytes[written] = (byte)((HexValue(bytes[read + 1]) << 4) | HexValue(bytes[read + 2]));
                read += 2;
            }
            else
            {
                malformed = true;
            }
        }

        return bytes.AsSpan(0, written);
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
