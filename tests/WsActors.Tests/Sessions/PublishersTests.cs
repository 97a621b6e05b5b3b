using WsActors.Sessions;

namespace WsActors.Tests.Sessions;

/// <summary>How far each publisher has got.</summary>
public sealed class PublishersTests
{
    [Fact]
    public void Each_publisher_begins_with_one_and_goes_on_by_itself()
    {
        var publishers = new Publishers(2, []);
        Assert.Equal(1, publishers.NextOf("a"));

        publishers.Note("a", 1);

        Assert.Equal((2, 1), (publishers.NextOf("a"), publishers.NextOf("b")));
    }

    [Fact]
    public void So_many_are_known_and_those_go_on()
    {
        var publishers = new Publishers(2, []);
        publishers.Note("a", 1);
        Assert.True(publishers.HasRoomFor("b"));
        publishers.Note("b", 1);

        Assert.False(publishers.HasRoomFor("c"));
        Assert.True(publishers.HasRoomFor("a"));
    }
}
