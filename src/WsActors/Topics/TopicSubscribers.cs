using Akka.Actor;

namespace WsActors.Topics;

/// <summary>The subscribers of a node's topics. Owned by the topics actor.</summary>
internal sealed class TopicSubscribers
{
    /// <summary>And whether it carries what is published.</summary>
    private readonly Dictionary<IActorRef, bool> _all = [];

    public void Add(IActorRef follower, TopicFeed.Subscribe subscribe) => _all[follower] = subscribe.IncludesPublishes;

    public void Remove(IActorRef follower) => _all.Remove(follower);

    public void Tell(TopicFeed.IEvent news)
    {
        foreach (var follower in _all.Keys)
        {
            follower.Tell(news);
        }
    }

    /// <summary>Has a publish carried elsewhere; it counts for its publisher until that is done.</summary>
    public void Relay(Publication publication, IActorRef topics)
    {
        foreach (var (follower, carries) in _all)
        {
            if (carries && publication.TryCount())
            {
                follower.Tell(new TopicFeed.Published(publication), topics);
            }
        }
    }
}
