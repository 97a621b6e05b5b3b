using System.Text;

namespace WsActors.Fuzzing.Inputs;

/// <summary>Bytes without a form, and text.</summary>
internal static class RandomText
{
    /// <summary>Both sides of every border in the table of RFC 3629 §4.</summary>
    private static readonly byte[] Borders =
    [
        0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4,
        0xF5, 0xFF,
    ];

    /// <summary>Up to 1000 bytes, mostly few.</summary>
    public static byte[] Bytes(Random random) => Bytes(random, random.Next(4) == 0 ? random.Next(1000) : random.Next(60));

    public static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Text, half of it with an error or a cut character.</summary>
    public static byte[] Utf8(Random random)
    {
        var text = Utf8(random, random.Next(4) == 0 ? random.Next(400) : random.Next(40));
        for (var errors = random.Next(3); errors > 0 && text.Length > 0; errors--)
        {
            text[random.Next(text.Length)] = random.GetItems(Borders, 1)[0];
        }

        return text;
    }

    /// <summary>UTF-8 of exactly that length.</summary>
    public static byte[] Utf8(Random random, int length)
    {
        var text = new List<byte>();
        Span<byte> character = stackalloc byte[4];
        while (text.Count < length)
        {
            var value = random.Next(1 + random.GetItems([0x7F, 0x7F, 0x7FF, 0xFFFF, 0x10_FFFF], 1)[0]);
            var size = new Rune(Rune.IsValid(value) ? value : 'x').EncodeToUtf8(character);
            text.AddRange(text.Count + size <= length ? character[..size] : "x"u8);
        }

        return [.. text];
    }
}
