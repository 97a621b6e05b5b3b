using Akka.Actor;
using WsActors.Server.Samples;

namespace WsActors.EndToEnd.Tests.Samples;

/// <summary>What one in a room is told of the names there.</summary>
public sealed class ChatRosterTests
{
    private static readonly IActorRef Ann = Nobody("ann"), Bob = Nobody("bob");

    private readonly ChatRoster _roster = new();

    [Fact]
    public void Who_comes_is_told_of_once_and_so_is_who_goes()
    {
        Assert.Equal([new Chat.Joined("Ann")], _roster.Set(Ann, "Ann"));
        Assert.Empty(_roster.Set(Ann, "Ann"));
        Assert.Equal(["Ann"], _roster.Names);

        Assert.Equal([new Chat.Left("Ann")], _roster.Remove(Ann));
        Assert.Empty(_roster.Remove(Ann));
        Assert.Empty(_roster.Names);
    }

    [Fact]
    public void Of_two_of_one_name_the_second_is_not_told_of_and_the_last_to_go_takes_it_along()
    {
        _roster.Set(Ann, "Ann");

        Assert.Empty(_roster.Set(Bob, "ann"));
        Assert.Equal(["Ann"], _roster.Names);
        Assert.Empty(_roster.Remove(Ann));
        Assert.Equal([new Chat.Left("Ann")], _roster.Remove(Bob));
    }

    [Fact]
    public void Who_takes_another_name_joins_by_it_and_leaves_by_the_old_one_that_nobody_else_has()
    {
        _roster.Set(Ann, "Ann");
        _roster.Set(Bob, "Ann");

        Assert.Equal([new Chat.Joined("Ann-2")], _roster.Set(Bob, "Ann-2"));
        Assert.Equal([new Chat.Joined("Bob"), new Chat.Left("Ann-2")], _roster.Set(Bob, "Bob"));
    }

    [Fact]
    public void A_name_that_is_taken_gets_the_first_number_that_is_free()
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
