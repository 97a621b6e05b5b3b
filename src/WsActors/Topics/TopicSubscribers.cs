using Akka.Actor;

namespace WsActors.Topics;

/// <summary>The subscribers of a node's topics. Owned by the topics actor.</summary>
internal sealed class TopicSubscribers
{
    /// <summary>The subscribers, and whether each is a relay of publishes.</summary>
    private readonly Dictionary<IActorRef, bool> _all = [];

    public void Add(IActorRef subscriber, bool isRelay) => _all[subscriber] = isRelay;

    public void Remove(IActorRef subscriber) => _all.Remove(subscriber);

    public void TellAll(object memberEvent)
    {
        foreach (var subscriber in _all.Keys)
        {
            subscriber.Tell(memberEvent);
        }
    }

    public void TellRelays(object topicEvent)
    {
        foreach (var relay in Relays)
        {
            relay.Tell(topicEvent);
        }
    }

    /// <summary>Passes a publish to the relays. It counts in its publisher's backlog until they have sent it.</summary>
    public void Relay(Publication publication, IActorRef topics)
    {
        foreach (var relay in Relays)
        {
            if (publication.TryCount())
            {
                relay.Tell(new TopicFeed.Published(publication), topics);
            }
        }
    }

    private IEnumerable<IActorRef> Relays => _all.Where(static one => one.Value).Select(static one => one.Key);
}
