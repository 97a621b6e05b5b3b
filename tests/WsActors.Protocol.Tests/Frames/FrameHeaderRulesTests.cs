using WsActors.Protocol.Frames;

namespace WsActors.Protocol.Tests.Frames;

/// <summary>Every rule of the header, refused at the last byte of the vector and not before: later bytes are never awaited.</summary>
public class FrameHeaderRulesTests
{
    [Theory]
    [InlineData("C2")]
    [InlineData("A2")]
    [InlineData("92")]
    [InlineData("F2")]
    [InlineData("C0")]
    [InlineData("C9")]
    public void A_reserved_bit_is_refused_with_1002_at_the_first_byte(string wire) =>
        AssertRefused(Role.Server, wire, "reserved bits");

    [Theory]
    [InlineData("83")]
    [InlineData("84")]
    [InlineData("85")]
    [InlineData("86")]
    [InlineData("87")]
    [InlineData("8B")]
    [InlineData("8C")]
    [InlineData("8D")]
    [InlineData("8E")]
    [InlineData("8F")]
    [InlineData("03")]
    [InlineData("0B")]
    public void A_reserved_opcode_is_refused_with_1002_at_the_first_byte(string wire) =>
        AssertRefused(Role.Server, wire, "reserved opcodes");

    [Theory]
    [InlineData("08")]
    [InlineData("09")]
    [InlineData("0A")]
    public void A_fragmented_control_frame_is_refused_with_1002_at_the_first_byte(string wire) =>
        AssertRefused(Role.Server, wire, "fragmented");

    [Theory]
    [InlineData(Role.Server, "88 FE")]
    [InlineData(Role.Server, "89 FE")]
    [InlineData(Role.Server, "8A FF")]
    [InlineData(Role.Client, "88 7E")]
    [InlineData(Role.Client, "89 7F")]
    [InlineData(Role.Client, "8A 7E")]
    public void A_control_payload_over_125_bytes_is_refused_with_1002_at_the_second_byte(Role role, string wire) =>
        AssertRefused(role, wire, "125 bytes");

    [Theory]
    [InlineData("82 FE 00 00")]
    [InlineData("82 FE 00 01")]
    [InlineData("82 FE 00 7D")]
    [InlineData("82 FF 00 00 00 00 00 00 00 00")]
    [InlineData("82 FF 00 00 00 00 00 00 00 7E")]
    [InlineData("82 FF 00 00 00 00 00 00 FF FF")]
    public void A_length_that_is_not_minimal_is_refused_with_1002_before_the_masking_key(string wire) =>
        AssertRefused(Role.Server, wire, "fewest bytes");

    [Fact]
    public void Of_two_violations_the_one_at_the_earlier_byte_is_reported() =>
        AssertRefusedFor(Role.Server, "89 FF 80", "125 bytes");

    [Fact]
    public void A_refused_parser_stays_refused()
    {
        var parser = new FrameParser(Role.Server);
        ReadOnlySpan<byte> bytes = [0x83, 0x80, 0, 0, 0, 0];
        Assert.False(parser.TryReadHeader(ref bytes, out _, out var first));

        bytes = [0x82, 0x80, 0, 0, 0, 0];
        Assert.False(parser.TryReadHeader(ref bytes, out _, out var second));

        Assert.NotNull(first);
        Assert.Same(first, second);
    }

    [Theory]
    [InlineData(Opcode.Continuation, false)]
    [InlineData(Opcode.Text, false)]
    [InlineData(Opcode.Binary, false)]
    [InlineData(Opcode.Close, true)]
    [InlineData(Opcode.Ping, true)]
    [InlineData(Opcode.Pong, true)]
    public void Close_ping_and_pong_are_control_frames(Opcode opcode, bool isControl) =>
        Assert.Equal(isControl, new FrameHeader(opcode, Fin: true, PayloadLength: 0).IsControl);

    private static void AssertRefused(Role role, string wire, string rule)
    {
        var bytes = Wire.Bytes(wire);
        Assert.Empty(FrameReading.Of(role, [bytes[..^1]]));
        AssertRefusedFor(role, wire, rule);
    }

    private static void AssertRefusedFor(Role role, string wire, string rule)
    {
        foreach (var chunks in Splits.Of(Wire.Bytes(wire)))
        {
            var line = Assert.Single(FrameReading.Of(role, chunks));
            Assert.StartsWith("1002 ", line, StringComparison.Ordinal);
            Assert.Contains(rule, line, StringComparison.Ordinal);
        }
    }
}
