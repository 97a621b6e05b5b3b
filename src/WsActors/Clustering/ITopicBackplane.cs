using Akka.Actor;

namespace WsActors.Clustering;

/// <summary>
/// Carries the messages of topic relays between the nodes of a cluster. A cluster extension implements it and passes it to
/// <see cref="ClusterNode.StartTopicRelay"/>. The relay of the node calls it, on its own thread. The relay is the sender of all messages,
/// and messages to one node arrive in order or are lost.
/// </summary>
public interface ITopicBackplane
{
    /// <summary>The relay has started: from now on it gets what the relays of other nodes send to others.</summary>
    void Start(IActorRef relay);

    /// <summary>The node has members of a topic: the relay gets what is published to it.</summary>
    void Subscribe(string topic, IActorRef relay);

    /// <summary>The node has no members of a topic any more.</summary>
    void Unsubscribe(string topic, IActorRef relay);

    /// <summary>Sends a message once to each relay that has subscribed to a topic. The sending relay may get it, too.</summary>
    void Publish(string topic, object message, IActorRef relay);

    /// <summary>Sends a message to the relays of all other nodes, behind all that was published before it.</summary>
    void SendToOthers(object message, IActorRef relay);
}
