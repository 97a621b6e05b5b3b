using Akka.Actor;
using Akka.TestKit;
using WsActors.Clustering;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>The members of a topic, on one node without a cluster.</summary>
public sealed class PresenceSpec : WebSocketSpec
{
    private readonly WebSocketTestKit _kit;

    public PresenceSpec() => _kit = Serve();

    private IActorRef Presences => Sys.WebSockets().Presence;

    [Fact]
    public void Only_members_with_presence_data_are_listed()
    {
        var ann = Member("fine");
        Member(mood: null);

        var memberList = Here();

        var member = Assert.Single(memberList.Members);
        Assert.Equal((ann.Connection, null, "fine"), (member.Connection, member.User, member.Data["mood"]));
        Assert.Equal((1, 1), (memberList.Connections, memberList.Users));
    }

    [Fact]
    public void A_topic_without_members_has_an_empty_list() => Assert.Empty(Here().Members);

    [Fact]
    public void A_watcher_is_told_the_list_and_then_joins_changes_and_leaves()
    {
        Member("fine");
        var watcher = Watch();
        Assert.Single(watcher.ExpectMsg<Presence.MemberList>().Members);

        var second = Member("well");
        Assert.Equal(second.Connection, watcher.ExpectMsg<Presence.Joined>().Member.Connection);
        Join(second, "better");
        Assert.Equal("better", watcher.ExpectMsg<Presence.Changed>().Member.Data["mood"]);
        second.Socket.Reset();

        var left = watcher.ExpectMsg<Presence.Left>();
        Assert.Equal((second.Connection, "better", "tea"), (left.Member.Connection, left.Member.Data["mood"], left.Topic));
    }

    [Fact]
    public void A_member_that_clears_its_presence_data_has_left()
    {
        var member = Member("fine");
        var watcher = Watch();
        watcher.ExpectMsg<Presence.MemberList>();

        Join(member, mood: null);

        watcher.ExpectMsg<Presence.Left>();
        Assert.Empty(Here().Members);
    }

    [Fact]
    public void Unwatch_ends_the_events()
    {
        var watcher = Watch();
        watcher.ExpectMsg<Presence.MemberList>();

        Presences.Tell(new Presence.Unwatch("tea"), watcher.Ref);
        Member("fine");

        Here();
        watcher.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_failing_message_or_a_restart_loses_no_watcher()
    {
        Member("fine");
        var watcher = Watch();
        watcher.ExpectMsg<Presence.MemberList>();

        Presences.Tell(new PresenceFeed.ChangeSource(null!), TestActor);
        ((IInternalActorRef)Presences).Restart(new InvalidOperationException("of the test"));

        Assert.Single(Here().Members);
        Member("well");
        Assert.Equal("well", watcher.ExpectMsg<Presence.Joined>().Member.Data["mood"]);
        Assert.Equal(2, Here().Members.Count);
    }

    [Fact]
    public void A_new_source_replaces_the_members_of_the_previous_one()
    {
        Member("fine");
        var (other, watcher) = (CreateTestProbe(), Watch());
        watcher.ExpectMsg<Presence.MemberList>();

        Presences.Tell(new PresenceFeed.ChangeSource(other.Ref), TestActor);
        other.ExpectMsg<PresenceFeed.Subscribe>();
        watcher.ExpectMsg<Presence.Left>();
        Member("well");
        other.Send(
            Presences,
            new PresenceFeed.MemberJoined
            {
                Topic = "tea",
                Connection = TestActor,
                User = "cy",
                PresenceData = new Dictionary<string, string>(),
            });

        Assert.Equal("cy", watcher.ExpectMsg<Presence.Joined>().Member.User);
        Assert.Equal("cy", Assert.Single(Here().Members).User);
    }

    private ClientProbe Member(string? mood)
    {
        var client = _kit.Connect();
        Join(client, mood);
        return client;
    }

    private void Join(ClientProbe client, string? mood)
    {
        client.Connection.Tell(
            new Ws.Join("tea") { PresenceData = mood is null ? null : new Dictionary<string, string> { ["mood"] = mood } }, TestActor);
        _kit.AwaitIdle();
    }

    private TestProbe Watch()
    {
        var watcher = CreateTestProbe();
        Presences.Tell(new Presence.Watch("tea"), watcher.Ref);
        return watcher;
    }

    private Presence.MemberList Here()
    {
        var asker = CreateTestProbe();
        Presences.Tell(new Presence.ListMembers("tea"), asker.Ref);
        return asker.ExpectMsg<Presence.MemberList>();
    }
}
