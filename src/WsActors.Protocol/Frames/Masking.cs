using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace WsActors.Protocol.Frames;

/// <summary>
/// Masks and unmasks payloads: byte i is XORed with byte i modulo 4 of the key (RFC 6455 §5.3), and masking again unmasks.
/// Keys have the byte order of <see cref="FrameHeader.MaskingKey"/>.
/// </summary>
public static class Masking
{
    /// <summary>Masks or unmasks in place.</summary>
    /// <param name="data">A piece of a payload.</param>
    /// <param name="key">The key; zero changes nothing.</param>
    /// <param name="offset">The offset of the piece in its payload.</param>
    public static void Apply(Span<byte> data, uint key, int offset) => Apply(data, data, key, offset);

    /// <summary>Copies and masks in one pass.</summary>
    /// <param name="source">A piece of a payload.</param>
    /// <param name="destination">At least as long as the source. Either the same memory or no overlap.</param>
    /// <param name="key">The key; zero changes nothing.</param>
    /// <param name="offset">The offset of the piece in its payload.</param>
    public static void Apply(ReadOnlySpan<byte> source, Span<byte> destination, uint key, int offset)
    {
        if (key == 0)
        {
            source.CopyTo(destination);
            return;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, source.Length, nameof(destination));
        // The key is rotated so that its lowest byte masks the piece's first byte. All vector widths are multiples of four and keep that.
        var rotated = uint.RotateRight(key, 8 * (offset & 3));
        Xor(ref MemoryMarshal.GetReference(source), ref MemoryMarshal.GetReference(destination), (nuint)source.Length, rotated);
    }

    /// <summary>Uses the widest vectors of the machine first, then narrower ones, then single bytes.</summary>
    private static void Xor(ref byte source, ref byte destination, nuint length, uint key)
    {
        var word = BitConverter.IsLittleEndian ? key : BinaryPrimitives.ReverseEndianness(key);
        nuint at = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            var keys = Vector512.Create(word).AsByte();
            for (; at + 64 <= length; at += 64)
            {
                (Vector512.LoadUnsafe(ref source, at) ^ keys).StoreUnsafe(ref destination, at);
            }
        }

        if (Vector256.IsHardwareAccelerated)
        {
            var keys = Vector256.Create(word).AsByte();
            for (; at + 32 <= length; at += 32)
            {
                (Vector256.LoadUnsafe(ref source, at) ^ keys).StoreUnsafe(ref destination, at);
            }
        }

        var keys128 = Vector128.Create(word).AsByte();
        for (; at + 16 <= length; at += 16)
        {
            (Vector128.LoadUnsafe(ref source, at) ^ keys128).StoreUnsafe(ref destination, at);
        }

        for (; at < length; at++)
        {
            Unsafe.Add(ref destination, at) = (byte)(Unsafe.Add(ref source, at) ^ (key >> (8 * ((int)at & 3))));
        }
    }
}
