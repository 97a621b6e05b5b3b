using System.Runtime.InteropServices;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Messages;
using WsActors.Protocol.Tests.Frames;
using WsActors.Protocol.Tests.Messages;

namespace WsActors.Protocol.Tests.Compression;

/// <summary>The limits of a compressed message: its size, its work, its memory.</summary>
public class CompressedLimitsTests
{
    private const int KiB = 1024;

    private const int MiB = 1024 * 1024;

    /// <summary>A few small objects, and the first use of a pool.</summary>
    private const int Constant = 128 * KiB;

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(16 * KiB)]
    [InlineData(64 * KiB)]
    [InlineData(MiB)]
    public void A_message_that_inflates_to_the_limit_is_accepted_and_one_more_byte_is_not(int limit)
    {
        var limits = new MessageLimits { MaxMessageBytes = limit, MaxInflateRatio = int.MaxValue };
        var random = new Random(limit);
        var message = Payloads.Json(random, limit + 1);
        Func<byte[], byte[]>[] compressors = [static plain => Payloads.Deflated(plain), static plain => Payloads.Stored(plain)];
        foreach (var compress in compressors)
        {
            var (exact, over) = (Wire.Frame(0xC2, compress(message[..^1])), Wire.Frame(0xC2, compress(message)));
            foreach (var chunks in new[] { [exact], exact.Chunk(100), Splits.Random(exact, random, longest: 5000) })
            {
                Assert.Equal([$"Binary {Wire.Hex(message.AsSpan(0, limit))}"], Read(limits, chunks));
            }

            foreach (var chunks in new[] { [over], over.Chunk(100), Splits.Random(over, random, longest: 5000) })
            {
                Assert.Equal(["Violation 1009"], Read(limits, chunks));
            }
        }
    }

    [Fact]
    public void Fragments_count_together()
    {
        var limits = new MessageLimits { MaxMessageBytes = 5 };

        Assert.Equal(["Text 48 65 6C 6C 6F"], Read(limits, Wire.Bytes("41 03 F2 48 CD 80 04 C9 C9 07 00")));
        Assert.Equal(["Violation 1009"], Read(new() { MaxMessageBytes = 4 }, Wire.Bytes("41 03 F2 48 CD 80 04 C9 C9 07 00")));
    }

    [Theory]
    [InlineData(1, 1025)]
    [InlineData(8, 1033)]
    [InlineData(MiB, MiB + (128 * KiB) + 1024)]
    public void A_compressed_frame_above_the_limit_plus_an_eighth_and_1_KiB_is_refused_at_its_header(int limit, int most)
    {
        var limits = new MessageLimits { MaxMessageBytes = limit };

        Assert.Empty(Read(limits, Header(0xC2, most)));
        Assert.Equal(["Violation 1009"], Read(limits, Header(0xC2, most + 1)));
        Assert.Equal(["Violation 1009"], Read(limits, Wire.Bytes("42 01 00"), Header(0x80, most)));
        Assert.Empty(Read(limits, Wire.Bytes("42 01 00"), Header(0x80, most - 1)));
        Assert.Equal(["Violation 1009"], Read(limits, Wire.Bytes("C2 7F 7F FF FF FF FF FF FF FF")));
        Assert.Equal(["Violation 1009"], Read(limits, Wire.Bytes("42 01 00 80 7F 7F FF FF FF FF FF FF FF")));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(MiB)]
    public void An_incompressible_message_of_the_limit_is_accepted(int limit)
    {
        var noise = Payloads.Noise(new(1), limit);
        foreach (var compressed in new[] { Payloads.Stored(noise), Payloads.Deflated(noise) })
        {
            Assert.Equal([$"Binary {Wire.Hex(noise)}"], Read(new() { MaxMessageBytes = limit }, Wire.Frame(0xC2, compressed)));
        }
    }

    [Fact]
    public void The_fragments_of_a_compressed_message_are_limited_including_empty_ones()
    {
        var limits = new MessageLimits { MaxFragments = 3 };

        Assert.Equal(["Text", "Text"], Read(limits, Wire.Bytes("41 00 00 00 80 00 41 00 00 00 80 01 00")));
        Assert.Equal(["Violation 1008"], Read(limits, Wire.Bytes("41 00 00 00 00 00 80 00")));
        Assert.Equal(["Violation 1008"], Read(Facts.Limits, [0x41, 0x00, .. new byte[2 * 16_384]]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void R7_The_inflation_ratio_is_limited(int ratio)
    {
        var limits = new MessageLimits { MaxMessageBytes = 64 * MiB, MaxInflateRatio = ratio };
        var tried = 0;
        for (var length = 80; length < 200; length++)
        {
            // Empty blocks in front make the compressed message as long as it should be, if five bytes each can.
            var most = (64 * KiB) + (ratio * length);
            var (exact, over) = (Payloads.Deflated(new byte[most]), Payloads.Deflated(new byte[most + 1]));
            var (blocks, rest) = Math.DivRem(length - exact.Length, 5);
            if (rest == 0 && blocks >= 0 && exact.Length == over.Length)
            {
                tried++;
                byte[] front = [.. Enumerable.Repeat<byte[]>([0x00, 0x00, 0x00, 0xFF, 0xFF], blocks).SelectMany(static block => block)];
                Assert.Equal(["Binary"], Kinds(limits, Wire.Frame(0xC2, [.. front, .. exact])));
                Assert.Equal(["Violation 1009"], Kinds(limits, Wire.Frame(0xC2, [.. front, .. over])));
                Assert.Equal(["Binary"], Kinds(limits, Wire.Frame(0x42, [.. front, .. exact]), Wire.Bytes("80 00")));
            }
        }

        Assert.NotEqual(0, tried);
    }

    [Theory]
    [InlineData(100 * KiB, int.MaxValue, "larger than this endpoint takes")]
    [InlineData(MiB, 1, "for each compressed byte")]
    public void The_reason_names_the_exceeded_limit(int limit, int ratio, string reason)
    {
        using var parser = new StreamParser(
            Role.Client,
            new() { MaxMessageBytes = limit, MaxInflateRatio = ratio },
            new Inflater(keepsContext: false));
        ReadOnlySpan<byte> bytes = Wire.Frame(0xC2, Payloads.Deflated(new byte[MiB]));

        Assert.True(parser.TryRead(ref bytes, out var fact));

        Assert.EndsWith(reason, fact.Violation.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(20_000)]
    [InlineData(33_000)]
    [InlineData(50_000)]
    [InlineData(70_000)]
    public void A_message_buffer_is_at_most_a_third_too_large(int length)
    {
        using var parser = new StreamParser(Role.Client, Facts.Limits, new Inflater(keepsContext: false));
        ReadOnlySpan<byte> bytes = Wire.Frame(0xC2, Payloads.Deflated(new byte[length]));

        Assert.True(parser.TryRead(ref bytes, out var fact));

        Assert.True(MemoryMarshal.TryGetArray(fact.Payload, out var array));
        Assert.Equal(length, array.Count);
        Assert.InRange(array.Array!.Length, length, length * 4 / 3);
    }

    [Fact]
    public void The_first_64_KiB_are_free() =>
        Assert.Equal(["Binary"], Kinds(new() { MaxInflateRatio = 1 }, Wire.Frame(0xC2, Payloads.Deflated(new byte[64 * KiB]))));

    [Theory]
    [InlineData(100, MiB)]
    [InlineData(int.MaxValue, MiB)]
    [InlineData(100, 16 * MiB)]
    public void R7_A_bomb_of_64_MiB_is_closed_with_1009_and_allocates_at_most_the_limit(int ratio, int limit)
    {
        var bomb = Wire.Frame(0xC2, Payloads.Deflated(new byte[64 * MiB]));
        var limits = new MessageLimits { MaxMessageBytes = limit, MaxInflateRatio = ratio };
        Kinds(Facts.Limits, Wire.Frame(0xC2, Payloads.Deflated(new byte[1000])));
        foreach (var chunks in new[] { [bomb], bomb.Chunk(1460).ToArray() })
        {
            using var parser = new StreamParser(Role.Client, limits, new Inflater(keepsContext: true));
            var before = GC.GetAllocatedBytesForCurrentThread();
            var isRefused = IsRefused(parser, chunks);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

            Assert.True(isRefused);
            // The buffer doubles up to the limit: all arrays together are twice the last.
            Assert.InRange(allocated, 0, (2 * limit) + Constant);
        }
    }

    [Fact]
    public void R7_A_bomb_in_many_small_frames_is_closed_with_1009()
    {
        var bomb = Payloads.Deflated(new byte[64 * MiB]);
        byte[][] frames = [Wire.Frame(0x42, bomb.AsSpan(0, 10)), .. bomb[10..].Chunk(10).Select(static piece => Wire.Frame(0x00, piece))];

        Assert.Equal(["Violation 1009"], Kinds(Facts.Limits, frames));
    }

    [Fact]
    public void An_announced_length_allocates_nothing()
    {
        var limits = new MessageLimits { MaxMessageBytes = 64 * MiB };
        var bomb = Payloads.Deflated(new byte[8 * MiB]);

        Assert.Equal(["Violation 1009"], Kinds(limits, [.. Header(0xC2, 32 * MiB), .. bomb]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_result_is_independent_of_how_the_bytes_are_cut(int seed)
    {
        var random = new Random(seed);
        var verdicts = new HashSet<string>();
        for (var i = 0; i < 60; i++)
        {
            // Some of it shrinks a lot and some not at all; some is no text, and some is broken.
            byte[] plain =
            [
                .. new byte[random.Next(150_000)], .. Payloads.Json(random, random.Next(1, 5000)), .. new byte[random.Next(90_000)],
            ];
            var wire = random.Next(2) == 0
                ? Payloads.Deflated(plain)
                : [.. Payloads.Deflated(plain), .. Payloads.Stored(Payloads.Noise(random, 3000))];
            wire[random.Next(wire.Length)] ^= (byte)(random.Next(3) == 0 ? 1 << random.Next(8) : 0);
            var limits = new MessageLimits { MaxMessageBytes = random.Next(1, 300_000), MaxInflateRatio = random.Next(1, 100) };
            var split = random.Next(wire.Length);
            byte[] frames =
            [
                .. Wire.Frame(
                    (byte)(0x41 + random.Next(2)), wire.AsSpan(0, split)), .. Wire.Frame(0x80, wire.AsSpan(split)), .. Wire.Bytes("81 00"),
            ];

            var whole = Read(limits, frames);
            Assert.Equal(whole, Read(limits, [.. frames.Select(static octet => new[] { octet })]));
            Assert.Equal(whole, Read(limits, Splits.Random(frames, random, longest: 3000)));
            verdicts.Add(whole[0][..Math.Min(14, whole[0].Length)]);
        }

        Assert.Contains("Violation 1009", verdicts);
        Assert.Contains("Violation 1007", verdicts);
        Assert.Contains(verdicts, static verdict => !Facts.IsViolation(verdict));
    }

    [Theory]
    [InlineData("C2 3F 00 2A 00 D5 FF 41")]
    [InlineData("42 07 F2 48 CD C9 C9 07 00 89 05 41")]
    [InlineData("C1 07 F2 48 CD C9 C9 07 00 C1 05 F2")]
    public void R13_Dispose_within_a_message_returns_all_resources(string start)
    {
        var wire = Wire.Bytes(start);
        Open(wire);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Open(wire);
        }

        // The decompressor's buffer has 8 KiB and comes from a pool. Without its return, each round would allocate a new one.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1000, 0, 2 * KiB);
    }

    [Fact]
    public void R13_A_violation_releases_the_context()
    {
        Violate();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 200; i++)
        {
            Violate();
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 200, 0, 3 * KiB);

        static void Violate()
        {
            var parser = new StreamParser(Role.Client, Facts.Limits, new Inflater(keepsContext: true));
            Assert.True(IsRefused(parser, [[0xC1, 0x07, 0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0xC1, 0x01, 0x07]]));
        }
    }

    /// <summary>Starts a message and disposes it unfinished.</summary>
    private static void Open(byte[] wire)
    {
        var parser = new StreamParser(Role.Client, Facts.Limits, new Inflater(keepsContext: true));
        ReadOnlySpan<byte> bytes = wire;
        while (parser.TryRead(ref bytes, out _))
        {
        }

        parser.Dispose();
        parser.Dispose();
        bytes = wire;
        Assert.False(parser.TryRead(ref bytes, out _));
        Assert.True(bytes.IsEmpty);
    }

    private static bool IsRefused(StreamParser parser, byte[][] chunks)
    {
        foreach (var chunk in chunks)
        {
            ReadOnlySpan<byte> bytes = chunk;
            while (parser.TryRead(ref bytes, out var fact))
            {
                if (fact.Kind == StreamEventKind.Violation)
                {
                    return fact.Violation.Code is 1009 or 1007;
                }
            }
        }

        return false;
    }

    private static byte[] Header(byte first, int length) =>
        Wire.Bytes($"{first:X2} {(length < 65_536 ? $"7E {length:X4}" : $"7F {length:X16}")}");

    private static List<string> Read(MessageLimits limits, params IEnumerable<byte[]> chunks)
    {
        using var parser = new StreamParser(Role.Client, limits, new Inflater(keepsContext: true));
        return Facts.Of(parser, chunks);
    }

    /// <summary>The facts without their payloads.</summary>
    private static List<string> Kinds(MessageLimits limits, params IEnumerable<byte[]> chunks)
    {
        using var parser = new StreamParser(Role.Client, limits, new Inflater(keepsContext: true));
        var kinds = new List<string>();
        foreach (var chunk in chunks)
        {
            ReadOnlySpan<byte> bytes = chunk;
            while (parser.TryRead(ref bytes, out var fact))
            {
                kinds.Add(fact.Kind == StreamEventKind.Message ? $"{fact.MessageKind}" : Facts.Line(fact));
            }
        }

        return kinds;
    }
}
