using WsActors.Protocol.Messages;
using WsActors.Protocol.Tests.Frames;

namespace WsActors.Protocol.Tests.Messages;

public class StreamParserTests
{
    [Theory]
    [InlineData("81 05 48 65 6C 6C 6F", "Text 48 65 6C 6C 6F")]
    [InlineData("82 02 FF 00 81 01 41", "Binary FF 00", "Text 41")]
    [InlineData("81 00 82 00", "Text", "Binary")]
    [InlineData("01 03 48 65 6C 80 02 6C 6F 81 01 41", "Text 48 65 6C 6C 6F", "Text 41")]
    [InlineData("02 00 00 00 00 01 AA 80 00", "Binary AA")]
    [InlineData("01 00 80 00", "Text")]
    [InlineData("01 02 E2 82 80 01 AC", "Text E2 82 AC")]
    [InlineData("89 02 01 02 8A 00 89 00", "Ping 01 02", "Pong", "Ping")]
    [InlineData("01 01 C3 89 01 FF 00 00 8A 01 FE 80 01 A9", "Ping FF", "Pong FE", "Text C3 A9")]
    [InlineData("88 00", "Close 1005")]
    [InlineData("81 01 41 88 05 03 E8 62 79 65", "Text 41", "Close 1000 bye")]
    [InlineData("01 01 41 88 02 0B B8", "Close 3000")]
    public void The_facts_are_independent_of_how_the_bytes_are_cut(string wire, params string[] facts) =>
        Facts.AssertRead(Role.Client, Facts.Limits, wire, facts);

    [Fact]
    public void A_server_unmasks_messages_and_control_frames_between_them() => Facts.AssertRead(
        Role.Server,
        Facts.Limits,
        "01 83 37 FA 21 3D 7F 9F 4D 89 81 01 02 03 04 FE 80 82 FF 00 00 00 93 6F 88 82 00 00 00 00 03 E8",
        "Ping FF",
        "Text 48 65 6C 6C 6F",
        "Close 1000");

    [Theory]
    [InlineData("80 00")]
    [InlineData("00 00")]
    [InlineData("82 00 80 00")]
    [InlineData("01 00 80 00 80 00")]
    [InlineData("89 00 80 7E 00 7E")]
    public void A_continuation_without_a_start_is_closed_with_1002(string wire) => Facts.AssertClosedWith(1002, wire);

    [Theory]
    [InlineData("01 00 01 00")]
    [InlineData("01 00 82 00")]
    [InlineData("02 00 00 00 02 00")]
    [InlineData("01 00 89 00 81 05")]
    public void A_new_message_inside_a_fragmented_one_is_closed_with_1002(string wire) => Facts.AssertClosedWith(1002, wire);

    [Theory]
    [InlineData("81 01 FF")]
    [InlineData("81 05 41 42 C0")]
    [InlineData("81 04 F4 90")]
    [InlineData("01 01 E0 80 02 80")]
    [InlineData("01 02 ED 9F 89 00 00 00 80 05 41")]
    [InlineData("81 01 C3")]
    [InlineData("01 01 C3 80 00")]
    [InlineData("01 03 F0 9F 8E 00 00 80 00")]
    public void Text_that_is_not_UTF8_is_closed_with_1007_at_its_first_bad_byte_or_at_its_end(string wire) =>
        Facts.AssertClosedWith(1007, wire);

    [Theory]
    [InlineData("88 00", "Close 1005")]
    [InlineData("88 01 03", "Violation 1002")]
    [InlineData("88 02 03 E7", "Violation 1002")]
    [InlineData("88 02 03 E8", "Close 1000")]
    [InlineData("88 02 03 ED", "Violation 1002")]
    [InlineData("88 02 03 EE", "Violation 1002")]
    [InlineData("88 02 03 EC", "Violation 1002")]
    [InlineData("88 02 03 F6", "Close 1014")]
    [InlineData("88 02 03 F7", "Violation 1002")]
    [InlineData("88 02 0B B7", "Violation 1002")]
    [InlineData("88 02 0B B8", "Close 3000")]
    [InlineData("88 02 13 87", "Close 4999")]
    [InlineData("88 02 13 88", "Violation 1002")]
    [InlineData("88 02 00 00", "Violation 1002")]
    [InlineData("88 02 FF FF", "Violation 1002")]
    [InlineData("88 04 03 E8 C3 A9", "Close 1000 é")]
    [InlineData("88 03 03 E8 C3", "Violation 1007")]
    [InlineData("88 04 03 E8 C0 80", "Violation 1007")]
    [InlineData("88 03 03 E7 FF", "Violation 1002")]
    public void A_close_frame_is_accepted_only_with_a_valid_code_and_a_UTF8_reason(string wire, string fact) =>
        Facts.AssertRead(Role.Client, Facts.Limits, wire, fact);

    [Fact]
    public void A_close_reason_of_123_bytes_is_accepted()
    {
        var reason = new string('x', 123);

        Assert.Equal([$"Close 1000 {reason}"], Facts.Of(Client(), Wire.Frame(0x88, [0x03, 0xE8, .. reason.Select(static x => (byte)x)])));
    }

