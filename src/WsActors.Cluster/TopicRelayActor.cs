using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;
using WsActors.Topics;

namespace WsActors.Cluster;

/// <summary>
/// Carries what is published on this node to those that have members of the topic, once each, and what comes from there to this node's
/// topics. It subscribes to a topic as long as this node has a member of it, however many: DistributedPubSub keeps an actor a topic and
/// node, and none a member. One a system.
/// </summary>
internal sealed class TopicRelayActor(IActorRef topics) : SharedActor
{
    /// <summary>Keeps our topics apart from others that the same mediator knows.</summary>
    private const string Prefix = "ws-actors/";

    private readonly IActorRef _mediator = DistributedPubSub.Get(Context.System).Mediator;

    public static Props PropsFor(IActorRef topics) => Props.Create<TopicRelayActor>(topics);

    protected override void PreStart() => topics.Tell(Follower.Follow.Instance, Self);

    protected override void Handle(object message)
    {
        switch (message)
        {
            case Follower.Published published when Sender.Equals(topics):
                _mediator.Tell(new Publish(Prefix + published.Topic, published), Self);
                break;
            case Follower.Published when Sender.Equals(Self): break; // Our own members have it.
            case Follower.Published: topics.Tell(message, Self); break;
            case Follower.Occupied occupied: _mediator.Tell(new Subscribe(Prefix + occupied.Topic, Self), Self); break;
            case Follower.Vacated vacated: _mediator.Tell(new Unsubscribe(Prefix + vacated.Topic, Self), Self); break;
            case Follower.Came or Follower.Went or SubscribeAck or UnsubscribeAck: break;
            default: Unhandled(message); break;
        }
    }
}
