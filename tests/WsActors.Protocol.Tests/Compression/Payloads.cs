using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace WsActors.Protocol.Tests.Compression;

/// <summary>Messages of many kinds, the same in each run; and their forms by other compressors.</summary>
internal static class Payloads
{
    public static byte[] Json(Random random, int length)
    {
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $$"""{"id":{{random.Next(10_000)}},"type":"position","x":{{random.NextDouble()}},"on":true},""");
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }

    public static byte[] Noise(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A pattern that repeats after a while, so that a compressor refers back as far as possible.</summary>
    public static byte[] Repetitive(Random random, int length)
    {
        var pattern = Noise(random, random.Next(1, 40_000));
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
        {
            bytes[i] = pattern[i % pattern.Length];
        }

        return bytes;
    }

    /// <summary>One after the other, of all sorts and lengths, as one connection may send them.</summary>
    public static byte[][] Conversation(int seed)
    {
        var random = new Random(seed);
        int[] lengths = [1, 2, 100, 255, 256, 257, 0, 511, 513, 4095, 4097, 20_000, 32_768, 32_769, 70_000, 200_000];
        random.Shuffle(lengths);
        return [.. lengths.Select(length => random.Next(5) switch
        {
            0 => Noise(random, length),
            1 => Repetitive(random, length),
            2 => new byte[length],
            _ => Json(random, length),
        })];
    }

    /// <summary>Compressed by .NET alone, flushed and cut as RFC 7692 §7.2.1 has it.</summary>
    public static byte[] Deflated(ReadOnlySpan<byte> message, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var output = new MemoryStream();
        using var deflate = new DeflateStream(output, level);
        deflate.Write(message);
        deflate.Flush();
        return message.IsEmpty ? [0x00] : output.ToArray()[..^4];
    }

    /// <summary>In blocks that are stored as they are (RFC 1951 §3.2.4), none of them the last.</summary>
    public static byte[] Stored(ReadOnlySpan<byte> message)
    {
        var wire = new List<byte>();
        for (var rest = message; !rest.IsEmpty;)
        {
            var length = Math.Min(rest.Length, ushort.MaxValue);
            wire.AddRange([0x00, (byte)length, (byte)(length >> 8), (byte)~length, (byte)(~length >> 8), .. rest[..length]]);
            rest = rest[length..];
        }

        return [.. wire, 0x00];
    }
}
