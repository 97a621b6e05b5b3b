using Akka.Actor;
using WsActors.Connection;

namespace WsActors.Tests;

/// <summary>The connections of each user: none is lost, none is kept.</summary>
public sealed class UserConnectionsTests : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public void Any_number_of_connections_of_a_user_come_and_go()
    {
        var users = new UserConnections();
        IActorRef[] all = [.. Enumerable.Range(0, 4).Select(_ => CreateTestProbe().Ref)];

        for (var count = 1; count <= all.Length; count++)
        {
            users.Add("ann", all[count - 1]);
            Assert.Equal(all[..count].ToHashSet(), users.Of("ann").ToHashSet());
        }

        for (var count = all.Length; count > 0; count--)
        {
            users.Remove("ann", all[count - 1]);
            users.Remove("ann", all[count - 1]);
            Assert.Equal(all[..(count - 1)].ToHashSet(), users.Of("ann").ToHashSet());
        }
    }

    [Fact]
    public void A_connection_is_removed_from_its_own_user_alone()
    {
        var users = new UserConnections();
        var (ann, bob) = (CreateTestProbe().Ref, CreateTestProbe().Ref);
        users.Add("ann", ann);
        users.Add("bob", bob);

        users.Remove("ann", bob);
        users.Remove("bob", bob);
        users.Remove("carl", bob);

        Assert.Equal([ann], users.Of("ann"));
        Assert.Empty(users.Of("bob"));
        users.Clear();
        Assert.Empty(users.Of("ann"));
    }
}
