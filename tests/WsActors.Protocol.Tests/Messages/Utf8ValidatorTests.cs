using System.Text;
using WsActors.Fuzzing.Readers;
using WsActors.Protocol.Messages;
using WsActors.Protocol.Tests.Frames;

namespace WsActors.Protocol.Tests.Messages;

public class Utf8ValidatorTests
{
    /// <summary>Both sides of every border in the table of RFC 3629 §4.</summary>
    private static readonly byte[] Borders = Wire.Bytes(
        "00 7F 80 8F 90 9F A0 BF C0 C1 C2 DF E0 E1 EC ED EE EF F0 F1 F3 F4 F5 F7 F8 FF");

    [Theory]
    [InlineData("", "C0")]
    [InlineData("", "C1")]
    [InlineData("", "F5")]
    [InlineData("", "FF")]
    [InlineData("", "80")]
    [InlineData("E0", "80")]
    [InlineData("E0", "9F")]
    [InlineData("ED", "A0")]
    [InlineData("F0", "80")]
    [InlineData("F0", "8F")]
    [InlineData("F4", "90")]
    [InlineData("C3", "41")]
    [InlineData("E2 82", "C0")]
    [InlineData("48 65 6C 6C 6F F0 9F 8E", "7F")]
    public void Text_is_refused_at_its_first_invalid_byte(string possible, string impossible)
    {
        foreach (var chunks in Splits.Of([.. Wire.Bytes(possible), .. Wire.Bytes(impossible)]))
        {
            var validator = new Utf8Validator();
            Assert.All(chunks[..^1], chunk => Assert.True(validator.TryAdvance(chunk)));
            Assert.False(validator.TryAdvance(chunks[^1]));
        }

        var before = new Utf8Validator();
        Assert.True(before.TryAdvance(Wire.Bytes(possible)));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("41", true)]
    [InlineData("C3", false)]
    [InlineData("C3 A9", true)]
    [InlineData("E2 82", false)]
    [InlineData("E2 82 AC", true)]
    [InlineData("F0 9F 8E", false)]
    [InlineData("F0 9F 8E 88", true)]
    [InlineData("F4 8F BF BF", true)]
    [InlineData("ED 9F BF EE 80 80", true)]
    [InlineData("00 EF BB BF", true)]
    public void Text_may_end_only_between_characters(string text, bool isComplete)
    {
        foreach (var chunks in Splits.Of(Wire.Bytes(text)))
        {
            var validator = new Utf8Validator();
            Assert.All(chunks, chunk => Assert.True(validator.TryAdvance(chunk)));
            Assert.Equal(isComplete, validator.IsComplete);
        }
    }

    [Fact]
    public void Reset_discards_an_incomplete_character()
    {
        var validator = new Utf8Validator();
        validator.TryAdvance([0xE2, 0x82]);

        validator.Reset();

        Assert.True(validator.IsComplete);
        Assert.True(validator.TryAdvance("A"u8));
    }

    [Fact]
    public void It_equals_the_reference_on_every_sequence_of_one_to_three_bytes()
    {
        Span<byte> text = stackalloc byte[3];
        for (var sequence = 0; sequence < 0x100_0000; sequence++)
        {
            (text[0], text[1], text[2]) = ((byte)(sequence >> 16), (byte)(sequence >> 8), (byte)sequence);
            AssertEqualsTwin(text);
            if (text[2] == 0)
            {
                AssertEqualsTwin(text[..2]);
                AssertEqualsTwin(text[..1]);
            }
        }
    }

    [Fact]
    public void It_equals_the_reference_on_four_bytes_around_every_border()
    {
        var texts =
            from a in Borders
            from b in Borders
            from c in Borders
            from d in Borders
            select new[] { a, b, c, d };
        foreach (var text in texts)
        {
            AssertEqualsTwin(text);
        }
    }

    [Theory]
    [InlineData("C3 A9")]
    [InlineData("E2 82 AC")]
    [InlineData("F0 9F 8E 88")]
    [InlineData("80")]
    [InlineData("E2 82 41")]
    [InlineData("FF")]
    public void It_equals_the_reference_with_a_character_or_an_error_at_any_position(string character)
    {
        var bytes = Wire.Bytes(character);
        var memory = new byte[310];
        for (var length = 0; length <= 300; length++)
        {
            for (var position = 0; position <= length; position++)
            {
                var text = memory.AsSpan((length + position) % 8, length);
                text.Fill((byte)'a');
                bytes.AsSpan(0, Math.Min(bytes.Length, length - position)).CopyTo(text[position..]);
                AssertEqualsTwin(text);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void It_equals_the_reference_on_random_text_with_a_random_error_at_every_cut(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var text = RandomText(random, characters: random.Next(40));
            if (text.Length > 0 && random.Next(2) == 0)
            {
                text[random.Next(text.Length)] = random.GetItems(Borders, 1)[0];
            }

            foreach (var chunks in Splits.Of(text))
            {
                var fast = new Utf8Validator();
                var slow = new SlowUtf8();
                foreach (var chunk in chunks)
                {
                    var accepted = slow.TryAdvance(chunk);
                    Assert.True(accepted == fast.TryAdvance(chunk), $"seed {seed}: {Wire.Hex(text)}");
                    if (!accepted)
                    {
                        break;
                    }

                    Assert.True(slow.IsComplete == fast.IsComplete, $"seed {seed}: {Wire.Hex(text)}");
                }
            }
        }
    }

    [Fact]
    public void Validating_allocates_nothing()
    {
        var text = Encoding.UTF8.GetBytes("Übermut tut selten gut. 日本語の文章。");
        var validator = new Utf8Validator();

        Assert.Equal(0, Allocated.By(() =>
        {
            validator.TryAdvance(text.AsSpan(0, 30));
            validator.TryAdvance(text.AsSpan(30));
        }));
    }

    private static void AssertEqualsTwin(ReadOnlySpan<byte> text)
    {
        var fast = new Utf8Validator();
        var slow = new SlowUtf8();
        var accepted = slow.TryAdvance(text);
        if (accepted != fast.TryAdvance(text) || (accepted && slow.IsComplete != fast.IsComplete))
        {
            Assert.Fail(Wire.Hex(text));
        }
    }

    private static byte[] RandomText(Random random, int characters)
    {
        var text = new StringBuilder();
        for (var i = 0; i < characters; i++)
        {
            var most = random.GetItems([0x7F, 0x7FF, 0xD7FF, 0x10_FFFF], 1)[0];
            var value = random.Next(most + 1);
            text.Append(new Rune(Rune.IsValid(value) ? value : 'x'));
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
