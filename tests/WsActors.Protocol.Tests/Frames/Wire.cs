using System.Buffers.Binary;

namespace WsActors.Protocol.Tests.Frames;

/// <summary>Bytes as tests write them. It knows nothing of the code under test, so that an error in it can't hide one there.</summary>
internal static class Wire
{
    /// <summary>The masking key of RFC 6455 §5.7.</summary>
    public const string Key = "37 FA 21 3D";

    /// <summary>"81 85 …" as bytes.</summary>
    public static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    /// <summary>Bytes as "81 85 …".</summary>
    public static string Hex(ReadOnlySpan<byte> bytes) => BitConverter.ToString(bytes.ToArray()).Replace('-', ' ');

    /// <summary>A frame for a payload too long to spell: its length in the fewest bytes, masked if there is a key.</summary>
    public static byte[] Frame(byte first, ReadOnlySpan<byte> payload, string? key = null) =>
        key is null
            ? [first, .. Length(payload.Length, mask: 0), .. payload]
            : [first, .. Length(payload.Length, mask: 0x80), .. Bytes(key), .. Masked(payload, Bytes(key))];

    /// <summary>Each byte with its byte of the key (RFC 6455 §5.3): the slow twin.</summary>
    public static byte[] Masked(ReadOnlySpan<byte> payload, byte[] key, int offset = 0)
    {
        var masked = payload.ToArray();
        for (var i = 0; i < masked.Length; i++)
        {
            masked[i] ^= key[(i + offset) % 4];
        }

        return masked;
    }

    private static byte[] Length(int length, int mask)
    {
        switch (length)
        {
            case <= 125:
                return [(byte)(mask | length)];
            case <= 0xFFFF:
                return [(byte)(mask | 126), (byte)(length >> 8), (byte)length];
            default:
                byte[] long64 = [(byte)(mask | 127), .. new byte[8]];
                BinaryPrimitives.WriteInt64BigEndian(long64.AsSpan(1), length);
                return long64;
        }
    }
}
