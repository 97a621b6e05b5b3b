using WsActors.Protocol.Messages;

namespace WsActors.Protocol.Tests.Messages;

public class MessageLimitsTests
{
    [Fact]
    public void The_defaults_are_one_mebibyte_and_16384_fragments() =>
        Assert.Equal((1_048_576, 16_384), (new MessageLimits().MaxMessageBytes, new MessageLimits().MaxFragments));

    [Theory]
    [InlineData(0, 1, "MaxMessageBytes")]
    [InlineData(-1, 1, "MaxMessageBytes")]
    [InlineData(int.MaxValue, 1, "MaxMessageBytes")]
    [InlineData(1, 0, "MaxFragments")]
    [InlineData(1, -1, "MaxFragments")]
    public void A_limit_out_of_range_is_refused_by_name(int maxMessageBytes, int maxFragments, string name)
    {
        var made = Assert.Throws<ArgumentOutOfRangeException>(() => new MessageLimits
        {
            MaxMessageBytes = maxMessageBytes,
            MaxFragments = maxFragments,
        });
        Assert.Equal(name, made.ParamName);

        var copied = Assert.Throws<ArgumentOutOfRangeException>(
            () => new MessageLimits() with { MaxMessageBytes = maxMessageBytes, MaxFragments = maxFragments });
        Assert.Equal(name, copied.ParamName);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_ratio_out_of_range_is_refused_by_name(int ratio) =>
        Assert.Equal(
            "MaxInflateRatio", Assert.Throws<ArgumentOutOfRangeException>(() => new MessageLimits { MaxInflateRatio = ratio }).ParamName);

    [Fact]
    public void The_smallest_and_the_largest_limits_are_accepted()
    {
        Assert.Equal(1, new MessageLimits { MaxMessageBytes = 1, MaxFragments = 1 }.MaxMessageBytes);
        Assert.Equal(Array.MaxLength, new MessageLimits { MaxMessageBytes = Array.MaxLength, MaxFragments = int.MaxValue }.MaxMessageBytes);
    }
}
