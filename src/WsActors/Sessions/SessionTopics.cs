using Akka.Actor;
using WsActors.Topics;

namespace WsActors.Sessions;

/// <summary>The topics of a session, joined again on the node where it continues. Owned by its session.</summary>
internal sealed class SessionTopics(SessionActor session, Ws.Opened opened)
{
    /// <summary>The joins by topic; null before the first join.</summary>
    private Dictionary<string, Ws.Join>? _topics;

    public IReadOnlyCollection<Ws.Join> All => _topics is null ? [] : _topics.Values;

    public void Join(Ws.Join join, IActorRef asker)
    {
        if (IsRemembered(join))
        {
            (_topics ??= new Dictionary<string, Ws.Join>(StringComparer.Ordinal))[join.Topic] = join;
        }

        Tell(join, asker);
    }

    // A join that the topics actor refuses must not be repeated on another node.
    private bool IsRemembered(Ws.Join join)
    {
        var settings = session.Host.TopicSettings;
        return TopicMembership.CheckJoin(join, settings) is null
            && (_topics is null || _topics.Count < settings.MaxPerConnection || _topics.ContainsKey(join.Topic));
    }

    public void Leave(Ws.Leave leave, IActorRef asker)
    {
        _topics?.Remove(leave.Topic);
        Tell(leave, asker);
    }

    private void Tell(Ws.ICommand command, IActorRef asker) =>
        session.Host.Topics.Tell(new TopicsActor.MemberCommand(session.Ref, opened.User, command), asker);
}
