using Akka.Actor;

namespace WsActors.Topics;

/// <summary>Who follows the topics of a node. Owned by the topics actor.</summary>
internal sealed class Followers
{
    /// <summary>And whether it carries what is published.</summary>
    private readonly Dictionary<IActorRef, bool> _all = [];

    public void Add(IActorRef follower, Follower.Follow follow) => _all[follower] = follow.CarriesMessages;

    public void Remove(IActorRef follower) => _all.Remove(follower);

    public void Tell(Follower.INews news)
    {
        foreach (var follower in _all.Keys)
        {
            follower.Tell(news);
        }
    }

    /// <summary>Has a publish carried elsewhere; it counts for its publisher until that is done.</summary>
    public void Carry(Publication publication, IActorRef topics)
    {
        foreach (var (follower, carries) in _all)
        {
            if (carries && publication.TryCount())
            {
                var published = new Follower.Published(publication.Topic, publication.Message, publication.Publisher) { Counted = publication };
                follower.Tell(published, topics);
            }
        }
    }
}
