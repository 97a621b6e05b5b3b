using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;
using WsActors.Clustering;

namespace WsActors.Cluster;

/// <summary>
/// The backplane of topics over DistributedPubSub, which keeps one subscriber for each topic and node, and none for each member. Any
/// thread.
/// </summary>
/// <param name="mediator">The mediator of this node.</param>
/// <param name="acks">Gets the mediator's acknowledgements of subscriptions.</param>
internal sealed class PubSubBackplane(IActorRef mediator, IActorRef acks) : ITopicBackplane
{
    /// <summary>The prefix that separates these topics from other topics of the same mediator.</summary>
    private const string Prefix = "ws-actors/";

    public void Start(IActorRef relay) => mediator.Tell(new Put(relay), relay);

    public void Subscribe(string topic, IActorRef relay) => mediator.Tell(new Subscribe(Prefix + topic, relay), acks);

    public void Unsubscribe(string topic, IActorRef relay) => mediator.Tell(new Unsubscribe(Prefix + topic, relay), acks);

    public void Publish(string topic, object message, IActorRef relay) => mediator.Tell(new Publish(Prefix + topic, message), relay);

    // Through the mediator, as the publishes before it.
    public void SendToOthers(object message, IActorRef relay) =>
        mediator.Tell(new SendToAll(relay.Path.ToStringWithoutAddress(), message, excludeSelf: true), relay);
}
