using WsActors.Sessions;

namespace WsActors.Tests.Sessions;

/// <summary>The last sequence of each publisher.</summary>
public sealed class PublisherSequencesTests
{
    [Fact]
    public void Each_publisher_starts_at_1_with_its_own_sequence()
    {
        var publisherSequences = new PublisherSequences(2, []);
        Assert.Equal(1, publisherSequences.NextOf("a"));

        publisherSequences.Set("a", 1);

        Assert.Equal((2, 1), (publisherSequences.NextOf("a"), publisherSequences.NextOf("b")));
    }

    [Fact]
    public void Known_publishers_continue_at_the_limit()
    {
        var publisherSequences = new PublisherSequences(2, []);
        publisherSequences.Set("a", 1);
        Assert.True(publisherSequences.HasRoomFor("b"));
        publisherSequences.Set("b", 1);

        Assert.False(publisherSequences.HasRoomFor("c"));
        Assert.True(publisherSequences.HasRoomFor("a"));
    }
}
