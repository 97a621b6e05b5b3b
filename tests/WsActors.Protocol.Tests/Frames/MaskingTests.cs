using WsActors.Protocol.Frames;

namespace WsActors.Protocol.Tests.Frames;

public class MaskingTests
{
    /// <summary>The key 37 FA 21 3D.</summary>
    private const uint Key = 0x3D21FA37;

    [Fact]
    public void Hello_is_masked_as_in_the_RFC()
    {
        var data = "Hello"u8.ToArray();

        Masking.Apply(data, Key, 0);

        Assert.Equal("7F 9F 4D 51 58", Wire.Hex(data));
    }

    [Fact]
    public void Fast_masking_equals_the_reference_at_every_length_alignment_and_offset()
    {
        var bytes = new byte[400];
        new Random(1).NextBytes(bytes);
        var destination = new byte[400];
        for (var length = 0; length <= 300; length++)
        {
            for (var alignment = 0; alignment < 8; alignment++)
            {
                for (var offset = 0; offset < 8; offset++)
                {
                    AssertEqualsTwin(bytes.AsSpan(alignment, length), destination, at: 7 - alignment, offset);
                }
            }
        }
    }

    [Fact]
    public void Masking_twice_restores_the_bytes()
    {
        var random = new Random(2);
        var bytes = new byte[1000];
        random.NextBytes(bytes);
        var twice = bytes.ToArray();
        var key = (uint)random.NextInt64(uint.MaxValue);

        Masking.Apply(twice, key, 3);
        Assert.NotEqual(bytes, twice);
        Masking.Apply(twice, key, 3);

        Assert.Equal(bytes, twice);
    }

    [Fact]
    public void A_zero_key_copies()
    {
        var destination = new byte[5];

        Masking.Apply("Hello"u8, destination, key: 0, offset: 1);

        Assert.Equal("Hello"u8.ToArray(), destination);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(Key)]
    public void A_short_destination_throws(uint key) =>
        Assert.ThrowsAny<ArgumentException>(() => Masking.Apply(new byte[5], new byte[4], key, 0));

    [Fact]
    public void Masking_allocates_nothing()
    {
        var data = new byte[1000];

        Assert.Equal(0, Allocated.By(() => Masking.Apply(data, Key, 1)));
    }

    /// <summary>Masks into a piece of the destination and touches nothing around it; then does the same in place.</summary>
    private static void AssertEqualsTwin(ReadOnlySpan<byte> source, Span<byte> destination, int at, int offset)
    {
        var expected = Wire.Masked(source, Wire.Bytes(Wire.Key), offset);
        var piece = destination.Slice(at, source.Length);
        destination.Clear();

        Masking.Apply(source, destination[at..], Key, offset);
        Assert.True(piece.SequenceEqual(expected), $"copying {source.Length} bytes to {at}, offset {offset}");
        Assert.Equal(-1, destination[..at].IndexOfAnyExcept((byte)0));
        Assert.Equal(-1, destination[(at + source.Length)..].IndexOfAnyExcept((byte)0));

        source.CopyTo(piece);
        Masking.Apply(piece, Key, offset);
        Assert.True(piece.SequenceEqual(expected), $"in place {source.Length} bytes at {at}, offset {offset}");
    }
}
