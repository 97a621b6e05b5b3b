using System.IO.Compression;
using System.Text;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Messages;
using WsActors.Protocol.Tests.Compression;
using WsActors.Protocol.Tests.Frames;

namespace WsActors.Protocol.Tests.Messages;

/// <summary>Messages reported in chunks: at most one chunk is held, for messages of any length.</summary>
public class ChunkTests
{
    private const string Sixteen = "00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F";

    /// <summary>Of the other limits, as small as they get, none holds for chunks.</summary>
    private static readonly MessageLimits By16 = new() { MaxMessageBytes = 1, MaxFragments = 1, MaxChunkBytes = 16 };

    /// <summary>Fifty times the held size.</summary>
    private static readonly byte[] More = new byte[50_000];

    [Theory]
    [InlineData("82 00", "Last Binary")]
    [InlineData("82 01 FF", "Last Binary FF")]
    [InlineData("82 10 " + Sixteen, "Last Binary " + Sixteen)]
    [InlineData("82 11 " + Sixteen + " FF", "Chunk Binary " + Sixteen, "Last Binary FF")]
    [InlineData("82 20 " + Sixteen + " " + Sixteen, "Chunk Binary " + Sixteen, "Last Binary " + Sixteen)]
    public void A_message_is_cut_where_a_chunk_is_full(string wire, params string[] facts) =>
        Facts.AssertRead(Role.Client, By16, wire, facts);

    [Theory]
    [InlineData("02 01 AA 00 02 BB CC 80 01 DD", "Chunk Binary AA", "Chunk Binary BB CC", "Last Binary DD")]
    [InlineData("02 01 AA 80 00", "Chunk Binary AA", "Last Binary")]
    [InlineData("02 00 00 00 00 01 AA 00 00 80 00", "Chunk Binary AA", "Last Binary")]
    [InlineData("02 10 " + Sixteen + " 80 01 FF", "Chunk Binary " + Sixteen, "Last Binary FF")]
    public void A_chunk_ends_with_its_frame_and_only_the_last_is_empty(string wire, params string[] facts) =>
        Facts.AssertRead(Role.Client, By16, wire, facts);

    [Fact]
    public void Control_frames_and_whole_messages_are_reported_between_chunks() => Facts.AssertRead(
        Role.Client,
        By16,
        "02 01 AA 89 01 01 80 01 BB 81 01 41 88 02 03 E8",
        "Chunk Binary AA",
        "Ping 01",
        "Last Binary BB",
        "Last Text 41",
        "Close 1000");

    [Theory]
    // é starts at the sixteenth byte; 🎉 at the fourteenth.
    [InlineData("81 12 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 C3 A9 62", "61 61 61 61 61 61 61 61 61 61 61 61 61 61 61", "C3 A9 62")]
    [InlineData("81 11 61 61 61 61 61 61 61 61 61 61 61 61 61 F0 9F 8E 89", "61 61 61 61 61 61 61 61 61 61 61 61 61", "F0 9F 8E 89")]
    [InlineData("01 02 61 F0 00 01 9F 00 01 8E 80 02 89 62", "61", "F0 9F 8E 89 62")]
    public void Chunks_of_a_text_have_whole_characters(string wire, string first, string last) =>
        Facts.AssertRead(Role.Client, By16, wire, $"Chunk Text {first}", $"Last Text {last}");

    [Theory]
    [InlineData("81 20 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 FF")]
    [InlineData("01 02 61 F0 80 01 28")]
    [InlineData("01 02 61 F0 80 00")]
    public void Text_that_is_not_UTF8_is_closed_with_1007(string wire) => Facts.AssertClosedWith(1007, wire, By16);

    [Fact]
    public void A_frame_of_any_length_is_accepted_and_at_most_a_chunk_is_held()
    {
        var limits = By16 with { MaxChunkBytes = 1000 };
        var parser = new StreamParser(Role.Client, limits);

        // 2^63 - 1 bytes are announced, after frames that were announced and received.
        Assert.Equal(
            ["Chunk Binary AA", "Chunk Binary BB"], Facts.Of(parser, Wire.Bytes("02 01 AA 00 01 BB 00 7F 7F FF FF FF FF FF FF FF")));
        Assert.Equal(1000, parser.MessageBytes);

        var allocated = Allocated.By(() => Drain(parser, More));

        Assert.InRange(allocated, 50_000, 60_000);
        Assert.InRange(parser.MessageBytes, 0, 1000);
    }

