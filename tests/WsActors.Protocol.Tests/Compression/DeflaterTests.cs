using System.IO.Compression;
using WsActors.Protocol.Compression;

namespace WsActors.Protocol.Tests.Compression;

/// <summary>The output of a <see cref="Deflater"/>, checked by the reference and by the <see cref="Inflater"/>.</summary>
public class DeflaterTests
{
    public static TheoryData<int, bool, CompressionLevel> EveryAgreement()
    {
        var data = new TheoryData<int, bool, CompressionLevel>();
        foreach (var bits in new[] { 8, 9, 10, 11, 12, 13, 14, 15 })
        {
            foreach (var level in new[] { CompressionLevel.Fastest, CompressionLevel.Optimal })
            {
                data.Add(bits, true, level);
                data.Add(bits, false, level);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EveryAgreement))]
    public void The_output_inflates_to_the_input_and_refers_back_within_the_agreed_window(int bits, bool keeps, CompressionLevel level)
    {
        using var deflater = new Deflater(keeps, bits, level);
        using var inflater = new Inflater(keeps);
        var slow = new SlowInflate();
        var compressed = 0;
        foreach (var message in Payloads.Conversation(seed: bits))
        {
            if (Compressed(deflater, message) is { } wire)
            {
                compressed++;
                slow = keeps ? slow : new();
                Assert.True(message.AsSpan().SequenceEqual(slow.Message(wire)), $"{message.Length} bytes");
                Assert.True(message.AsSpan().SequenceEqual(InflaterReading.Message(inflater, wire)), $"{message.Length} bytes");
                Assert.InRange(wire.Length, 1, message.Length);
                Assert.InRange(slow.GreatestDistance, 0, 1 << bits);
            }
        }

        Assert.InRange(compressed, 3, 16);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(15)]
    public void Context_takeover_makes_the_second_message_smaller(int bits)
    {
        var message = Payloads.Json(new(1), 120);
        using var keeping = new Deflater(keepsContext: true, bits, CompressionLevel.Optimal);
        using var forgetting = new Deflater(keepsContext: false, bits, CompressionLevel.Optimal);
        var (first, second) = (Compressed(keeping, message)!, Compressed(keeping, message)!);

        Assert.InRange(second.Length, 1, first.Length / 2);
        Assert.Equal(first, Compressed(forgetting, message));
        Assert.Equal(first, Compressed(forgetting, message));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(1000)]
    [InlineData(100_000)]
    public void An_incompressible_message_is_not_compressed(int length)
    {
        using var deflater = new Deflater(keepsContext: true, 15, CompressionLevel.Optimal);
        var noise = Payloads.Noise(new(length), length);

        Assert.Null(Compressed(deflater, noise));
        Assert.Null(Compressed(deflater, noise));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(64)]
    public void Small_messages_shrink_in_a_context_that_one_of_them_started(int length)
    {
        var random = new Random(length);
        using var deflater = new Deflater(keepsContext: true, 15, CompressionLevel.Fastest);
        using var forgetting = new Deflater(keepsContext: false, 15, CompressionLevel.Fastest);
        var slow = new SlowInflate();
        for (var i = 0; i < 10; i++)
        {
            var message = Payloads.Json(random, length);
            var destination = new byte[length + Deflater.FirstMessageOverheadBytes];
            var compressed = deflater.Compress(message, destination);

            Assert.Equal(0, forgetting.Compress(message, new byte[length + Deflater.FirstMessageOverheadBytes]));
            Assert.InRange(compressed, 1, i == 0 ? destination.Length : length - 4);
            Assert.Equal(message, slow.Message(destination.AsSpan(0, compressed)));
        }
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void Only_a_small_message_starts_a_context_without_shrinking(int length, bool begins)
    {
        using var deflater = new Deflater(keepsContext: true, 15, CompressionLevel.Optimal);
        var noise = Payloads.Noise(new(1), length);

        Assert.Equal(begins, deflater.Compress(noise, new byte[length + Deflater.FirstMessageOverheadBytes]) > length);
        Assert.Equal(begins, deflater.Compress(noise, new byte[length]) > 0);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(11)]
    [InlineData(15)]
    public void Uncompressed_messages_are_never_referred_to(int bits)
    {
        var random = new Random(bits);
        using var deflater = new Deflater(keepsContext: true, bits, CompressionLevel.Optimal);
        using var inflater = new Inflater(keepsContext: true);
        var slow = new SlowInflate();
        for (var i = 0; i < 60; i++)
        {
            var noise = Payloads.Noise(random, random.Next(3000));
            byte[] message = random.Next(3) switch { 0 => noise, 1 => [.. noise, .. noise], _ => Payloads.Json(random, random.Next(2000)) };
            if (Compressed(deflater, message) is { } wire)
            {
                Assert.Equal(message, slow.Message(wire));
                Assert.Equal(message, InflaterReading.Message(inflater, wire));
            }
        }
    }

    [Fact]
    public void Back_references_stay_within_the_largest_window()
    {
        var noise = Payloads.Noise(new(1), 20_000);
        byte[] message = [.. noise, .. noise, .. noise, .. noise];
        using var deflater = new Deflater(keepsContext: false, 15, CompressionLevel.Optimal);

        Assert.Equal(Payloads.Deflated(message), Compressed(deflater, message));
    }

    [Fact]
    public void A_message_is_compressed_if_that_makes_it_shorter_by_four_bytes_at_least()
    {
        var random = new Random(1);
        using var deflater = new Deflater(keepsContext: false, 15, CompressionLevel.Optimal);
        var messages = Enumerable.Range(0, 2000).Select(_ => Payloads.Json(random, random.Next(60, 120))).ToList();
        foreach (var message in messages)
        {
            var deflated = Payloads.Deflated(message);
            Assert.Equal(deflated.Length <= message.Length - 4, deflater.Compress(message, new byte[message.Length]) > 0);
        }

        Assert.Contains(messages, static message => Payloads.Deflated(message).Length == message.Length - 4);
    }

    [Fact]
    public void An_empty_message_does_not_change_the_context()
    {
        var message = Payloads.Json(new(1), 300);
        using var deflater = new Deflater(keepsContext: true, 15, CompressionLevel.Optimal);
        var first = Compressed(deflater, message)!;

        Assert.Equal(0, deflater.Compress([], []));
        Assert.InRange(Compressed(deflater, message)!.Length, 1, first.Length / 3);
    }

    [Fact]
    public void Every_length_of_output_is_flushed_to_its_end()
    {
        // Around 8 KiB, where the compressor's own buffer is full, a flush takes more than one round.
        var random = new Random(7);
        using var deflater = new Deflater(keepsContext: false, 15, CompressionLevel.Optimal);
        for (var noise = 8140; noise < 8200; noise++)
        {
            byte[] message = [.. Payloads.Noise(random, noise), .. new byte[300]];
            Assert.Equal(message, new SlowInflate().Message(Compressed(deflater, message)));
        }
    }

    [Fact]
    public void Output_beyond_the_message_length_is_bounded_by_the_start_of_a_context()
    {
        using var deflater = new Deflater(keepsContext: true, 15, CompressionLevel.Optimal);
        foreach (var message in Payloads.Conversation(seed: 3))
        {
            var destination = new byte[message.Length + 100];
            Array.Fill(destination, (byte)0xAA);
            deflater.Compress(message, destination);
            Assert.Equal(-1, destination.AsSpan(message.Length + Deflater.FirstMessageOverheadBytes).IndexOfAnyExcept((byte)0xAA));
        }
    }

    [Fact]
    public void A_short_destination_throws_and_changes_nothing()
    {
        var message = Payloads.Json(new(1), 300);
        using var deflater = new Deflater(keepsContext: true, 15, CompressionLevel.Optimal);
        var slow = new SlowInflate();
        slow.Message(Compressed(deflater, message));

        Assert.Throws<ArgumentOutOfRangeException>(() => deflater.Compress(message, new byte[299]));
        Assert.Equal(message, slow.Message(Compressed(deflater, message)));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(16)]
    public void A_window_out_of_range_throws(int bits) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Deflater(true, bits, CompressionLevel.Optimal));

    [Fact]
    public void After_Dispose_the_context_is_empty()
    {
        var message = Payloads.Json(new(1), 300);
        using var deflater = new Deflater(keepsContext: true, 15, CompressionLevel.Optimal);
        var first = Compressed(deflater, message);

        deflater.Dispose();
        deflater.Dispose();

        Assert.Equal(first, Compressed(deflater, message));
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void The_other_levels_are_correct(CompressionLevel level)
    {
        using var deflater = new Deflater(keepsContext: true, 10, level);
        var slow = new SlowInflate();
        foreach (var message in Payloads.Conversation(seed: 4))
        {
            if (Compressed(deflater, message) is { } wire)
            {
                Assert.Equal(message, slow.Message(wire));
            }
        }
    }

    /// <summary>Null when it does not pay.</summary>
    private static byte[]? Compressed(Deflater deflater, byte[] message)
    {
        var destination = new byte[message.Length];
        return deflater.Compress(message, destination) is > 0 and var length ? destination[..length] : null;
    }
}
