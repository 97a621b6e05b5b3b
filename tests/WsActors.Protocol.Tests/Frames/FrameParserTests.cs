using WsActors.Protocol.Frames;

namespace WsActors.Protocol.Tests.Frames;

public class FrameParserTests
{
    [Theory]
    [InlineData(Role.Client, "81 05 48 65 6C 6C 6F", "Text fin 48 65 6C 6C 6F")]
    [InlineData(Role.Server, "81 85 37 FA 21 3D 7F 9F 4D 51 58", "Text fin 48 65 6C 6C 6F")]
    [InlineData(Role.Client, "01 03 48 65 6C 80 02 6C 6F", "Text more 48 65 6C", "Continuation fin 6C 6F")]
    [InlineData(Role.Client, "89 05 48 65 6C 6C 6F 8A 00", "Ping fin 48 65 6C 6C 6F", "Pong fin")]
    [InlineData(Role.Server, "02 80 00 00 00 00 88 82 00 00 00 00 03 E8", "Binary more", "Close fin 03 E8")]
    [InlineData(Role.Server, "82 81 FF 00 00 00 55 82 85 01 02 03 04 01 02 03 04 01", "Binary fin AA", "Binary fin 00 00 00 00 00")]
    public void The_frames_are_independent_of_how_the_bytes_are_cut(Role role, string wire, params string[] frames)
    {
        foreach (var chunks in Splits.Of(Wire.Bytes(wire)))
        {
            Assert.Equal(frames, FrameReading.Of(role, chunks));
        }
    }

    [Fact]
    public void A_copy_reads_on_from_every_place_and_leaves_its_original_there()
    {
        var wire = Wire.Bytes("82 83 01 02 03 04 01 02 03 81 81 00 00 00 00 41");
        for (var cut = 0; cut < wire.Length; cut++)
        {
            var parser = new FrameParser(Role.Server);
            var before = Read(parser, wire.AsSpan(0, cut));
            var copy = parser.Copy();

            Assert.Equal("Binary 000000 Text 41", before + Read(copy, wire.AsSpan(cut)));
            Assert.Equal("Binary 000000 Text 41", before + Read(parser, wire.AsSpan(cut)));
        }

        static string Read(FrameParser parser, ReadOnlySpan<byte> bytes)
        {
            var (text, payload) = ("", new byte[8]);
            do
            {
                text += Convert.ToHexString(payload, 0, parser.ReadPayload(ref bytes, payload));
                if (parser.PayloadLeft > 0 || !parser.TryReadHeader(ref bytes, out var header, out _))
                {
                    return text;
                }

                text += $"{(header.Opcode == Opcode.Text ? " " : "")}{header.Opcode} ";
            }
            while (true);
        }
    }

    [Theory]
    [InlineData("82 00", 0)]
    [InlineData("82 01", 1)]
    [InlineData("82 7D", 125)]
    [InlineData("82 7E 00 7E", 126)]
    [InlineData("82 7E 00 7F", 127)]
    [InlineData("82 7E FF FF", 65_535)]
    [InlineData("82 7F 00 00 00 00 00 01 00 00", 65_536)]
    [InlineData("82 7F 00 00 00 01 00 00 00 00", 0x1_0000_0000)]
    [InlineData("82 7F 7F FF FF FF FF FF FF FF", long.MaxValue)]
    public void Each_form_of_the_length_is_read_at_every_cut(string wire, long length)
    {
        foreach (var chunks in Splits.Of(Wire.Bytes(wire)))
        {
            var parser = new FrameParser(Role.Client);
            FrameHeader header = default;
            foreach (var chunk in chunks)
            {
                ReadOnlySpan<byte> bytes = chunk;
                Assert.Equal(chunk == chunks[^1], parser.TryReadHeader(ref bytes, out header, out var violation));
                Assert.Null(violation);
                Assert.True(bytes.IsEmpty);
            }

            Assert.Equal(new FrameHeader(Opcode.Binary, Fin: true, length), header);
            Assert.Equal(length, parser.PayloadLeft);
        }
    }

    [Fact]
    public void The_masking_key_is_read_in_wire_order_as_a_little_endian_number()
    {
        ReadOnlySpan<byte> bytes = [0x82, 0x81, 0x37, 0xFA, 0x21, 0x3D, 0x7F];

        Assert.True(new FrameParser(Role.Server).TryReadHeader(ref bytes, out var header, out _));

        Assert.Equal(0x3D21FA37u, header.MaskingKey);
        Assert.False(header.Rsv1);
        Assert.Equal(1, bytes.Length);
    }

    [Fact]
    public void IsMidFrame_holds_from_the_first_byte_of_a_frame_to_its_last()
    {
        var wire = Wire.Bytes("82 82 37 FA 21 3D 00 00");
        var parser = new FrameParser(Role.Server);
        var payload = new byte[2];
        Assert.False(parser.IsMidFrame);

        for (var i = 0; i < wire.Length; i++)
        {
            ReadOnlySpan<byte> bytes = [wire[i]];
            if (parser.PayloadLeft == 0)
            {
                parser.TryReadHeader(ref bytes, out _, out _);
            }

            parser.ReadPayload(ref bytes, payload);
            Assert.Equal(i < wire.Length - 1, parser.IsMidFrame);
        }
    }

    [Fact]
    public void Payload_is_read_up_to_the_end_of_the_destination_or_the_frame()
    {
        ReadOnlySpan<byte> bytes = [0x82, 0x03, 1, 2, 3, 0x82, 0x00];
        var parser = new FrameParser(Role.Client);
        Span<byte> payload = stackalloc byte[8];
        Assert.True(parser.TryReadHeader(ref bytes, out _, out _));

        Assert.Equal(0, parser.ReadPayload(ref bytes, []));
        Assert.Equal(2, parser.ReadPayload(ref bytes, payload[..2]));
        Assert.Equal(1, parser.PayloadLeft);
        Assert.Equal(1, parser.ReadPayload(ref bytes, payload[2..]));
        Assert.Equal(0, parser.PayloadLeft);
        Assert.Equal(0, parser.ReadPayload(ref bytes, payload));

        Assert.Equal(new byte[] { 1, 2, 3 }, payload[..3].ToArray());
        Assert.Equal(2, bytes.Length);
    }

    [Fact]
    public void Reading_a_header_before_the_payload_is_consumed_throws()
    {
        var parser = new FrameParser(Role.Client);
        ReadOnlySpan<byte> bytes = [0x82, 0x01];
        parser.TryReadHeader(ref bytes, out _, out _);

        Assert.Throws<InvalidOperationException>(() =>
        {
            ReadOnlySpan<byte> more = [0x01];
            parser.TryReadHeader(ref more, out _, out _);
        });
    }

    [Fact]
    public void Reading_frames_allocates_nothing()
    {
        var wire = Wire.Bytes("82 85 37 FA 21 3D 7F 9F 4D 51 58 89 80 00 00 00 00");
        var parser = new FrameParser(Role.Server);
        var payload = new byte[16];

        Assert.Equal(0, Allocated.By(() =>
        {
            for (var round = 0; round < 100; round++)
            {
                ReadAll(parser, wire.AsSpan(0, 4), payload);
                ReadAll(parser, wire.AsSpan(4), payload);
            }
        }));
    }

    private static void ReadAll(FrameParser parser, ReadOnlySpan<byte> bytes, Span<byte> payload)
    {
        while (parser.PayloadLeft > 0 || parser.TryReadHeader(ref bytes, out _, out _))
        {
            parser.ReadPayload(ref bytes, payload);
        }
    }
}
