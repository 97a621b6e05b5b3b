using Akka.Actor;

namespace WsActors.Topics;

/// <summary>
/// The topics of a node, one actor for all: who is in them, and what they are told. Of presence and of a cluster it knows only its
/// followers: who shows who is there, and who carries what is published to other nodes, and what comes from there to it. One a system.
/// </summary>
internal sealed class TopicsActor : SharedActor
{
    /// <summary>A connection passes on what it was told; who told it is the sender.</summary>
    internal sealed record Asked(IActorRef Connection, string? User, Ws.ICommand Command);

    // Given from outside: a restart loses neither, and Akka keeps what is watched.
    private readonly Membership _membership;

    private readonly HashSet<IActorRef> _followers;

    public TopicsActor(Membership membership, HashSet<IActorRef> followers) => (_membership, _followers) = (membership, followers);

    public static Props PropsFor(TopicSettings settings) => Props.Create<TopicsActor>(new Membership(settings), new HashSet<IActorRef>());

    protected override void Handle(object message)
    {
        switch (message)
        {
            case Ws.Publish publish: Publish(publish); break;
            case Follower.Published published: TellMembers(published.Topic, published.Message, published.Publisher); break;
            case Asked { Command: Ws.Join join } asked: Join(asked, join); break;
            case Asked { Command: Ws.Leave leave } asked: Leave(leave.Topic, asked.Connection); break;
            case Terminated gone: Forget(gone.ActorRef); break;
            case Follower.Follow: Follow(Sender); break;
            case Follower.Unfollow: _followers.Remove(Context.Unwatch(Sender)); break;
            default: Unhandled(message); break;
        }
    }

    protected override void Refuse(object message, Exception cause)
    {
        if (message is Asked { Command: Ws.Join join } asked)
        {
            Answer(new Ws.JoinFailed(asked.Connection, join.Topic, "The topics failed; the server's log says why."), asked.Connection);
        }
    }

    private void Publish(Ws.Publish publish)
    {
        TellMembers(publish.Topic, publish.Message, Sender);
        TellFollowers(new Follower.Published(publish.Topic, publish.Message, Sender));
    }

    /// <summary>One message, and one set of bytes, for all of them. What becomes of it at each is that connection's affair.</summary>
    private void TellMembers(string topic, Ws.Send message, IActorRef publisher)
    {
        var shared = message.Prepare();
        foreach (var connection in _membership.Of(topic))
        {
            connection.Tell(shared, publisher);
        }
    }

    private void Join(Asked asked, Ws.Join join)
    {
        var connection = asked.Connection;
        if (_membership.WhyNot(connection, join) is { } reason)
        {
            Answer(new Ws.JoinFailed(connection, join.Topic, reason), connection);
            return;
        }

        if (!_membership.Has(connection))
        {
            Context.Watch(connection);
        }

        // Of a member that was there already, only what it shows is new.
        _membership.Remove(join.Topic, connection, out var before);
        var member = join.Presence is null ? Membership.Member.Anyone : new Membership.Member(asked.User, join.Presence);
        if (_membership.Add(join.Topic, connection, member) && before is null)
        {
            TellFollowers(new Follower.Occupied(join.Topic));
        }

        if (member.Presence is not null)
        {
            TellFollowers(new Follower.Came(join.Topic, connection, member.User, member.Presence));
        }
        else if (before is not null)
        {
            TellWent(join.Topic, connection, before);
        }

        Answer(new Ws.Joined(connection, join.Topic), connection);
    }

    private void Leave(string topic, IActorRef connection)
    {
        Remove(topic, connection);
        if (!_membership.Has(connection))
        {
            Context.Unwatch(connection);
        }
    }

    private void Forget(IActorRef connection)
    {
        foreach (var topic in _membership.TopicsOf(connection))
        {
            Remove(topic, connection);
        }

        _followers.Remove(connection);
    }

    private void Remove(string topic, IActorRef connection)
    {
        if (!_membership.Remove(topic, connection, out var member))
        {
            return;
        }

        TellWent(topic, connection, member);
        if (_membership.Of(topic).Count == 0)
        {
            TellFollowers(new Follower.Vacated(topic));
        }
    }

    private void Follow(IActorRef follower)
    {
        _followers.Add(Context.Watch(follower));
        foreach (var (topic, members) in _membership.Topics)
        {
            follower.Tell(new Follower.Occupied(topic));
            foreach (var (connection, member) in members.Where(static one => one.Value.Presence is not null))
            {
                follower.Tell(new Follower.Came(topic, connection, member.User, member.Presence!));
            }
        }
    }

    private void Answer(Ws.IEvent answer, IActorRef connection)
    {
        if (!Sender.IsNobody() && !Sender.Equals(Context.System.DeadLetters))
        {
            Sender.Tell(answer, connection);
        }
    }

    private void TellWent(string topic, IActorRef connection, Membership.Member member)
    {
        if (member.Presence is not null)
        {
            TellFollowers(new Follower.Went(topic, connection));
        }
    }

    private void TellFollowers(Follower.INews news)
    {
        foreach (var follower in _followers)
        {
            follower.Tell(news);
        }
    }
}