    [Theory]
    [InlineData("88 00", "Close 1005")]
    [InlineData("80 00", "Violation 1002")]
    [InlineData("83", "Violation 1002")]
    [InlineData("81 01 FF", "Violation 1007")]
    public void After_a_close_or_a_violation_all_bytes_are_discarded(string wire, string fact)
    {
        Facts.AssertRead(Role.Client, Facts.Limits, wire + " 81 01 41 88 00 FF FF 80 00", fact);

        var parser = Client();
        Facts.Of(parser, Wire.Bytes(wire + " 81"));
        Assert.False(parser.IsMidFrame);
    }

    [Fact]
    public void The_caller_may_stop_after_any_fact_and_continue_with_the_rest()
    {
        var parser = Client();
        ReadOnlySpan<byte> bytes = [0x81, 0x01, 0x41, 0x89, 0x00, 0x82, 0x02, 0xFF];

        Assert.True(parser.TryRead(ref bytes, out var first));
        var rest = bytes.ToArray();

        Assert.Equal("Text 41", Facts.Line(first));
        Assert.Equal("89 00 82 02 FF", Wire.Hex(rest));
        Assert.Equal(["Ping", "Binary FF 00"], Facts.Of(parser, rest, [0x00]));
    }

    [Fact]
    public void IsMidFrame_holds_only_while_the_peer_owes_bytes()
    {
        var parser = Client();
        Assert.False(parser.IsMidFrame);

        foreach (var (octet, isMidFrame) in new (byte, bool)[] { (0x01, true), (0x01, true), (0x41, false), (0x80, true), (0x00, false) })
        {
            Facts.Of(parser, [octet]);
            Assert.Equal(isMidFrame, parser.IsMidFrame);
        }
    }

    [Fact]
    public void IsMidMessage_holds_from_the_first_header_to_the_last_byte()
    {
        var parser = Client();
        Assert.False(parser.IsMidMessage);

        foreach (var (wire, isMidMessage) in new[]
        {
            ("01", false), ("00", true), ("89 00", true), ("00 00", true), ("80 01", true), ("41", false), ("89 00", false), (
                "81 01 41", false),
        })
        {
            Facts.Of(parser, Wire.Bytes(wire));
            Assert.Equal(isMidMessage, parser.IsMidMessage);
        }

        Facts.Of(parser, Wire.Bytes("01 00 81 00"));
        Assert.False(parser.IsMidMessage);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(1_048_576)]
    public void A_message_of_any_legal_length_arrives_whole_in_chunks_of_any_size(int length)
    {
        var random = new Random(length);
        var payload = new byte[length];
        random.NextBytes(payload);
        var wire = Wire.Frame(0x82, payload, Wire.Key);

        byte[][][] cuts = [[wire], [.. wire.Chunk(1460)], [wire[..^1], wire[^1..]], Splits.Random(wire, random, longest: 10_000)];
        foreach (var chunks in cuts)
        {
            var parser = new StreamParser(Role.Server, Facts.Limits);
            var messages = new List<ReadOnlyMemory<byte>>();
            foreach (var chunk in chunks)
            {
                ReadOnlySpan<byte> bytes = chunk;
                while (parser.TryRead(ref bytes, out var fact))
                {
                    messages.Add(fact.Payload);
                }
            }

            Assert.True(Assert.Single(messages).Span.SequenceEqual(payload));
        }
    }

    [Fact]
    public void The_byte_count_includes_announced_frame_lengths()
    {
        var parser = Client();
        foreach (var (wire, bytes) in new[] { ("02 03", 3), ("01 02 03", 3), ("00 7E 01 00", 259), ("01", 259) })
        {
            Facts.Of(parser, Wire.Bytes(wire));
            Assert.Equal(bytes, parser.MessageBytes);
        }

        Facts.Of(parser, [.. new byte[255], 0x89, 0x01, 0x00, 0x80, 0x00]);
        Assert.Equal(0, parser.MessageBytes);
    }

    [Fact]
    public void The_frame_count_includes_control_frames_and_fragments()
    {
        var parser = Client();
        (string, int)[] steps = [("01", 0), ("01", 0), ("41", 1), ("89 00", 2), ("80 00", 3), ("82 00 8A", 4), ("00 88 00", 6)];
        foreach (var (wire, frames) in steps)
        {
            Facts.Of(parser, Wire.Bytes(wire));
            Assert.Equal(frames, parser.FramesRead);
        }
    }

    [Theory]
    [InlineData("80", "00", "continuation")]
    [InlineData("01 00", "81 00", "must end")]
    public void A_violation_names_the_broken_rule_about_fragments(string before, string frame, string rule)
    {
        ReadOnlySpan<byte> bytes = Wire.Bytes($"{before} {frame}");

        Assert.True(Client().TryRead(ref bytes, out var fact));

        Assert.Contains(rule, fact.Violation.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_a_close_or_a_violation_of_a_ping_throws()
    {
        var ping = StreamEvent.ForPing(new byte[] { 1 });

        Assert.Equal("", ping.CloseReason);
        Assert.Throws<InvalidOperationException>(() => ping.Violation);
    }

    private static StreamParser Client() => new(Role.Client, Facts.Limits);
}
