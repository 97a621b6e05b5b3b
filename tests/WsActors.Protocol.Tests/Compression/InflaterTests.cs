using System.IO.Compression;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Tests.Frames;

namespace WsActors.Protocol.Tests.Compression;

/// <summary>The <see cref="Inflater"/> beside its reference: on valid, broken and cut data, and on data after a final block.</summary>
public class InflaterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Pieces_of_any_size_inflate_to_the_same(int seed)
    {
        var random = new Random(seed);
        using var inflater = new Inflater(keepsContext: false);
        foreach (var message in Payloads.Conversation(seed))
        {
            byte[][] wires = [Payloads.Deflated(message), Payloads.Deflated(message, CompressionLevel.Fastest), Payloads.Stored(message)];
            foreach (var wire in wires)
            {
                Assert.Equal(message, InflaterReading.Message(inflater, wire));
                Assert.Equal(message, InflaterReading.Message(inflater, Splits.Random(wire, random, longest: 2000)));
            }
        }
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(4, false)]
    public void Broken_data_inflates_like_the_reference_or_fails(int seed, bool keepsContext)
    {
        var random = new Random(seed);
        var (agreed, refused, stricter) = (0, 0, 0);
        for (var i = 0; i < 1500; i++)
        {
            using var inflater = new Inflater(keepsContext);
            var slow = new SlowInflate();
            foreach (var wire in BrokenConversation(random))
            {
                slow = keepsContext ? slow : new();
                var (ours, twins) = (OrNull(() => InflaterReading.Message(inflater, wire)), OrNull(() => slow.Message(wire)));
                Assert.True(
                    ours is null || (twins is not null && ours.AsSpan().SequenceEqual(twins)), $"seed {seed}, round {i}: {Wire.Hex(wire)}");
                if (ours is null)
                {
                    (refused, stricter) = (refused + 1, stricter + (twins is null ? 0 : 1));
                    break;
                }

                agreed++;
            }
        }

        Assert.InRange(agreed, 500, 10_000);
        Assert.InRange(refused, 500, 10_000);
        // Stricter only in the context that remains after a final block.
        Assert.InRange(stricter, 0, refused / 50);
    }

    [Theory]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.Optimal)]
    public void A_message_that_is_cut_inside_a_block_is_refused(CompressionLevel level)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var message = (seed % 4) switch
            {
                0 => Payloads.Repetitive(random, random.Next(1, 60_000)),
                1 => new byte[random.Next(1, 10_000)],
                _ => Payloads.Json(random, random.Next(1, 5000)),
            };
            var wire = Payloads.Deflated(message, level);
            // The header of a block, where a cut is the hardest to see, is within the first 300 bytes.
            for (var cut = 1; cut < Math.Min(wire.Length, 400); cut++)
            {
                foreach (var keepsContext in new[] { true, false })
                {
                    using var inflater = new Inflater(keepsContext);
                    var read = OrNull(() => InflaterReading.Message(inflater, wire[..cut]));
                    Assert.True(read is null || IsWhole(wire[..cut], read), $"seed {seed}, cut at {cut} of {wire.Length}");
                }
            }
        }
    }

    [Fact]
    public void Data_cut_between_blocks_is_a_shorter_message_and_any_other_cut_is_refused()
    {
        var message = Payloads.Json(new(1), 60);
        byte[] wire = [.. Payloads.Stored(message.AsSpan(0, 20)).AsSpan(0, 25), .. Payloads.Stored(message.AsSpan(20))];

        for (var cut = 1; cut <= wire.Length; cut++)
        {
            using var inflater = new Inflater(keepsContext: false);
            var read = OrNull(() => InflaterReading.Message(inflater, wire[..cut]));
            // The first byte of a stored block is also all of an empty one, whose other bytes the sender cuts off.
            Assert.Equal(cut == 1 ? [] : cut == 26 ? message[..20] : cut == wire.Length ? message : null, read);
        }
    }

    [Theory]
    [InlineData("F3 48 CD C9 C9 07 00 00", "48 65 6C 6C 6F")] // RFC 7692 §7.2.3.4.
    [InlineData("F3 48 CD C9 C9 07 00", "48 65 6C 6C 6F")] // Without the empty block behind it.
    [InlineData("F3 48 05 00 CB C9 C9 07 00 00", "48 65 6C 6C 6F")] // Two last blocks.
    [InlineData("01 02 00 FD FF 48 65 00 03 00 FC FF 6C 6C 6F 00", "48 65 6C 6C 6F")] // A last one and another.
    [InlineData("00 05 00 FA FF 48 65 6C 6C 6F 01", "48 65 6C 6C 6F")] // The last block is the empty one whose end is cut off.
    [InlineData("01", "")]
    [InlineData("01 00 00 FF FF 01 00 00 FF FF 00", "")]
    [InlineData("03 00 03 00 03 00 03 00 F3 48 CD C9 C9 07 00 00", "48 65 6C 6C 6F")]
    public void Data_after_a_final_block_belongs_to_the_message_and_starts_at_the_next_byte(string wire, string message)
    {
        var bytes = Wire.Bytes(wire);
        foreach (var keepsContext in new[] { true, false })
        {
            foreach (var pieces in Splits.Of(bytes))
            {
                using var inflater = new Inflater(keepsContext);
                Assert.Equal(message, Wire.Hex(InflaterReading.Message(inflater, pieces)));
                Assert.Equal(message, Wire.Hex(InflaterReading.Message(inflater, pieces)));
                Assert.Equal("48 65 6C 6C 6F", Wire.Hex(InflaterReading.Message(inflater, Wire.Bytes("F2 48 CD C9 C9 07 00"))));
            }
        }
    }

    [Theory]
    [InlineData(1030, false)]
    [InlineData(10, true)]
    public void Data_after_a_large_or_later_final_block_is_not_read_in_any_slicing(int length, bool isSecond)
    {
        var message = Payloads.Noise(new(1), length);
        byte[] wire = [.. Wire.Bytes(isSecond ? "00 00 00 FF FF" : ""), 0x01, .. Payloads.Stored(message).AsSpan(1)];
        wire = [.. wire.AsSpan(0, wire.Length - 1), .. Payloads.Stored("!!!"u8)];
        foreach (var pieces in Splits.Of(wire))
        {
            using var inflater = new Inflater(keepsContext: true);
            Assert.Equal(message, InflaterReading.Message(inflater, pieces));
            Assert.Equal(message, InflaterReading.Message(inflater, pieces));
        }
    }

    [Fact]
    public void Thousands_of_empty_final_blocks_take_linear_time()
    {
        var wire = new byte[1024 * 1024];
        for (var i = 0; i < wire.Length; i += 2)
        {
            wire[i] = 0x03;
        }

        using var inflater = new Inflater(keepsContext: true);
        Assert.Empty(InflaterReading.Message(inflater, wire));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Empty(InflaterReading.Message(inflater, wire));

        // Each decompressor is some 300 bytes of objects.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400_000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_large_message_with_a_final_block_is_read_whole(bool keepsContext)
    {
        var message = Payloads.Json(new(1), 200_000);
        using var output = new MemoryStream();
        using (var deflate = new DeflateStream(output, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(message);
        }

        byte[] wire = [.. output.ToArray(), 0x00];
        using var inflater = new Inflater(keepsContext);
        Assert.Equal(message, InflaterReading.Message(inflater, wire));
        Assert.Equal(message, InflaterReading.Message(inflater, wire.Chunk(1000)));
    }

    [Fact]
    public void An_empty_message_does_not_change_the_context()
    {
        using var inflater = new Inflater(keepsContext: true);

        Assert.Equal("48 65 6C 6C 6F", Wire.Hex(InflaterReading.Message(inflater, Wire.Bytes("F2 48 CD C9 C9 07 00"))));
        Assert.Empty(InflaterReading.Message(inflater));
        Assert.Empty(InflaterReading.Message(inflater, []));
        Assert.Empty(InflaterReading.Message(inflater, Wire.Bytes("00")));
        Assert.Equal("48 65 6C 6C 6F", Wire.Hex(InflaterReading.Message(inflater, Wire.Bytes("F2 00 11 00 00"))));
    }

    [Fact]
    public void It_inflates_at_most_the_requested_length()
    {
        using var inflater = new Inflater(keepsContext: true);
        inflater.Add(Payloads.Deflated(new byte[100_000]));

        Assert.Equal(0, inflater.Read([]));
        for (var size = 1; size < 300; size++)
        {
            Assert.Equal(size, inflater.Read(new byte[size]));
        }
    }

    [Fact]
    public void After_Dispose_within_a_message_the_context_is_empty()
    {
        using var inflater = new Inflater(keepsContext: true);
        InflaterReading.Message(inflater, Wire.Bytes("F2 48 CD C9 C9 07 00"));
        inflater.Add(Wire.Bytes("F2 48 CD"));
        inflater.Read(new byte[1]);

        inflater.Dispose();
        inflater.Dispose();

        Assert.Equal(0, inflater.Read(new byte[10]));
        inflater.EndMessage();
        Assert.Equal("48 65 6C 6C 6F", Wire.Hex(InflaterReading.Message(inflater, Wire.Bytes("F2 48 CD C9 C9 07 00"))));
        inflater.Dispose();
        Assert.Throws<InvalidDataException>(() => InflaterReading.Message(inflater, Wire.Bytes("F2 00 11 00 00")));
    }

    [Theory]
    [InlineData("07 00")] // Block type 3.
    [InlineData("00 01 00 FF FF 61 00")] // A stored length that its complement denies.
    [InlineData("F2 00 11 00 00")] // Further back than there is anything.
    [InlineData("1A 03 00")] // The length code 286.
    [InlineData("4A 04 F2 00")] // The distance code 30.
    [InlineData("FC 00 00")] // More symbols than there are.
    [InlineData("04 00 00 00 00 00 00 00 00 00 00 00 00")] // No code to read the codes with.
    public void Invalid_DEFLATE_data_is_refused(string wire)
    {
        foreach (var pieces in Splits.Of(Wire.Bytes(wire)))
        {
            using var inflater = new Inflater(keepsContext: false);
            Assert.Throws<InvalidDataException>(() => InflaterReading.Message(inflater, pieces));
        }
    }

    /// <summary>Some messages with a few bytes or bits changed, cut off, or put in; or nothing but noise.</summary>
    private static List<byte[]> BrokenConversation(Random random)
    {
        var conversation = new List<byte[]>();
        for (var i = 0; i < 3; i++)
        {
            var message = random.Next(2) == 0 ? Payloads.Json(random, random.Next(400)) : Payloads.Noise(random, random.Next(60));
            var wire = (random.Next(4) switch
            {
                0 => Payloads.Stored(message),
                1 => Payloads.Deflated(message, CompressionLevel.Fastest),
                _ => Payloads.Deflated(message),
            }).ToList();
            for (var breaks = random.Next(3); breaks > 0 && wire.Count > 0; breaks--)
            {
                var at = random.Next(random.Next(4) == 0 ? wire.Count : Math.Min(wire.Count, 8));
                switch (random.Next(5))
                {
                    case 0:
                        wire[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        wire[at] ^= (byte)(1 << random.Next(8));
                        break;
                    case 2:
                        wire.RemoveRange(at, wire.Count - at);
                        break;
                    case 3:
                        wire.Insert(at, (byte)random.Next(256));
                        break;
                    default:
                        wire = [.. Payloads.Noise(random, random.Next(1, 30))];
                        break;
                }
            }

            conversation.Add([.. wire]);
        }

        return conversation;
    }

    private static bool IsWhole(byte[] wire, byte[] message) =>
        OrNull(() => new SlowInflate().Message(wire)) is { } slow && slow.AsSpan().SequenceEqual(message);

    private static byte[]? OrNull(Func<byte[]> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
