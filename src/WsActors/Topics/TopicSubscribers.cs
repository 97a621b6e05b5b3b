using Akka.Actor;

namespace WsActors.Topics;

/// <summary>The subscribers of a node's topics. Owned by the topics actor.</summary>
internal sealed class TopicSubscribers
{
    /// <summary>The subscribers, each with <see cref="TopicFeed.Subscribe.IncludesPublishes"/>.</summary>
    private readonly Dictionary<IActorRef, bool> _all = [];

    public void Add(IActorRef subscriber, TopicFeed.Subscribe subscribe) => _all[subscriber] = subscribe.IncludesPublishes;

    public void Remove(IActorRef subscriber) => _all.Remove(subscriber);

    public void Tell(TopicFeed.IEvent topicEvent)
    {
        foreach (var subscriber in _all.Keys)
        {
            subscriber.Tell(topicEvent);
        }
    }

    /// <summary>Passes a publish to the relays. It counts in its publisher's backlog until they have sent it.</summary>
    public void Relay(Publication publication, IActorRef topics)
    {
        foreach (var (subscriber, includesPublishes) in _all)
        {
            if (includesPublishes && publication.TryCount())
            {
                subscriber.Tell(new TopicFeed.Published(publication), topics);
            }
        }
    }
}
