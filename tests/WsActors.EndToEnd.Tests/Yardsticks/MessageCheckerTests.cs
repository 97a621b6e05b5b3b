using System.IO.Compression;
using System.Text;
using WsActors.Benchmarks.Load;

namespace WsActors.EndToEnd.Tests.Yardsticks;

/// <summary>The load checks all answers: a server that answers quickly and wrongly must not win.</summary>
public sealed class MessageCheckerTests
{
    private const int Size = 200;

    private static readonly LoadMessage Expected = new(Size);

    private static readonly byte[] Payload = Expected.Payload.ToArray();

    [Fact]
    public void The_expected_message_is_recognized_however_it_is_cut()
    {
        byte[] wire = [.. Whole(), .. Ping(), .. Whole()];
        for (var cut = 0; cut <= wire.Length; cut++)
        {
            Assert.Equal([Heard.Message, Heard.Ping, Heard.Message], Read(wire[..cut], wire[cut..]));
        }

        Assert.Equal([Heard.Message, Heard.Ping, Heard.Message], Read([.. wire.Select(static one => new[] { one })]));
    }

    [Fact]
    public void Fragments_make_one_message_without_the_control_frames_between() => Assert.Equal(
        [Heard.Ping, Heard.Pong, Heard.Message, Heard.Close],
        Read(
            [
                0x01, 50, .. Payload[..50], .. Ping(), 0x00, 100, .. Payload[50..150], 0x8A, 0, 0x80, 50, .. Payload[150..], 0x88, 2, 0x03,
                0xE8,
            ]));

    [Fact]
    public void A_message_of_64_KiB_has_a_length_of_eight_bytes()
    {
        var expected = new LoadMessage(65_536);
        Assert.Equal([Heard.Message], Read(expected, [[0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0], expected.Payload.ToArray()]));
    }

    [Fact]
    public void A_compressed_echo_may_differ_in_bytes_but_must_inflate_to_the_message()
    {
        var expected = new LoadMessage(Size, isCompressed: true);
        foreach (var level in new[] { CompressionLevel.NoCompression, CompressionLevel.Fastest, CompressionLevel.SmallestSize })
        {
            Assert.Equal([Heard.Message], Read(expected, [Compressed(Payload, level)]));
        }

        Assert.Equal([Heard.Message], Read(expected, [Whole()]));
        Assert.Equal([Heard.Wrong], Read(expected, [Compressed(Payload[..^1], CompressionLevel.Fastest)]));
        Assert.Equal([Heard.Wrong], Read(expected, [[0xC1, 3, 0xFF, 0xFF, 0xFF]]));
    }

    [Theory]
    [InlineData("changed", "81 7E 00 C8", 199)]
    [InlineData("too short", "81 05", 5)]
    [InlineData("too long", "81 7E 00 C9", 201)]
    [InlineData("masked", "81 FE 00 C8", 4)]
    [InlineData("binary rather than text", "82 7E 00 C8", 0)]
    [InlineData("a continuation of nothing", "80 7E 00 C8", 0)]
    [InlineData("started over in the middle", "01 00 01 00", 0)]
    [InlineData("a control frame in fragments", "09 00", 0)]
    [InlineData("a control frame that is too long", "89 7E 00 C8", 0)]
    [InlineData("an opcode that is reserved", "8B 00", 0)]
    public void Any_other_message_is_an_error(string what, string header, int payloadBytes)
    {
        byte[] payload = [.. Payload, (byte)'x'];
        if (what == "changed")
        {
            payload[198] ^= 1;
        }

        var heard = Read([.. Convert.FromHexString(header.Replace(" ", "", StringComparison.Ordinal)), .. payload[..payloadBytes]]);
        Assert.Equal(Heard.Wrong, Assert.Single(heard));
    }

    [Fact]
    public void The_message_is_sent_repeatedly_and_masked()
    {
        Assert.Equal(2 + 2 + 4 + Size, Expected.FrameBytes);
        var frames = Expected.Frames(2).ToArray();
        Assert.Equal([0x81, 0x80 | 126, 0, Size], frames[..4]);
        Assert.Equal(frames[..Expected.FrameBytes], frames[Expected.FrameBytes..]);
        var unmasked = frames[8..Expected.FrameBytes].Select((one, i) => (byte)(one ^ frames[4 + (i & 3)]));
        Assert.Equal(Encoding.ASCII.GetString(Payload), Encoding.ASCII.GetString([.. unmasked]));
    }

    private static byte[] Whole() => [0x81, 126, 0, Size, .. Payload];

    private static byte[] Ping() => [0x89, 3, 1, 2, 3];

    private static byte[] Compressed(byte[] payload, CompressionLevel level)
    {
        using var output = new MemoryStream();
        using var deflate = new DeflateStream(output, level);
        deflate.Write(payload);
        deflate.Flush();
        var compressed = output.ToArray()[..^4];
        return [0xC1, 126, (byte)(compressed.Length >> 8), (byte)compressed.Length, .. compressed];
    }

    private static List<Heard> Read(params byte[][] pieces) => Read(Expected, pieces);

    private static List<Heard> Read(LoadMessage expected, byte[][] pieces)
    {
        var checker = new MessageChecker(expected);
        var all = new List<Heard>();
        foreach (var piece in pieces)
        {
            ReadOnlySpan<byte> bytes = piece;
            while (checker.TryRead(ref bytes, out var heard))
            {
                all.Add(heard);
                if (heard is Heard.Wrong)
                {
                    return all;
                }
            }

            Assert.True(bytes.IsEmpty);
        }

        return all;
    }
}
