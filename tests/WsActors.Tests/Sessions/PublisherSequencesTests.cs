using WsActors.Sessions;

namespace WsActors.Tests.Sessions;

/// <summary>How far each publisher has got.</summary>
public sealed class PublisherSequencesTests
{
    [Fact]
    public void Each_publisher_begins_with_one_and_goes_on_by_itself()
    {
        var publisherSequences = new PublisherSequences(2, []);
        Assert.Equal(1, publisherSequences.NextOf("a"));

        publisherSequences.Set("a", 1);

        Assert.Equal((2, 1), (publisherSequences.NextOf("a"), publisherSequences.NextOf("b")));
    }

    [Fact]
    public void So_many_are_known_and_those_go_on()
    {
        var publisherSequences = new PublisherSequences(2, []);
        publisherSequences.Set("a", 1);
        Assert.True(publisherSequences.HasRoomFor("b"));
        publisherSequences.Set("b", 1);

        Assert.False(publisherSequences.HasRoomFor("c"));
        Assert.True(publisherSequences.HasRoomFor("a"));
    }
}
