using Akka.Actor;
using Akka.TestKit;
using WsActors.Clustering;
using WsActors.Messages;
using WsActors.TestKit;
using WsActors.Topics;

namespace WsActors.Tests;

/// <summary>The relay of publishes between nodes, over a backplane that the test plays.</summary>
public sealed class TopicRelaySpec : Akka.TestKit.Xunit2.TestKit, ITopicBackplane
{
    private readonly TestProbe _backplane;

    private readonly TestProbe _topics;

    private readonly IActorRef _relay;

    public TopicRelaySpec()
        : base(WebSocketTestKit.Setup)
    {
        (_backplane, _topics) = (CreateTestProbe(), CreateTestProbe());
        _relay = Sys.ActorOf(TopicRelayActor.PropsFor(_topics.Ref, this));
        _topics.ExpectMsg<TopicFeed.Subscribe>();
        Assert.Equal("start", _backplane.ExpectMsg<string>());
    }

    void ITopicBackplane.Start(IActorRef relay) => _backplane.Ref.Tell("start");

    void ITopicBackplane.Subscribe(string topic, IActorRef relay) => _backplane.Ref.Tell($"subscribe {topic}");

    void ITopicBackplane.Unsubscribe(string topic, IActorRef relay) => _backplane.Ref.Tell($"unsubscribe {topic}");

    void ITopicBackplane.Publish(string topic, object message, IActorRef relay) => _backplane.Ref.Tell(message, relay);

    void ITopicBackplane.SendToOthers(object message, IActorRef relay) => _backplane.Ref.Tell(message, relay);

    [Fact]
    public void Topic_is_subscribed_while_the_node_has_members()
    {
        _relay.Tell(new TopicFeed.TopicCreated("tea"), _topics.Ref);
        Assert.Equal("subscribe tea", _backplane.ExpectMsg<string>());
        _relay.Tell(new TopicFeed.TopicEmptied("tea"), _topics.Ref);
        Assert.Equal("unsubscribe tea", _backplane.ExpectMsg<string>());
    }

    [Fact]
    public void Publish_of_this_node_goes_to_the_backplane_and_leaves_the_backlog()
    {
        var backlog = PublishBytes(1);

        Assert.Equal("tea", _backplane.ExpectMsg<TopicMessages.Relayed>().Topic);
        AwaitCondition(() => backlog.Bytes == 0);
    }

    [Fact]
    public void Publishes_wait_while_a_node_is_behind_until_it_is_removed()
    {
        PublishBytes((int)RelayWindow.MaxBytes);
        _backplane.ExpectMsg<TopicMessages.Relayed>();
        _backplane.ExpectMsg<TopicMessages.Mark>();
        _relay.Tell(new TopicMessages.MarkTaken(0), TestActor); // A node counts once it has answered a mark.
        var backlog = PublishBytes(1);
        AwaitRelay();
        _backplane.ExpectNoMsg(TimeSpan.Zero);
        Assert.NotEqual(0, backlog.Bytes);

        _relay.Tell(new TopicRelayActor.NodeRemoved(TestActor.Path.Address));

        _backplane.ExpectMsg<TopicMessages.Relayed>();
        AwaitCondition(() => backlog.Bytes == 0);
    }

    [Fact]
    public void Publish_of_another_node_goes_to_the_topics_and_its_mark_is_answered_once_it_is_taken()
    {
        var other = CreateTestProbe();
        _relay.Tell(new TopicMessages.Relayed("tea", Ws.Send.Binary(new byte[RelayWindow.MaxBytes]), TestActor), other.Ref);
        var publication = _topics.ExpectMsg<Publication>();
        _relay.Tell(new TopicMessages.Mark(7), other.Ref);
        AwaitRelay();
        other.ExpectNoMsg(TimeSpan.Zero);

        publication.Complete();

        Assert.Equal(7, other.ExpectMsg<TopicMessages.MarkTaken>().Number);
    }

    /// <summary>The relay has handled all messages until now, and told the probes.</summary>
    private void AwaitRelay()
    {
        _relay.Tell(new Identify(null), TestActor);
        ExpectMsg<ActorIdentity>();
    }

    private PublishBacklog PublishBytes(int bytes)
    {
        var backlog = new PublishBacklog();
        var publication = new Publication("tea", Ws.Send.Binary(new byte[bytes]), TestActor, backlog);
        Assert.True(publication.TryCount());
        _relay.Tell(new TopicFeed.Published(publication), _topics.Ref);
        return backlog;
    }
}
