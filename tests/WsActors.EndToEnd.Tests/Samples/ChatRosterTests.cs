using Akka.Actor;
using WsActors.Server.Samples;

namespace WsActors.EndToEnd.Tests.Samples;

/// <summary>The names of a room, as one person is told them.</summary>
public sealed class ChatRosterTests
{
    private static readonly IActorRef Ann = Nobody("ann"), Bob = Nobody("bob");

    private readonly ChatRoster _roster = new();

    [Fact]
    public void Joins_and_leaves_are_told_once()
    {
        Assert.Equal([new Chat.Joined("Ann")], _roster.Set(Ann, "Ann"));
        Assert.Empty(_roster.Set(Ann, "Ann"));
        Assert.Equal(["Ann"], _roster.Names);

        Assert.Equal([new Chat.Left("Ann")], _roster.Remove(Ann));
        Assert.Empty(_roster.Remove(Ann));
        Assert.Empty(_roster.Names);
    }

    [Fact]
    public void Of_two_with_one_name_the_second_join_and_the_first_leave_are_not_told()
    {
        _roster.Set(Ann, "Ann");

        Assert.Empty(_roster.Set(Bob, "ann"));
        Assert.Equal(["Ann"], _roster.Names);
        Assert.Empty(_roster.Remove(Ann));
        Assert.Equal([new Chat.Left("Ann")], _roster.Remove(Bob));
    }

    [Fact]
    public void A_rename_is_told_as_a_join_and_a_leave_of_an_unshared_name()
    {
        _roster.Set(Ann, "Ann");
        _roster.Set(Bob, "Ann");

        Assert.Equal([new Chat.Joined("Ann-2")], _roster.Set(Bob, "Ann-2"));
        Assert.Equal([new Chat.Joined("Bob"), new Chat.Left("Ann-2")], _roster.Set(Bob, "Bob"));
    }

    [Fact]
    public void A_taken_name_gets_the_first_free_number()
    {
        Assert.Equal("Ann", _roster.Free("Ann"));
        _roster.Set(Ann, "Ann");
        _roster.Set(Bob, "ann-3");

        Assert.Equal("ann-2", _roster.Free("ann"));
        _roster.Set(Ann, "Ann-2");
        _roster.Set(Nobody("cy"), "Ann");
        Assert.Equal("Ann-4", _roster.Free("Ann"));
    }

    private static EmptyLocalActorRef Nobody(string name) => new(null!, ActorPath.Parse($"akka://test/user/{name}"), null!);
}
