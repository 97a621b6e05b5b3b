using System.Runtime.InteropServices;
using WsActors.Protocol.Messages;
using WsActors.Protocol.Tests.Frames;

namespace WsActors.Protocol.Tests.Messages;

/// <summary>A message costs its payload's array and nothing else, and the array is the receiver's.</summary>
public class StreamMemoryTests
{
    /// <summary>The memory of an array beside its elements: header and length, rounded up to eight bytes.</summary>
    private const int ArrayOverhead = 24;

    [Theory]
    [InlineData("81 00", 0)]
    [InlineData("02 00 00 00 80 00", 0)]
    [InlineData("89 00 8A 00", 0)]
    [InlineData("81 08 61 61 61 61 61 61 61 61", 8)]
    [InlineData("8A 08 61 61 61 61 61 61 61 61", 8)]
    public void A_fact_allocates_its_payload_and_an_empty_one_nothing(string wire, int payload)
    {
        var bytes = Wire.Bytes(wire);
        var parser = new StreamParser(Role.Client, Facts.Limits);

        var allocated = Allocated.By(() => Read(parser, bytes));

        Assert.InRange(allocated, payload, payload == 0 ? 0 : payload + ArrayOverhead);
    }

    [Theory]
    [InlineData(200, 3)]
    [InlineData(65_536, 1460)]
    [InlineData(1_000_000, 1_000_020)]
    public void A_message_in_one_frame_is_written_once_into_an_array_of_its_size(int length, int chunk)
    {
        var wire = Wire.Frame(0x82, new byte[length], Wire.Key);
        var parser = new StreamParser(Role.Server, Facts.Limits);
        var payload = ReadOnlyMemory<byte>.Empty;

        var allocated = Allocated.By(() => payload = ReadInChunks(parser, wire, chunk));

        Assert.Equal(length, payload.Length);
        Assert.InRange(allocated, length, length + ArrayOverhead + 8);
    }

    [Theory]
    [InlineData(65_537, 1460)]
    [InlineData(110_000, 1460)]
    [InlineData(300_000, 1460)]
    [InlineData(1_048_576, 10_000)]
    public void A_large_message_ends_in_an_array_of_exactly_its_size(int length, int chunk)
    {
        var payload = ReadInChunks(new(Role.Server, Facts.Limits), Wire.Frame(0x82, new byte[length], Wire.Key), chunk);

        Assert.True(MemoryMarshal.TryGetArray(payload, out var array));
        Assert.Equal(length, array.Array!.Length);
    }

    [Fact]
    public void A_payload_is_a_copy_and_is_not_reused()
    {
        var parser = new StreamParser(Role.Client, Facts.Limits);
        byte[] chunk = [0x82, 0x02, 1, 2];

        var first = ReadInChunks(parser, chunk, 4);
        chunk.AsSpan(2).Fill(9);
        var second = ReadInChunks(parser, chunk, 4);

        Assert.Equal(new byte[] { 1, 2 }, first.ToArray());
        Assert.Equal(new byte[] { 9, 9 }, second.ToArray());
    }

    private static void Read(StreamParser parser, ReadOnlySpan<byte> bytes)
    {
        while (parser.TryRead(ref bytes, out _))
        {
        }
    }

    private static ReadOnlyMemory<byte> ReadInChunks(StreamParser parser, byte[] wire, int size)
    {
        for (var start = 0; start < wire.Length; start += size)
        {
            var bytes = new ReadOnlySpan<byte>(wire, start, Math.Min(size, wire.Length - start));
            if (parser.TryRead(ref bytes, out var fact))
            {
                return fact.Payload;
            }
        }

        return default;
    }
}
