using Akka.Actor;

namespace WsActors.Topics;

/// <summary>
/// The topics of a node, one actor for all: who is in them, and what they are told. Of presence and of a cluster it knows only its
/// followers: who shows who is there, and who carries what is published to other nodes, and what comes from there to it. One a system.
/// </summary>
internal sealed class TopicsActor : SharedActor
{
    /// <summary>A connection passes on what it was told; who told it is the sender.</summary>
    internal sealed record Asked(IActorRef Connection, string? User, Ws.ICommand Command) : INoSerializationVerificationNeeded;

    // Given from outside: a restart loses neither, and Akka keeps what is watched.
    private readonly Membership _membership;

    private readonly Followers _followers;

    private readonly PublishBacklogs _backlogs;

    public TopicsActor(Membership membership, Followers followers, PublishBacklogs backlogs) =>
        (_membership, _followers, _backlogs) = (membership, followers, backlogs);

    public static Props PropsFor(TopicSettings settings, PublishBacklogs backlogs) =>
        Props.Create<TopicsActor>(new Membership(settings), new Followers(), backlogs);

    protected override void Handle(object message)
    {
        switch (message)
        {
            case Publication publication: Publish(publication); break;
            case DeliveryWindow window: Taken(window); break;
            case Ws.Publish publish: PublishFromElsewhere(publish); break;
            case Asked { Command: Ws.Join join } asked: Join(asked, join); break;
            case Asked { Command: Ws.Leave leave } asked: Leave(leave.Topic, asked.Connection); break;
            case Terminated gone: Forget(gone.ActorRef); break;
            case Follower.Follow follow: Follow(Sender, follow); break;
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

    // What is published.

    /// <summary>Told by another node, past <see cref="TopicsRef"/>.</summary>
    private void PublishFromElsewhere(Ws.Publish publish)
    {
        if (_backlogs.Take(publish, Sender, Self) is { } publication)
        {
            Publish(publication);
        }
    }

    /// <summary>Goes out at once, or waits behind what waits already: once, however many members there are.</summary>
    private void Publish(Publication publication)
    {
        if (_membership.Find(publication.Topic) is { IsOpen: false } topic)
        {
            topic.Enqueue(publication);
        }
        else
        {
            Deliver(publication, _membership.Find(publication.Topic));
        }
    }

    /// <summary>One message, and one set of bytes, for all of them. What becomes of it at each is that connection's affair.</summary>
    private void Deliver(Publication publication, Topic? topic)
    {
        try
        {
            if (publication.Backlogs is not null)
            {
                _followers.Carry(publication, Self);
            }

            if (topic is not null)
            {
                TellMembers(topic, publication, publication.Message.Prepare());
            }
        }
        finally
        {
            publication.Taken();
        }
    }

    private void TellMembers(Topic topic, Publication publication, Ws.Send shared)
    {
        foreach (var (window, member) in topic.Members)
        {
            if (publication.Number > 0 && publication.Number <= member.Since)
            {
                continue;
            }

            var wasFull = window.IsFull;
            window.Tell(shared, publication.Publisher, Self);
            if (!wasFull && window.IsFull)
            {
                foreach (var one in window.Topics)
                {
                    one.Behind++;
                }
            }
        }
    }

    /// <summary>A member has taken what it was told: the topics that waited for it go on.</summary>
    private void Taken(DeliveryWindow window)
    {
        var wasFull = window.IsFull;
        window.Taken(Self);
        if (wasFull && !window.IsFull)
        {
            foreach (var topic in window.Topics)
            {
                topic.Behind--;
                LineUp(topic);
            }

            DeliverWaiting();
        }
    }

    private void LineUp(Topic topic)
    {
        if (topic is { Behind: 0, HasWaiting: true, IsReady: false })
        {
            topic.IsReady = true;
            _membership.Ready.Enqueue(topic);
        }
    }

    private void DeliverWaiting()
    {
        while (_membership.Ready.TryDequeue(out var topic))
        {
            topic.IsReady = false;
            if (topic is { Behind: 0, HasWaiting: true })
            {
                Deliver(topic.Dequeue(), topic);
                LineUp(topic);
            }
        }
    }

    // Who is a member.

    private void Join(Asked asked, Ws.Join join)
    {
        var connection = asked.Connection;
        if (_membership.WhyNot(connection, join) is { } reason)
        {
            Answer(new Ws.JoinFailed(connection, join.Topic, reason), connection);
            return;
        }

        var window = _membership.WindowOf(connection) ?? new DeliveryWindow(Context.Watch(connection));

        // Of a member that was there already, only what it shows is new.
        var member = join.Presence is null ? Membership.Member.Anyone : new Membership.Member(asked.User, join.Presence);
        if (_membership.Add(join.Topic, window, member, out var before))
        {
            _followers.Tell(new Follower.Occupied(join.Topic));
        }

        if (member.Presence is not null)
        {
            _followers.Tell(new Follower.Came(join.Topic, connection, member.User, member.Presence));
        }
        else if (before is not null)
        {
            TellWent(join.Topic, connection, before);
        }

        Answer(new Ws.Joined(connection, join.Topic), connection);
    }

    private void Leave(string name, IActorRef connection)
    {
        if (_membership.WindowOf(connection) is { } window && _membership.Find(name) is { } topic)
        {
            Remove(topic, window);
            DeliverWaiting();
            if (window.Topics.Count == 0)
            {
                Context.Unwatch(connection);
            }
        }
    }

    private void Forget(IActorRef connection)
    {
        if (_membership.WindowOf(connection) is { } window)
        {
            foreach (var topic in window.Topics.ToArray())
            {
                Remove(topic, window);
            }

            DeliverWaiting();
        }

        _followers.Remove(connection);
    }

    private void Remove(Topic topic, DeliveryWindow window)
    {
        if (_membership.Remove(topic, window) is not { } member)
        {
            return;
        }

        // Others may have waited for this one.
        LineUp(topic);
        TellWent(topic.Name, window.Connection, member);
        if (topic.Members.Count == 0)
        {
            _followers.Tell(new Follower.Vacated(topic.Name));
        }
    }

    private void Follow(IActorRef follower, Follower.Follow follow)
    {
        _followers.Add(Context.Watch(follower), follow);
        foreach (var topic in _membership.Topics)
        {
            follower.Tell(new Follower.Occupied(topic.Name));
            foreach (var (window, member) in topic.Members.Where(static one => one.Value.Presence is not null))
            {
                follower.Tell(new Follower.Came(topic.Name, window.Connection, member.User, member.Presence!));
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
            _followers.Tell(new Follower.Went(topic, connection));
        }
    }
}
