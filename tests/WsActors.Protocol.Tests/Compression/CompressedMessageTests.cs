using System.Buffers;
using System.IO.Compression;
using System.Text;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;
using WsActors.Protocol.Tests.Frames;
using WsActors.Protocol.Tests.Messages;

namespace WsActors.Protocol.Tests.Compression;

/// <summary>The examples of RFC 7692 §7.2.3 and the rules around them, cut in every way.</summary>
public class CompressedMessageTests
{
    private const string Hello = "Text 48 65 6C 6C 6F";

    private const string CompressedHello = "F2 48 CD C9 C9 07 00";

    [Theory]
    [InlineData("C1 07 F2 48 CD C9 C9 07 00", Hello)] // §7.2.3.1
    [InlineData("41 03 F2 48 CD 80 04 C9 C9 07 00", Hello)] // The same in two fragments.
    [InlineData("C1 0B 00 05 00 FA FF 48 65 6C 6C 6F 00", Hello)] // §7.2.3.3: a block that is stored.
    [InlineData("C1 08 F3 48 CD C9 C9 07 00 00", Hello)] // §7.2.3.4: a last block.
    [InlineData("C1 0D F2 48 05 00 00 00 FF FF CA C9 C9 07 00", Hello)] // §7.2.3.5: two blocks.
    [InlineData("C1 01 00", "Text")] // §7.2.3.6: nothing.
    [InlineData("C1 00", "Text")] // Nothing at all, as some senders have it.
    [InlineData("41 04 F3 48 05 00 80 06 CB C9 C9 07 00 00", Hello)] // §7.2.1: a last block in each fragment.
    public void The_examples_of_the_RFC_are_read(string wire, string fact)
    {
        AssertRead(keepsContext: false, wire, fact);
        AssertRead(keepsContext: true, wire, fact);
        AssertRead(keepsContext: false, $"{wire} {wire}", fact, fact);
        AssertRead(keepsContext: true, $"{wire} {wire}", fact, fact);
    }

    [Fact]
    public void A_message_may_refer_to_the_previous_one_with_context_takeover()
    {
        // §7.2.3.2
        AssertRead(keepsContext: true, "C1 07 F2 48 CD C9 C9 07 00 C1 05 F2 00 11 00 00", Hello, Hello);
        AssertRead(keepsContext: false, "C1 07 F2 48 CD C9 C9 07 00 C1 05 F2 00 11 00 00", Hello, "Violation 1007");
    }

    [Theory]
    [InlineData("81 01 41", "Text 41")]
    [InlineData("01 01 41 00 00 80 01 42", "Text 41 42")]
    [InlineData("82 00", "Binary")]
    [InlineData("C1 00", "Text")]
    [InlineData("C2 01 00", "Binary")]
    [InlineData("89 01 01", "Ping 01")]
    public void An_uncompressed_message_does_not_change_the_context(string wire, string fact) =>
        AssertRead(keepsContext: true, $"C1 07 {CompressedHello} {wire} C1 05 F2 00 11 00 00", Hello, fact, Hello);

    [Theory]
    [InlineData("41 00 80 07 F2 48 CD C9 C9 07 00")]
    [InlineData("41 07 F2 48 CD C9 C9 07 00 80 00")]
    [InlineData("41 00 00 00 00 07 F2 48 CD C9 C9 07 00 00 00 80 00")]
    [InlineData("41 01 F2 00 01 48 00 00 00 04 CD C9 C9 07 80 01 00")]
    public void Fragments_may_be_empty(string wire)
    {
        AssertRead(keepsContext: false, wire, Hello);
        AssertRead(keepsContext: true, $"{wire} {wire}", Hello, Hello);
        AssertRead(keepsContext: true, "42 00 00 00 80 00 42 00 80 01 00", "Binary", "Binary");
    }

    [Fact]
    public void Control_frames_between_fragments_are_not_decompressed() => AssertRead(
        keepsContext: true,
        "41 03 F2 48 CD 89 02 01 02 00 02 C9 C9 8A 00 80 02 07 00 88 02 03 E8",
        "Ping 01 02",
        "Pong",
        Hello,
        "Close 1000");

