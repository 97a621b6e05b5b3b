using System.Buffers.Binary;

namespace WsActors.Fuzzing.Inputs;

/// <summary>Frames as bytes, legal or not. It knows nothing of the code under test.</summary>
internal static class FrameBytes
{
    /// <summary>A legal frame, when the first byte is one.</summary>
    /// <param name="first">FIN, reserved bits and opcode.</param>
    /// <param name="payload">Before it is masked.</param>
    /// <param name="key">Null: not masked.</param>
    public static byte[] Of(byte first, ReadOnlySpan<byte> payload, byte[]? key) =>
        [first, .. Length(payload.Length, FewestBytes(payload.Length), key is not null), .. key ?? [], .. Masked(payload, key)];

    /// <summary>The second byte and the length bytes that it announces.</summary>
    /// <param name="length">The announced length.</param>
    /// <param name="size">0, 2 or 8 bytes after the second one.</param>
    /// <param name="isMasked">The second byte's top bit.</param>
    public static byte[] Length(long length, int size, bool isMasked)
    {
        var mask = isMasked ? 0x80 : 0;
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, length);
        return size switch
        {
            0 => [(byte)(mask | (bytes[^1] & 0x7F))],
            2 => [(byte)(mask | 126), .. bytes[^2..]],
            _ => [(byte)(mask | 127), .. bytes],
        };
    }

    /// <summary>0, 2 or 8 (RFC 6455 §5.2).</summary>
    public static int FewestBytes(long length) => length switch { >= 0 and <= 125 => 0, >= 0 and <= 0xFFFF => 2, _ => 8 };

    public static byte[] Masked(ReadOnlySpan<byte> payload, byte[]? key)
    {
        var masked = payload.ToArray();
        for (var i = 0; key is not null && i < masked.Length; i++)
        {
            masked[i] ^= key[i % 4];
        }

        return masked;
    }
}
