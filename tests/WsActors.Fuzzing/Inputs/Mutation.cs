namespace WsActors.Fuzzing.Inputs;

/// <summary>Small damage to a valid input: bits, cuts, repetitions, pieces of other inputs, lengths.</summary>
internal static class Mutation
{
    /// <summary>Repeated mutation must not grow inputs without limit.</summary>
    private const int MostBytes = 16 * 1024;

    /// <summary>Bytes that mean something: line ends and separators of heads, opcodes and lengths of frames, leads of UTF-8.</summary>
    private static readonly byte[] Tokens =
    [
        0x00, 0x01, 0x02, 0x08, 0x09, 0x0A, 0x0D, 0x20, 0x25, 0x2C, 0x2F, 0x3A, 0x3B, 0x3F, 0x7D, 0x7E, 0x7F, 0x80, 0x81, 0x82, 0x88, 0x89,
        0x8A, 0xC1, 0xE0, 0xED, 0xF0, 0xF4, 0xFD, 0xFE, 0xFF,
    ];

    private static readonly long[] Lengths =
    [
        -1, long.MinValue, long.MaxValue, int.MaxValue, 0x1_0000, 0xFFFF, 401, 400, 127, 126, 125, 1, 0,
    ];

    /// <summary>Damages the input once to five times.</summary>
    /// <param name="input">Not changed.</param>
    /// <param name="others">The sources of inserted pieces.</param>
    /// <param name="random">Decides.</param>
    public static byte[] Of(byte[] input, IReadOnlyList<byte[]> others, Random random)
    {
        var bytes = input.ToList();
        for (var times = random.Next(1, 6); times > 0; times--)
        {
            Damage(bytes, others[random.Next(others.Count)], random);
        }

        return [.. bytes.Take(MostBytes)];
    }

    private static void Damage(List<byte> bytes, byte[] other, Random random)
    {
        var at = random.Next(bytes.Count + 1);
        var length = random.Next(1 + Math.Min(bytes.Count - at, random.Next(2) == 0 ? 8 : int.MaxValue));
        switch (random.Next(9))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2 when at < bytes.Count:
                bytes[at] = random.GetItems(Tokens, 1)[0];
                break;
            case 3:
                bytes.InsertRange(at, random.GetItems(Tokens, random.Next(1, 4)));
                break;
            case 4:
                bytes.RemoveRange(at, length);
                break;
            case 5:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 6:
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other[random.Next(other.Length + 1)..]);
                break;
            case 7:
                bytes.InsertRange(at, other[..random.Next(other.Length + 1)]);
                break;
            case 8:
                EditLength(bytes, random);
                break;
        }
    }

    /// <summary>Gives a frame another length, in any of its three forms.</summary>
    private static void EditLength(List<byte> bytes, Random random)
    {
        var starts = FrameStarts(bytes);
        if (starts.Count > 0)
        {
            var second = starts[random.Next(starts.Count)] + 1;
            var claim = random.GetItems(Lengths, 1)[0];
            var size = random.Next(2) == 0 ? FrameBytes.FewestBytes(claim) : random.GetItems([0, 2, 8], 1)[0];
            var edited = FrameBytes.Length(claim, size, isMasked: bytes[second] >= 0x80);
            bytes.RemoveRange(second, Math.Min(1 + LengthBytes(bytes[second]), bytes.Count - second));
            bytes.InsertRange(second, edited);
        }
    }

    /// <summary>The starts of frames, as far as the bytes are frames; after a head, if there is one.</summary>
    private static List<int> FrameStarts(List<byte> bytes)
    {
        var starts = new List<int>();
        var head = bytes.ToArray().AsSpan().IndexOf("\r\n\r\n"u8);
        for (var at = head < 0 ? 0L : head + 4; at + 1 < bytes.Count;)
        {
            starts.Add((int)at);
            var second = bytes[(int)at + 1];
            var lengthEnd = at + 2 + LengthBytes(second);
            if (lengthEnd > bytes.Count)
            {
                break;
            }

            var length = (uint)(second & 0x7F);
            if (LengthBytes(second) > 0)
            {
                // The last two bytes are enough: the lengths of good frames here are no longer.
                length = ((uint)bytes[(int)lengthEnd - 2] << 8) | bytes[(int)lengthEnd - 1];
            }

            at = lengthEnd + (second >= 0x80 ? 4 : 0) + length;
        }

        return starts;
    }

    private static int LengthBytes(byte second) => (second & 0x7F) switch { 126 => 2, 127 => 8, _ => 0 };
}