    [Theory]
    [InlineData("C0")] // Continuations.
    [InlineData("40")]
    [InlineData("41 00 C0")]
    [InlineData("41 03 F2 48 CD 40")]
    [InlineData("01 00 C0")]
    [InlineData("C8")] // Control frames.
    [InlineData("C9")]
    [InlineData("CA")]
    [InlineData("41 03 F2 48 CD C9")]
    [InlineData("C3")] // Reserved opcodes.
    [InlineData("CB")]
    [InlineData("A1")] // RSV2 and RSV3.
    [InlineData("91")]
    [InlineData("E1")]
    [InlineData("D1")]
    [InlineData("F2")]
    [InlineData("41 00 A0")]
    [InlineData("99")]
    public void RSV1_is_valid_only_on_the_first_frame_of_a_message(string wire)
    {
        AssertClosedWith(1002, wire);
        AssertClosedWith(1002, $"C1 07 {CompressedHello} {wire}");
    }

    [Theory]
    [InlineData("C1")]
    [InlineData("42")]
    [InlineData("81 01 41 C1")]
    public void RSV1_without_an_agreement_is_closed_with_1002(string wire) => Facts.AssertClosedWith(1002, wire);

    [Theory]
    [InlineData("C1 7F 80")]
    [InlineData("41 07 F2 48 CD C9 C9 07 00 C1 00")]
    [InlineData("41 00 81 05")]
    public void The_rules_of_every_frame_apply_to_compressed_ones(string wire) => AssertClosedWith(1002, wire);

    [Theory]
    [InlineData("C1 01 07")] // Block type 3.
    [InlineData("41 01 07")]
    [InlineData("C2 05 00 01 00 FF FF")]
    public void Invalid_DEFLATE_data_is_closed_with_1007_at_its_first_bad_byte(string wire) => AssertClosedWith(1007, wire);

    [Theory]
    [InlineData("C1 06 F2 48 CD C9 C9 07")]
    [InlineData("C1 02 F2 48")]
    [InlineData("C2 05 00 05 00 FA FF")]
    [InlineData("41 03 F2 48 CD 80 00")]
    [InlineData("41 00 80 01 F2")]
    public void A_message_that_stops_in_the_middle_of_a_block_is_closed_with_1007(string wire) => AssertClosedWith(1007, wire);

    [Theory]
    [InlineData("C1 3F 00 02 00 FD FF 41 FF")]
    [InlineData("41 3F 00 09 00 F6 FF 41 42 C3 28")]
    [InlineData("41 07 00 07 00 F8 FF E2 82 80 05 AC F0 9F 8E 41")]
    [InlineData("41 08 00 03 00 FC FF ED 9F 80 80 7E 01 00 00 05 00 FA FF FF")]
    public void Text_that_is_not_UTF8_is_closed_with_1007_at_its_first_bad_byte(string wire) => AssertClosedWith(1007, wire);