    [Fact]
    public void Chunked_messages_have_no_fragment_limit()
    {
        var parser = new StreamParser(Role.Client, By16);

        Assert.Empty(Facts.Of(parser, Enumerable.Repeat<byte[]>([0x00, 0x00], 20_000).Prepend([0x02, 0x00])));
        Assert.Equal(["Last Binary"], Facts.Of(parser, [0x80, 0x00]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_compressed_message_gives_the_same_chunks_however_it_is_cut(int seed)
    {
        var random = new Random(seed);
        var limits = new MessageLimits { MaxMessageBytes = 1, MaxInflateRatio = int.MaxValue, MaxChunkBytes = random.Next(16, 5000) };
        foreach (var message in Payloads.Conversation(seed))
        {
            var deflated = Payloads.Deflated(message);
            byte[][] frames = [.. Splits.Random(deflated, random, longest: 1 + (deflated.Length / 2))];
            byte[] wire =
            [
                .. frames.SelectMany((frame, i) => Wire.Frame((byte)((i == 0 ? 0x42 : 0x00) | (i == frames.Length - 1 ? 0x80 : 0)), frame)),
            ];

            var chunks = Read(limits, [wire]);

            Assert.Equal(message, chunks.SelectMany(static chunk => chunk.ToArray()));
            Assert.All(chunks, chunk => Assert.InRange(chunk.Length, 0, limits.MaxChunkBytes.Value));
            Assert.DoesNotContain(chunks.SkipLast(1), static chunk => chunk.IsEmpty);
            Assert.Equal(
                chunks.Select(static chunk => chunk.Length),
                Read(limits, Splits.Random(wire, random, 3000)).Select(static chunk => chunk.Length));
        }
    }

    [Fact]
    public void Inflated_bytes_are_reported_a_chunk_at_a_time()
    {
        const int Length = 10_000_000;
        var limits = new MessageLimits { MaxInflateRatio = int.MaxValue, MaxChunkBytes = 64 * 1024 };
        using var parser = new StreamParser(Role.Client, limits, new Inflater(keepsContext: false));
        var wire = Wire.Frame(0xC2, Payloads.Deflated(new byte[Length]));
        ReadOnlySpan<byte> bytes = wire;
        var (most, received) = (0L, 0L);

        while (true)
        {
            var left = bytes;
            StreamEvent fact = default;
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var isRead = parser.TryRead(ref left, out fact);
            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - allocated);
            bytes = left;
            if (!isRead)
            {
                break;
            }

            received += fact.Payload.Length;
            Assert.Equal(!fact.IsLast, parser.HasMore || !bytes.IsEmpty);
        }

        Assert.Equal(Length, received);
        Assert.InRange(most, 64 * 1024, 400_000);
    }

    [Fact]
    public void The_inflation_ratio_applies_to_chunked_messages()
    {
        var limits = new MessageLimits { MaxInflateRatio = 100, MaxChunkBytes = 16 * 1024 };

        using var parser = new StreamParser(Role.Client, limits, new Inflater(keepsContext: false));
        var facts = Facts.Of(parser, Wire.Frame(0xC2, Payloads.Deflated(new byte[1_000_000], CompressionLevel.SmallestSize)));

        Assert.Equal("Violation 1009", facts[^1]);
        Assert.InRange(facts.Count, 5, 15);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_chunk_has_room_for_several_characters(int bytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new MessageLimits() with { MaxChunkBytes = bytes });

    [Fact]
    public void Text_that_is_compressed_is_cut_between_characters_too()
    {
        var text = string.Concat(Enumerable.Repeat("añ€🎉", 500));
        var limits = new MessageLimits { MaxChunkBytes = 17 };
        using var parser = new StreamParser(Role.Client, limits, new Inflater(keepsContext: false));
        ReadOnlySpan<byte> bytes = Wire.Frame(0xC1, Payloads.Deflated(Encoding.UTF8.GetBytes(text)));

        var received = new StringBuilder();
        while (parser.TryRead(ref bytes, out var fact))
        {
            received.Append(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(fact.Payload.Span));
        }

        Assert.Equal(text, received.ToString());
    }

    private static void Drain(StreamParser parser, ReadOnlySpan<byte> bytes)
    {
        while (parser.TryRead(ref bytes, out _))
        {
        }
    }

    private static List<ReadOnlyMemory<byte>> Read(MessageLimits limits, IEnumerable<byte[]> cuts)
    {
        using var parser = new StreamParser(Role.Client, limits, new Inflater(keepsContext: false));
        var chunks = new List<ReadOnlyMemory<byte>>();
        foreach (var cut in cuts)
        {
            ReadOnlySpan<byte> bytes = cut;
            while (parser.TryRead(ref bytes, out var fact))
            {
                Assert.Equal(StreamEventKind.Chunk, fact.Kind);
                chunks.Add(fact.Payload);
            }
        }

        Assert.False(parser.IsMidMessage);
        return chunks;
    }
}
