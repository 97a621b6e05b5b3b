using System.Buffers;
using System.Text;
using WsActors.Protocol.Frames;

namespace WsActors.Protocol.Tests.Frames;

public class FrameWriterTests
{
    [Theory]
    [InlineData(Opcode.Text, true, "48 65 6C 6C 6F", "81 05 48 65 6C 6C 6F")]
    [InlineData(Opcode.Text, false, "48 65 6C", "01 03 48 65 6C")]
    [InlineData(Opcode.Continuation, true, "6C 6F", "80 02 6C 6F")]
    [InlineData(Opcode.Binary, true, "", "82 00")]
    [InlineData(Opcode.Ping, true, "", "89 00")]
    [InlineData(Opcode.Pong, true, "01", "8A 01 01")]
    public void A_server_writes_its_frames_unmasked(Opcode opcode, bool fin, string payload, string wire) =>
        Assert.Equal(wire, Wire.Hex(Written(output => FrameWriter.Write(output, Role.Server, opcode, Wire.Bytes(payload), fin))));

    [Theory]
    [InlineData(Opcode.Text, true, "F2 48", "C1 02 F2 48")]
    [InlineData(Opcode.Text, false, "F2 48", "41 02 F2 48")]
    [InlineData(Opcode.Binary, true, "00", "C2 01 00")]
    [InlineData(Opcode.Binary, false, "", "42 00")]
    public void The_first_frame_of_a_compressed_message_has_RSV1(Opcode opcode, bool fin, string payload, string wire)
    {
        var bytes = Wire.Bytes(payload);

        Assert.Equal(wire, Wire.Hex(Written(output => FrameWriter.Write(output, Role.Server, opcode, bytes, fin, rsv1: true))));

        var masked = Written(output => FrameWriter.Write(output, Role.Client, opcode, bytes, fin, rsv1: true));
        Assert.Equal(Wire.Frame(Wire.Bytes(wire)[0], bytes, Wire.Hex(masked.AsSpan(2, 4))), masked);
    }

    [Theory]
    [InlineData(Opcode.Continuation)]
    [InlineData(Opcode.Close)]
    [InlineData(Opcode.Ping)]
    [InlineData(Opcode.Pong)]
    public void RSV1_on_any_other_frame_throws(Opcode opcode) =>
        Assert.Throws<ArgumentException>(() => Written(output => FrameWriter.Write(output, Role.Server, opcode, [], rsv1: true)));

    [Theory]
    [InlineData(0, "82 00")]
    [InlineData(1, "82 01")]
    [InlineData(125, "82 7D")]
    [InlineData(126, "82 7E 00 7E")]
    [InlineData(127, "82 7E 00 7F")]
    [InlineData(65_535, "82 7E FF FF")]
    [InlineData(65_536, "82 7F 00 00 00 00 00 01 00 00")]
    public void The_length_has_the_minimal_encoding(int length, string header)
    {
        var payload = new byte[length];
        new Random(length).NextBytes(payload);

        var frame = Written(output => FrameWriter.Write(output, Role.Server, Opcode.Binary, payload));

        Assert.Equal(header, Wire.Hex(frame.AsSpan(0, frame.Length - length)));
        Assert.Equal(payload, frame[^length..]);
        Assert.Equal(frame.Length, FrameWriter.SizeOf(Role.Server, length));
        Assert.Equal(frame.Length + 4, FrameWriter.SizeOf(Role.Client, length));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(126)]
    [InlineData(65_536)]
    public void A_client_masks_with_the_written_key(int length)
    {
        var payload = new byte[length];
        new Random(length).NextBytes(payload);

        var frame = Written(output => FrameWriter.Write(output, Role.Client, Opcode.Binary, payload));

        var key = Wire.Hex(frame.AsSpan(frame.Length - length - 4, 4));
        Assert.Equal(Wire.Frame(0x82, payload, key), frame);
    }

