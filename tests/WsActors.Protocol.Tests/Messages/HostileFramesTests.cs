using WsActors.Protocol.Messages;
using WsActors.Protocol.Tests.Frames;

namespace WsActors.Protocol.Tests.Messages;

/// <summary>Frames that broke WebSocket servers, and the rule learned from each.</summary>
public class HostileFramesTests
{
    private const int MiB = 1024 * 1024;

    [Theory]
    [InlineData("82 7F 80", 1002)]
    [InlineData("82 7F FF", 1002)]
    [InlineData("82 7F 7F FF FF FF FF FF FF FF", 1009)]
    [InlineData("82 7F 00 00 00 01 00 00 00 00", 1009)]
    [InlineData("82 7F 00 00 00 00 80 00 00 00", 1009)]
    [InlineData("82 7F 00 00 00 00 00 10 00 01", 1009)]
    public void R1_A_length_with_its_top_bit_set_or_above_the_limit_is_refused_from_the_header_alone(string header, int code)
    {
        Facts.AssertClosedWith(code, header);

        var bytes = Wire.Bytes(header);
        var allocated = Allocated.ByEach(() =>
        {
            var parser = new StreamParser(Role.Client, Facts.Limits);
            return () => Feed(parser, bytes);
        });
        Assert.InRange(allocated, 0, 100);
    }

    [Fact]
    public void R1_A_message_of_the_limit_is_accepted_and_one_more_byte_is_not()
    {
        var limits = new MessageLimits { MaxMessageBytes = 4 };

        Facts.AssertRead(Role.Client, limits, "82 04 01 02 03 04", "Binary 01 02 03 04");
        Facts.AssertClosedWith(1009, "82 05", limits);
    }

    [Theory]
    [InlineData("02 01 AA 80 7F 7F FF FF FF FF FF FF FF")]
    [InlineData("02 01 AA 80 7F 00 00 00 00 7F FF FF FF")]
    [InlineData("02 01 AA 80 7F 00 00 00 00 FF FF FF FF")]
    [InlineData("02 01 AA 80 7F 00 00 00 00 7F FF FF C7")]
    public void R2_A_running_total_that_would_overflow_is_refused_with_1009(string wire) =>
        Facts.AssertClosedWith(1009, wire, new() { MaxMessageBytes = Array.MaxLength });

    [Theory]
    [InlineData("83")]
    [InlineData("C1")]
    [InlineData("09")]
    [InlineData("89 7E")]
    [InlineData("80 7F 00 00 00 00 00 01 00 00")]
    public void R4_An_illegal_frame_is_refused_at_its_header_and_not_after_its_payload(string header) =>
        Facts.AssertClosedWith(1002, header);

    [Fact]
    public void R4_An_announced_length_allocates_little_more_than_the_received_bytes()
    {
        var claim = Wire.Bytes("82 7F 00 00 00 00 04 00 00 00");
        var chunk = new byte[1000];
        var one = new byte[1];

        var header = After([], claim, times: 1);
        var firstByte = After([claim], one, times: 1);
        var firstMegabyte = After([claim, one], chunk, times: 1000);

        Assert.Equal(0, header);
        Assert.InRange(firstByte, 0, (64 * 1024) + 100);
        // Doubling: the held memory is below twice the received bytes, and the total ever held below four times.
        Assert.InRange(firstMegabyte, MiB, 4 * MiB);

        static long After(byte[][] before, byte[] fed, int times) => Allocated.ByEach(() =>
        {
            var parser = new StreamParser(Role.Client, new() { MaxMessageBytes = 64 * MiB });
            Array.ForEach(before, chunk => Feed(parser, chunk));
            return () =>
            {
                for (var i = 0; i < times; i++)
                {
                    Feed(parser, fed);
                }
            };
        });
    }

    [Fact]
    public void R4_An_unfinished_frame_counts_against_the_limit_of_its_message() =>
        Facts.AssertClosedWith(1009, "02 03 01 02 03 80 02", new() { MaxMessageBytes = 4 });

    [Fact]
    public void R5_The_reassembled_size_is_limited_for_small_frames()
    {
        var limits = new MessageLimits { MaxMessageBytes = 3 };

        Facts.AssertRead(Role.Client, limits, "02 01 01 00 01 02 80 01 03", "Binary 01 02 03");
        Facts.AssertClosedWith(1009, "02 01 01 00 01 02 00 01 03 80 01", limits);
        Facts.AssertRead(Role.Client, limits, "82 03 01 02 03 82 03 04 05 06", "Binary 01 02 03", "Binary 04 05 06");
    }

    [Fact]
    public void R6_The_number_of_fragments_is_limited_including_empty_ones()
    {
        var limits = new MessageLimits { MaxFragments = 3 };

        Facts.AssertRead(Role.Client, limits, "02 00 00 00 89 00 80 00 02 00 80 00", "Ping", "Binary", "Binary");
        Facts.AssertClosedWith(1008, "02 00 00 00 00 00 80 00", limits);
        Facts.AssertClosedWith(1008, "01 00 80 00", new() { MaxFragments = 1 });
    }

    [Fact]
    public void R6_By_default_16384_empty_fragments_are_accepted_and_one_more_is_closed_with_1008()
    {
        byte[] fragments = [0x02, 0x00, .. new byte[2 * 16_382]];

        Assert.Equal(["Binary"], Facts.Of(new(Role.Client, Facts.Limits), fragments, Wire.Bytes("80 00")));
        Assert.Equal(["Violation 1008"], Facts.Of(new(Role.Client, Facts.Limits), fragments, Wire.Bytes("00 00 80 00")));
    }

    [Fact]
    public void R6_Fragments_are_copied_into_one_buffer_that_grows_in_step_with_them()
    {
        var first = new byte[] { 0x02, 0x10 }.Concat(new byte[16]).ToArray();
        var next = new byte[] { 0x00, 0x10 }.Concat(new byte[16]).ToArray();
        Feed(new(Role.Client, Facts.Limits), first);

        var allocated = Allocated.ByEach(() =>
        {
            var parser = new StreamParser(Role.Client, new() { MaxFragments = int.MaxValue });
            return () =>
            {
                Feed(parser, first);
                for (var i = 1; i < MiB / 16; i++)
                {
                    Feed(parser, next);
                }
            };
        });

        Assert.InRange(allocated, MiB, (2 * MiB) + 1000);
    }

    [Theory]
    [InlineData("80 00")]
    [InlineData("81 00")]
    [InlineData("82 01")]
    [InlineData("88 00")]
    [InlineData("89 00")]
    [InlineData("8A 7D")]
    [InlineData("82 7E")]
    public void R21_An_unmasked_frame_from_a_client_is_closed_with_1002_and_so_is_a_masked_one_from_a_server(string unmasked)
    {
        var masked = Wire.Bytes(unmasked);
        masked[1] |= 0x80;

        Facts.AssertClosedWith(1002, unmasked, role: Role.Server);
        Facts.AssertClosedWith(1002, Wire.Hex(masked), role: Role.Client);
    }

    private static void Feed(StreamParser parser, byte[] chunk)
    {
        ReadOnlySpan<byte> bytes = chunk;
        while (parser.TryRead(ref bytes, out _))
        {
        }
    }
}
