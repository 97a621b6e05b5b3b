namespace WsActors.Fuzzing.Inputs;

/// <summary>
/// Frames in a mostly valid order: fragments of one message, control frames between them, text that is UTF-8. Each rule is broken
/// sometimes, so that much is read deep in a conversation.
/// </summary>
internal static class RandomFrames
{
    /// <summary>Both sides of each border of the wire format and of the targets' limits.</summary>
    private static readonly int[] Lengths = [0, 0, 1, 2, 3, 5, 10, 40, 79, 80, 81, 124, 125, 126, 127, 200, 399, 400, 401, 1000];

    private static readonly long[] Claims =
        [
            -1, long.MinValue, long.MaxValue, int.MaxValue, 1L + int.MaxValue, uint.MaxValue, 0xFFFF, 0x1_0000, 1 << 20, (1 << 20) + 1,
            1 << 30,
        ];

    private static readonly int[] CloseCodes =
        [0, 999, 1000, 1001, 1003, 1004, 1005, 1006, 1007, 1011, 1014, 1015, 2999, 3000, 4999, 5000, 0xFFFF];

    /// <summary>Masked, as a server reads them.</summary>
    public static byte[] OfClient(Random random) => Of(random, areMasked: true);

    /// <summary>Not masked, as a client reads them.</summary>
    public static byte[] OfServer(Random random) => Of(random, areMasked: false);

    private static byte[] Of(Random random, bool areMasked)
    {
        var wire = new List<byte>();
        var isMessageOpen = false;
        for (var count = random.Next(1, 12); count > 0; count--)
        {
            var first = FirstByte(random, ref isMessageOpen);
            var isMasked = areMasked != OneIn(60, random);
            wire.AddRange(Frame(first, Payload(first & 0x0F, random), isMasked, random));
        }

        return [.. wire];
    }

    private static byte FirstByte(Random random, ref bool isMessageOpen)
    {
        if (OneIn(60, random))
        {
            return (byte)random.Next(256);
        }

        if (OneIn(4, random))
        {
            return OneIn(8, random) ? (byte)0x88 : (byte)random.Next(0x89, 0x8B);
        }

        var opcode = isMessageOpen != OneIn(60, random) ? 0 : random.Next(1, 3);
        var fin = random.Next(2) == 0;
        isMessageOpen = !fin;
        return (byte)((fin ? 0x80 : 0) | opcode);
    }

    private static byte[] Payload(int opcode, Random random)
    {
        var most = opcode >= 8 && !OneIn(30, random) ? 125 : int.MaxValue;
        var length = Math.Min(most, OneIn(3, random) ? random.GetItems(Lengths, 1)[0] : random.Next(12));
        var text = RandomText.Utf8(random, length);
        return opcode switch
        {
            8 when OneIn(4, random) => [],
            8 => [.. Code(random), .. text[..Math.Min(text.Length, most - 2)]],
            2 => RandomText.Bytes(random, length),
            _ => text,
        };
    }

    private static byte[] Code(Random random)
    {
        var code = random.GetItems(CloseCodes, 1)[0];
        return [(byte)(code >> 8), (byte)code];
    }

    /// <summary>Now and then the length is not the payload's, or takes more bytes than it needs.</summary>
    private static byte[] Frame(byte first, byte[] payload, bool isMasked, Random random)
    {
        var key = isMasked ? RandomText.Bytes(random, 4) : null;
        if (!OneIn(30, random))
        {
            return FrameBytes.Of(first, payload, key);
        }

        var claim = OneIn(2, random) ? payload.Length : random.GetItems(Claims, 1)[0];
        var size = OneIn(2, random) ? FrameBytes.FewestBytes(claim) : random.GetItems([0, 2, 8], 1)[0];
        return [first, .. FrameBytes.Length(claim, size, isMasked), .. key ?? [], .. FrameBytes.Masked(payload, key)];
    }

    private static bool OneIn(int times, Random random) => random.Next(times) == 0;
}
