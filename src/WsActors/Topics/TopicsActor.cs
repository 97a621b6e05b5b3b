using Akka.Actor;
using WsActors.Runtime;

namespace WsActors.Topics;

/// <summary>
/// The topics of a node, one actor for all: who is in them, and what they are told. Of presence and of a cluster it knows only its
/// followers: who shows who is there, and who carries what is published to other nodes, and what comes from there to it. One a system.
/// </summary>
internal sealed class TopicsActor : ResilientActor
{
    /// <summary>A connection passes on what it was told; who told it is the sender.</summary>
    internal sealed record MemberCommand(IActorRef Connection, string? User, Ws.ICommand Command) : INoSerializationVerificationNeeded;

    // Given from outside: a restart loses neither, and Akka keeps what is watched.
    private readonly TopicMembership _topicMembership;

    private readonly TopicSubscribers _subscribers;

    private readonly PublishBacklogs _backlogs;

    public TopicsActor(TopicMembership topicMembership, TopicSubscribers topicSubscribers, PublishBacklogs backlogs) =>
        (_topicMembership, _subscribers, _backlogs) = (topicMembership, topicSubscribers, backlogs);

    public static Props PropsFor(TopicSettings settings, PublishBacklogs backlogs) =>
        Props.Create<TopicsActor>(new TopicMembership(settings), new TopicSubscribers(), backlogs);

    protected override void Handle(object message)
    {
        switch (message)
        {
            case Publication publication: Publish(publication); break;
            case DeliveryWindow window: OnAcknowledged(window); break;
            case Ws.Publish publish: PublishFromElsewhere(publish); break;
            case MemberCommand { Command: Ws.Join join } memberCommand: Join(memberCommand, join); break;
            case MemberCommand { Command: Ws.Leave leave } memberCommand: Leave(leave.Topic, memberCommand.Connection); break;
            case Terminated gone: RemoveMember(gone.ActorRef); break;
            case TopicFeed.Subscribe subscribe: Subscribe(Sender, subscribe); break;
            case TopicFeed.Unsubscribe: _subscribers.Remove(Context.Unwatch(Sender)); break;
            default: Unhandled(message); break;
        }
    }

    protected override void Refuse(object message, Exception cause)
    {
        if (message is MemberCommand { Command: Ws.Join join } memberCommand)
        {
            Answer(new Ws.JoinFailed(memberCommand.Connection, join.Topic, "The topics failed; the server's log says why."), memberCommand.Connection);
        }
    }

    // What is published.

    /// <summary>Told by another node, past <see cref="TopicsRef"/>.</summary>
    private void PublishFromElsewhere(Ws.Publish publish)
    {
        if (_backlogs.TryAccept(publish, Sender, Self) is { } publication)
        {
            Publish(publication);
        }
    }

    /// <summary>Goes out at once, or waits behind what waits already: once, however many members there are.</summary>
    private void Publish(Publication publication)
    {
        if (_topicMembership.Find(publication.Topic) is { IsOpen: false } topic)
        {
            topic.Enqueue(publication);
        }
        else
        {
            Deliver(publication, _topicMembership.Find(publication.Topic));
        }
    }

    /// <summary>One message, and one set of bytes, for all of them. What becomes of it at each is that connection's affair.</summary>
    private void Deliver(Publication publication, Topic? topic)
    {
        try
        {
            if (publication.Backlogs is not null)
            {
                _subscribers.Relay(publication, Self);
            }

            if (topic is not null)
            {
                TellMembers(topic, publication, publication.Message.Prepare());
            }
        }
        finally
        {
            publication.Complete();
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
                    one.FullWindows++;
                }
            }
        }
    }

    /// <summary>A member has taken what it was told: the topics that waited for it go on.</summary>
    private void OnAcknowledged(DeliveryWindow window)
    {
        var wasFull = window.IsFull;
        window.OnAcknowledged(Self);
        if (wasFull && !window.IsFull)
        {
            foreach (var topic in window.Topics)
            {
                topic.FullWindows--;
                MarkReady(topic);
            }

            DeliverWaiting();
        }
    }

    private void MarkReady(Topic topic)
    {
        if (topic is { FullWindows: 0, HasWaiting: true, IsReady: false })
        {
            topic.IsReady = true;
            _topicMembership.Ready.Enqueue(topic);
        }
    }

    private void DeliverWaiting()
    {
        while (_topicMembership.Ready.TryDequeue(out var topic))
        {
            topic.IsReady = false;
            if (topic is { FullWindows: 0, HasWaiting: true })
            {
                Deliver(topic.Dequeue(), topic);
                MarkReady(topic);
            }
        }
    }

    // Who is a member.

    private void Join(MemberCommand memberCommand, Ws.Join join)
    {
        var connection = memberCommand.Connection;
        if (_topicMembership.RefusalOf(connection, join) is { } reason)
        {
            Answer(new Ws.JoinFailed(connection, join.Topic, reason), connection);
            return;
        }

        var window = _topicMembership.WindowOf(connection) ?? new DeliveryWindow(Context.Watch(connection));

        // Of a member that was there already, only what it shows is new.
        var member = join.PresenceData is null ? TopicMembership.Member.Anyone : new TopicMembership.Member(memberCommand.User, join.PresenceData);
        if (_topicMembership.Add(join.Topic, window, member, out var before))
        {
            _subscribers.Tell(new TopicFeed.TopicCreated(join.Topic));
        }

        if (member.PresenceData is not null)
        {
            _subscribers.Tell(new TopicFeed.MemberJoined(join.Topic, connection, member.User, member.PresenceData));
        }
        else if (before is not null)
        {
            TellMemberLeft(join.Topic, connection, before);
        }

        Answer(new Ws.Joined(connection, join.Topic), connection);
    }

    private void Leave(string name, IActorRef connection)
    {
        if (_topicMembership.WindowOf(connection) is { } window && _topicMembership.Find(name) is { } topic)
        {
            Remove(topic, window);
            DeliverWaiting();
            if (window.Topics.Count == 0)
            {
                Context.Unwatch(connection);
            }
        }
    }

    private void RemoveMember(IActorRef connection)
    {
        if (_topicMembership.WindowOf(connection) is { } window)
        {
            foreach (var topic in window.Topics.ToArray())
            {
                Remove(topic, window);
            }

            DeliverWaiting();
        }

        _subscribers.Remove(connection);
    }

    private void Remove(Topic topic, DeliveryWindow window)
    {
        if (_topicMembership.Remove(topic, window) is not { } member)
        {
            return;
        }

        // Others may have waited for this one.
        MarkReady(topic);
        TellMemberLeft(topic.Name, window.Connection, member);
        if (topic.Members.Count == 0)
        {
            _subscribers.Tell(new TopicFeed.TopicEmptied(topic.Name));
        }
    }

    private void Subscribe(IActorRef follower, TopicFeed.Subscribe subscribe)
    {
        _subscribers.Add(Context.Watch(follower), subscribe);
        foreach (var topic in _topicMembership.Topics)
        {
            follower.Tell(new TopicFeed.TopicCreated(topic.Name));
            foreach (var (window, member) in topic.Members.Where(static one => one.Value.PresenceData is not null))
            {
                follower.Tell(new TopicFeed.MemberJoined(topic.Name, window.Connection, member.User, member.PresenceData!));
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

    private void TellMemberLeft(string topic, IActorRef connection, TopicMembership.Member member)
    {
        if (member.PresenceData is not null)
        {
            _subscribers.Tell(new TopicFeed.MemberLeft(topic, connection));
        }
    }
}
