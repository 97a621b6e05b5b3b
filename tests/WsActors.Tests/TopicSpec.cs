using Akka.Actor;
using WsActors.Clustering;
using WsActors.Messages;
using WsActors.TestKit;
using WsActors.Topics;

namespace WsActors.Tests;

/// <summary>Topics on one node: a publish reaches the topic's members, in order, and no other connection.</summary>
public sealed class TopicSpec : WebSocketSpec
{
    private readonly WebSocketTestKit _kit;

    public TopicSpec()
        : base("ws-actors.topics { max-name-size = 8B, max-per-connection = 2, max-presence-size = 8B }") =>
        _kit = Serve(static options => options with { SendQueue = options.SendQueue with { MaxBytes = 1000 } });

    private IActorRef Topics => Sys.WebSockets().Topics;

    [Fact]
    public void A_publish_reaches_every_member_and_no_other_connection()
    {
        var (one, other, elsewhere) = (Member("tea"), Member("tea"), Member("coffee"));

        Publish("tea", "hi");

        one.ExpectText("hi");
        other.ExpectText("hi");
        elsewhere.ExpectNothing();
    }

    [Fact]
    public void Messages_of_one_publisher_arrive_in_order()
    {
        var member = Member("tea");

        for (var i = 0; i < 100; i++)
        {
            Publish("tea", $"{i}");
        }

        for (var i = 0; i < 100; i++)
        {
            member.ExpectText($"{i}");
        }
    }

    [Fact]
    public void A_member_that_has_left_gets_no_messages()
    {
        var member = Member("tea");
        member.Connection.Tell(new Ws.Leave("tea"), TestActor);
        _kit.AwaitIdle();

        Publish("tea", "hi");

        member.ExpectNothing();
    }

    [Fact]
    public void A_second_join_has_no_effect()
    {
        var member = Member("tea");
        Assert.Equal("tea", Join(member, "tea").Topic);

        Publish("tea", "once");

        member.ExpectText("once");
        member.ExpectNothing();
    }

    [Fact]
    public void A_name_has_no_wildcards()
    {
        var (star, tea) = (Member("*"), Member("tea"));

        Publish("*", "hi");

        star.ExpectText("hi");
        tea.ExpectNothing();
    }