    [Fact]
    public void The_reported_violation_is_independent_of_how_the_bytes_are_cut()
    {
        // Text that is not UTF-8, and then a block that has no end.
        var reasons = Splits.Of(Wire.Bytes("C1 0B 00 05 00 FA FF 48 65 CD C9 C9 07 00 00")).Select(static chunks =>
        {
            using var parser = new StreamParser(Role.Client, Facts.Limits, new Inflater(keepsContext: false));
            foreach (var chunk in chunks)
            {
                ReadOnlySpan<byte> bytes = chunk;
                if (parser.TryRead(ref bytes, out var fact))
                {
                    return fact.Violation.Reason;
                }
            }

            return "";
        });

        Assert.Contains("UTF-8", Assert.Single(reasons.Distinct()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("81 01 FF", "text must be UTF-8")]
    [InlineData("C1 07 00 01 00 FE FF FF 00", "a compressed message must be")]
    [InlineData("C2 07 00 06 00 F9 FF 41 42", "a compressed message must be")]
    public void The_reason_names_a_compressed_message(string wire, string reason)
    {
        using var parser = new StreamParser(Role.Client, Facts.Limits, new Inflater(keepsContext: false));
        ReadOnlySpan<byte> bytes = Wire.Bytes(wire);

        Assert.True(parser.TryRead(ref bytes, out var fact));

        Assert.StartsWith(reason, fact.Violation.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_ends_within_a_character_is_closed_with_1007()
    {
        AssertClosedWith(1007, "C1 09 00 03 00 FC FF 41 E2 82 00");
        AssertRead(keepsContext: true, "C2 09 00 03 00 FC FF 41 E2 82 00", "Binary 41 E2 82");
        AssertRead(keepsContext: true, "41 07 00 03 00 FC FF E2 82 80 02 AC 00", "Text E2 82 AC");
    }

    [Fact]
    public void After_a_violation_all_bytes_are_discarded() =>
        AssertRead(keepsContext: true, $"C1 07 {CompressedHello} C1 01 07 C1 07 {CompressedHello} 81 01 41 88 00", Hello, "Violation 1007");

    [Theory]
    [InlineData(Role.Server, true, 15)]
    [InlineData(Role.Server, false, 15)]
    [InlineData(Role.Client, true, 9)]
    [InlineData(Role.Client, false, 12)]
    public void Messages_of_one_end_are_read_by_the_other(Role sender, bool keeps, int bits)
    {
        var agreement = new DeflateAgreement(keeps, keeps, bits, bits);
        var receiver = sender == Role.Server ? Role.Client : Role.Server;
        using var deflater = agreement.CreateDeflater(sender, CompressionLevel.Fastest);
        using var parser = new StreamParser(receiver, Facts.Limits, agreement.CreateInflater(receiver));
        foreach (var message in Payloads.Conversation(seed: bits))
        {
            var text = Encoding.ASCII.GetBytes(Convert.ToBase64String(message));
            var destination = new byte[text.Length];
            var compressed = deflater.Compress(text, destination);
            var output = new ArrayBufferWriter<byte>();
            var payload = compressed > 0 ? destination.AsSpan(0, compressed) : text;
            FrameWriter.Write(output, sender, Opcode.Text, payload, rsv1: compressed > 0);

            Assert.Equal([$"Text {Wire.Hex(text)}".Trim()], Facts.Of(parser, output.WrittenSpan.ToArray().Chunk(1460)));
        }
    }

    [Theory]
    [InlineData(Role.Server, true, false)]
    [InlineData(Role.Server, false, true)]
    [InlineData(Role.Client, true, false)]
    [InlineData(Role.Client, false, true)]
    public void Each_direction_keeps_its_context_as_agreed(Role receiver, bool serverKeeps, bool clientKeeps)
    {
        var agreement = new DeflateAgreement(serverKeeps, clientKeeps);
        var key = receiver == Role.Server ? Wire.Key : null;
        byte[] frames = [.. Wire.Frame(0xC1, Wire.Bytes(CompressedHello), key), .. Wire.Frame(0xC1, Wire.Bytes("F2 00 11 00 00"), key)];
        using var parser = new StreamParser(receiver, Facts.Limits, agreement.CreateInflater(receiver));
        var isKept = receiver == Role.Server ? clientKeeps : serverKeeps;

        Assert.Equal([Hello, isKept ? Hello : "Violation 1007"], Facts.Of(parser, frames));
    }

    [Fact]
    public void The_byte_count_is_the_inflated_size_or_the_larger_frame_length()
    {
        using var parser = new StreamParser(Role.Client, Facts.Limits, new Inflater(keepsContext: false));

        Facts.Of(parser, Wire.Bytes("42 0A 00 05 00 FA FF 48 65 6C 6C 6F"));
        Assert.Equal(10, parser.MessageBytes);
        Facts.Of(parser, Wire.Frame(0x00, Payloads.Deflated(new byte[1000])));
        Assert.Equal(1005, parser.MessageBytes);
        Facts.Of(parser, Wire.Bytes("00 7E 00 80"));
        Assert.Equal(1005, parser.MessageBytes);
        Facts.Of(parser, Payloads.Stored(new byte[122]), Wire.Bytes("80 00"));
        Assert.Equal(0, parser.MessageBytes);
    }

    private static void AssertRead(bool keepsContext, string wire, params string[] facts)
    {
        foreach (var chunks in Splits.Of(Wire.Bytes(wire)))
        {
            using var parser = new StreamParser(Role.Client, Facts.Limits, new Inflater(keepsContext));
            Assert.Equal(facts, Facts.Of(parser, chunks));
            Assert.Empty(Facts.Of(parser, Array.Empty<byte>()));
        }
    }

    /// <summary>The last byte, and none before it, breaks a rule; cut in every way.</summary>
    private static void AssertClosedWith(int code, string wire)
    {
        var bytes = Wire.Bytes(wire);
        foreach (var keepsContext in new[] { true, false })
        {
            using var before = new StreamParser(Role.Client, Facts.Limits, new Inflater(keepsContext));
            Assert.DoesNotContain(Facts.Of(before, bytes[..^1]), Facts.IsViolation);
            foreach (var chunks in Splits.Of(bytes))
            {
                using var parser = new StreamParser(Role.Client, Facts.Limits, new Inflater(keepsContext));
                Assert.Equal($"Violation {code}", Facts.Of(parser, chunks)[^1]);
            }
        }
    }
}
