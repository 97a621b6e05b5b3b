using System.IO.Compression;

namespace WsActors.Fuzzing.Inputs;

/// <summary>
/// Messages compressed by RFC 7692 §7.2.1, each in one to seven frames, with others between them. Sometimes the compressed bytes are
/// damaged, cut or too long.
/// </summary>
internal static class RandomDeflate
{
    /// <summary>The end of a flush, which a sender removes.</summary>
    private const int TailBytes = 4;

    /// <summary>Masked, each message for itself.</summary>
    public static byte[] OfClient(Random random) => Of(random, areMasked: true, keepsContext: false, mostBytes: 420);

    /// <summary>Not masked, each message referring to earlier ones.</summary>
    public static byte[] OfServer(Random random) => Of(random, areMasked: false, keepsContext: true, mostBytes: 420);

    /// <summary>Masked, and repetitive so that a few bytes inflate to many.</summary>
    public static byte[] Large(Random random) => Of(random, areMasked: true, keepsContext: true, mostBytes: 300_000);

    private static byte[] Of(Random random, bool areMasked, bool keepsContext, int mostBytes)
    {
        var wire = new List<byte>();
        var output = new MemoryStream();
        var deflater = new DeflateStream(output, CompressionLevel.Fastest);
        for (var count = random.Next(1, 6); count > 0; count--)
        {
            deflater.Write(Message(random, mostBytes));
            deflater.Flush();
            var compressed = output.ToArray();
            output.SetLength(0);
            wire.AddRange(Frames(Damaged(compressed, random), areMasked, random));
            if (!keepsContext)
            {
                output = new MemoryStream();
                deflater = new DeflateStream(output, CompressionLevel.Fastest);
            }
        }

        return [.. wire];
    }

    /// <summary>Texts that compress a little, a lot, or not at all.</summary>
    private static byte[] Message(Random random, int mostBytes)
    {
        var length = random.Next(8) == 0 ? random.Next(mostBytes) : random.Next(60);
        return random.Next(4) switch
        {
            0 => RandomText.Bytes(random, length),
            1 => [.. Enumerable.Repeat((byte)'x', length)],
            2 => [.. Enumerable.Repeat((byte)'x', length), .. RandomText.Utf8(random, random.Next(60))],
            _ => RandomText.Utf8(random, length),
        };
    }

    private static byte[] Damaged(byte[] compressed, Random random)
    {
        var bytes = compressed.Length < TailBytes || random.Next(30) == 0 ? compressed : compressed[..^TailBytes];
        switch (random.Next(12))
        {
            case 0 when bytes.Length > 0:
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                return bytes[..random.Next(bytes.Length + 1)];
            default:
                return bytes;
        }
    }

    private static IEnumerable<byte> Frames(byte[] compressed, bool areMasked, Random random)
    {
        var opcode = random.Next(3) == 0 ? 2 : 1;
        var rsv1 = random.Next(20) == 0 ? 0 : 0x40;
        var start = 0;
        for (var left = random.Next(2) * random.Next(7); left >= 0; left--)
        {
            var end = left == 0 ? compressed.Length : random.Next(start, compressed.Length + 1);
            var first = (byte)((left == 0 ? 0x80 : 0) | opcode | rsv1);
            foreach (var octet in FrameBytes.Of(first, compressed.AsSpan(start, end - start), Key(areMasked, random)))
            {
                yield return octet;
            }

            (opcode, rsv1, start) = (0, 0, end);
        }

        if (random.Next(4) == 0)
        {
            foreach (var octet in FrameBytes.Of(0x89, [], Key(areMasked, random)))
            {
                yield return octet;
            }
        }
    }

    private static byte[]? Key(bool areMasked, Random random) => areMasked ? RandomText.Bytes(random, 4) : null;
}