    [Fact]
    public void Each_frame_of_a_client_has_a_fresh_key()
    {
        var keys = Enumerable.Range(0, 1000)
            .Select(_ => Wire.Hex(Written(output => FrameWriter.Write(output, Role.Client, Opcode.Ping, []))))
            .ToHashSet();

        // 1000 draws from 2^32 collide about once in 9000 runs, and hardly ever twice.
        Assert.InRange(keys.Count, 998, 1000);
    }

    [Theory]
    [InlineData(1000, "", "88 02 03 E8")]
    [InlineData(1001, "bye", "88 05 03 E9 62 79 65")]
    [InlineData(4999, "é", "88 04 13 87 C3 A9")]
    [InlineData(null, "", "88 00")]
    [InlineData(null, "unsaid", "88 00")]
    public void A_close_frame_has_code_and_reason_or_an_empty_payload(int? code, string reason, string wire) =>
        Assert.Equal(wire, Wire.Hex(Written(output => FrameWriter.WriteClose(output, Role.Server, code, reason))));

    [Theory]
    [InlineData("", "x", 122, 122)]
    [InlineData("", "x", 123, 123)]
    [InlineData("", "x", 124, 123)]
    [InlineData("", "é", 62, 122)]
    [InlineData("a", "é", 61, 123)]
    [InlineData("", "日", 42, 123)]
    [InlineData("a", "日", 41, 121)]
    [InlineData("aaa", "🎈", 30, 123)]
    [InlineData("aaaa", "🎈", 30, 120)]
    public void A_long_reason_is_cut_after_the_last_character_that_fits(string start, string repeated, int times, int bytes)
    {
        var reason = start + string.Concat(Enumerable.Repeat(repeated, times));

        var frame = Written(output => FrameWriter.WriteClose(output, Role.Server, 1000, reason));

        Assert.Equal(2 + bytes, frame[1]);
        Assert.StartsWith(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(frame.AsSpan(4)), reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(999)]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(2999)]
    [InlineData(5000)]
    [InlineData(66_536)]
    public void A_code_that_may_not_be_sent_throws(int code) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Written(output => FrameWriter.WriteClose(output, Role.Server, code, "")));

    [Theory]
    [InlineData(126, true)]
    [InlineData(0, false)]
    public void A_long_or_fragmented_control_frame_throws(int length, bool fin) =>
        Assert.Throws<ArgumentException>(() => Written(to => FrameWriter.Write(to, Role.Server, Opcode.Ping, new byte[length], fin)));

    [Fact]
    public void A_frame_above_the_array_limit_throws()
    {
        Assert.Throws<OverflowException>(() => FrameWriter.SizeOf(Role.Server, int.MaxValue));
        Assert.Throws<ArgumentNullException>(() => FrameWriter.Write(null!, Role.Server, Opcode.Ping, []));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Frames_of_one_end_are_read_by_the_other(int seed)
    {
        var random = new Random(seed);
        foreach (var (writes, reads) in new[] { (Role.Client, Role.Server), (Role.Server, Role.Client) })
        {
            var output = new ArrayBufferWriter<byte>();
            var expected = new List<string>();
            for (var i = 0; i < 50; i++)
            {
                var opcode = random.GetItems([Opcode.Text, Opcode.Binary, Opcode.Continuation, Opcode.Ping, Opcode.Pong], 1)[0];
                var payload = new byte[random.Next(opcode >= Opcode.Close ? 126 : 300)];
                random.NextBytes(payload);
                var fin = opcode >= Opcode.Close || random.Next(2) == 0;
                FrameWriter.Write(output, writes, opcode, payload, fin);
                expected.Add($"{opcode} {(fin ? "fin" : "more")} {Wire.Hex(payload)}".Trim());
            }

            Assert.Equal(expected, FrameReading.Of(reads, Splits.Random(output.WrittenSpan.ToArray(), random, longest: 40)));
        }
    }

    private static byte[] Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }
}