    [Theory]
    [InlineData("")]
    [InlineData("123456789")]
    [InlineData("1234567é")]
    [InlineData("\ud800")]
    [InlineData("a\udc00")]
    public void A_bad_name_is_refused(string name)
    {
        var client = Connect();

        client.Connection.Tell(new Ws.Join(name), TestActor);

        Assert.Contains("ws-actors.topics.max-name-size", ExpectMsg<Ws.JoinFailed>().Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("12345678")]
    [InlineData("123456é")]
    [InlineData("\ud83d\ude00")]
    public void The_longest_name_is_accepted(string name)
    {
        var member = Member(name);

        Publish(name, "hi");

        member.ExpectText("hi");
    }

    [Fact]
    public void A_connection_joins_at_most_the_configured_number_of_topics()
    {
        var member = Member("one");
        Join(member, "two");

        member.Connection.Tell(new Ws.Join("three"), TestActor);
        Assert.Contains("at most 2", ExpectMsg<Ws.JoinFailed>().Reason, StringComparison.Ordinal);
        Join(member, "two");
        member.Connection.Tell(new Ws.Leave("two"), TestActor);
        Join(member, "three");
    }

    [Fact]
    public void Presence_data_is_bounded()
    {
        var member = Connect();

        member.Connection.Tell(new Ws.Join("tea") { PresenceData = new Dictionary<string, string> { ["a"] = "12345678" } }, TestActor);
        ExpectMsg<Ws.JoinFailed>();
        member.Connection.Tell(new Ws.Join("tea") { PresenceData = new Dictionary<string, string> { ["a"] = "1234567" } }, TestActor);
        ExpectMsg<Ws.Joined>();
    }

    [Fact]
    public void A_slow_member_follows_the_messages_overflow_policy_and_delays_no_one()
    {
        var (slow, quick) = (Member("tea"), Member("tea"));
        slow.Socket.StopReading();

        for (var i = 0; i < 5; i++)
        {
            Topics.Tell(new Ws.Publish("tea", Ws.Send.Binary(new byte[400]) with { Overflow = Ws.OverflowPolicy.Drop }), TestActor);
            Assert.Equal(400, quick.ExpectBinary().Length);
        }

        Handler.Expect<Ws.Congested>();
        Handler.Expect<Ws.Dropped>();
    }

    [Fact]
    public void A_publisher_with_an_ack_is_told_of_each_member()
    {
        Member("tea");
        Member("tea");

        Topics.Tell(new Ws.Publish("tea", Ws.Send.Text("hi") with { Ack = "taken" }), TestActor);

        ExpectMsg("taken");
        ExpectMsg("taken");
    }

    [Fact]
    public void A_closed_member_is_removed_and_its_empty_topic_with_it()
    {
        var follower = Follow();
        var member = Member("tea");
        follower.ExpectMsg(new TopicFeed.TopicCreated("tea"));

        member.Socket.Reset();

        follower.ExpectMsg(new TopicFeed.TopicEmptied("tea"));
        Publish("tea", "hi");
        follower.ExpectMsg<TopicFeed.Published>();
    }

    [Fact]
    public void A_new_feed_is_told_existing_topics_and_members_with_presence_data()
    {
        var shows = new Dictionary<string, string> { ["n"] = "Ann" };
        var member = Member("tea");

        var follower = Follow();
        follower.ExpectMsg(new TopicFeed.TopicCreated("tea"));
        member.Connection.Tell(new Ws.Join("tea") { PresenceData = shows }, TestActor);
        var memberJoined = follower.ExpectMsg<PresenceFeed.MemberJoined>();
        Assert.Equal(("tea", member.Connection, "Ann"), (memberJoined.Topic, memberJoined.Connection, memberJoined.PresenceData["n"]));

        var second = Follow();
        second.ExpectMsg(new TopicFeed.TopicCreated("tea"));
        second.ExpectMsg<PresenceFeed.MemberJoined>();
        Topics.Tell(TopicFeed.Unsubscribe.Instance, follower.Ref);
        member.Connection.Tell(new Ws.Leave("tea"), TestActor);
        second.ExpectMsg(new PresenceFeed.MemberLeft { Topic = "tea", Connection = member.Connection });
        second.ExpectMsg(new TopicFeed.TopicEmptied("tea"));
        follower.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_join_of_a_closing_connection_fails()
    {
        var client = Connect();
        client.Connection.Tell(new Ws.Close(), TestActor);

        client.Connection.Tell(new Ws.Join("tea"), TestActor);

        ExpectMsg<Ws.JoinFailed>();
    }

    [Fact]
    public void A_failing_message_affects_no_member()
    {
        var follower = Follow();
        var member = Member("tea");
        follower.ExpectMsg(new TopicFeed.TopicCreated("tea"));

        Topics.Tell(new TopicMessages.Relayed("tea", null!, TestActor), TestActor);
        Topics.Tell(new TopicsActor.MemberCommand(null!, null, new Ws.Join("tea")), TestActor);

        Assert.Contains("log", ExpectMsg<Ws.JoinFailed>().Reason, StringComparison.Ordinal);
        Publish("tea", "hi");
        member.ExpectText("hi");
        Assert.Equal("tea", follower.ExpectMsg<TopicFeed.Published>().Topic);
    }

    [Fact]
    public void A_restart_of_the_topics_loses_no_member_and_no_subscriber()
    {
        var follower = Follow();
        var member = Member("tea");
        follower.ExpectMsg(new TopicFeed.TopicCreated("tea"));

        ((IInternalActorRef)Topics).Restart(new InvalidOperationException("of the test"));
        Publish("tea", "hi");

        member.ExpectText("hi");
        follower.ExpectMsg<TopicFeed.Published>();
        member.Socket.Reset();
        follower.ExpectMsg(new TopicFeed.TopicEmptied("tea"));
    }

    [Theory]
    [InlineData(0xD800, 'b')]
    [InlineData('a', 0xDC00)]
    public void Presence_data_is_text(int first, int second)
    {
        var member = Connect();
        var (key, value) = ($"{(char)first}", $"{(char)second}");

        member.Connection.Tell(new Ws.Join("tea") { PresenceData = new Dictionary<string, string> { [key] = value } }, TestActor);

        Assert.Contains("surrogate", ExpectMsg<Ws.JoinFailed>().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Null_is_refused_by_the_constructors()
    {
        var shows = new Dictionary<string, string> { ["mood"] = null! };

        var refused = Assert.Throws<ArgumentException>(() => new Ws.Join("tea") { PresenceData = shows });
        Assert.Contains("null", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Ws.Join("tea") with { PresenceData = shows });
        Assert.Throws<ArgumentNullException>(static () => new Ws.Join(null!));
        Assert.Throws<ArgumentNullException>(static () => new Ws.Leave(null!));
        Assert.Throws<ArgumentNullException>(static () => new Ws.Publish(null!, Ws.Send.Text("hi")));
        Assert.Throws<ArgumentNullException>(static () => new Ws.Publish("tea", null!));
        Assert.Throws<ArgumentNullException>(static () => new Presence.ListMembers(null!));
        Assert.Throws<ArgumentNullException>(static () => new Presence.Watch(null!));
        Assert.Throws<ArgumentNullException>(static () => new Presence.Unwatch("tea") with { Topic = null! });
    }

    [Fact]
    public void Presence_data_is_copied_from_the_dictionary()
    {
        var shows = new Dictionary<string, string> { ["mood"] = "fine" };
        var join = new Ws.Join("tea") { PresenceData = shows };

        shows["mood"] = "bad";

        Assert.Equal("fine", join.PresenceData["mood"]);
        Assert.True(((IDictionary<string, string>)join.PresenceData).IsReadOnly);
    }

    private ClientProbe Connect()
    {
        var client = _kit.Connect();
        Handler.ExpectOpened();
        return client;
    }

    private ClientProbe Member(string topic)
    {
        var client = Connect();
        Join(client, topic);
        return client;
    }

    private Ws.Joined Join(ClientProbe client, string topic)
    {
        client.Connection.Tell(new Ws.Join(topic), TestActor);
        return FishForMessage<Ws.Joined>(_ => true);
    }

    private Akka.TestKit.TestProbe Follow()
    {
        var follower = CreateTestProbe();
        Topics.Tell(TopicFeed.Subscribe.Instance, follower.Ref);
        _kit.AwaitIdle();
        return follower;
    }

    private void Publish(string topic, string text) => Topics.Tell(new Ws.Publish(topic, Ws.Send.Text(text)), TestActor);

    [Fact]
    public void A_stream_cannot_be_published() =>
        Assert.Throws<ArgumentException>(
            static () => new Ws.Publish("news", Ws.Send.Stream(Protocol.Messages.MessageKind.Text, Nothing())));

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Nothing()
    {
        await Task.CompletedTask;
        yield break;
    }
}
