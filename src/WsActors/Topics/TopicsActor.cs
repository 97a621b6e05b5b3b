using Akka.Actor;
using WsActors.Clustering;
using WsActors.Runtime;
using WsActors.Settings;
using WsActors.Tracing;

namespace WsActors.Topics;

/// <summary>
/// The topics of a node in one actor: their members and the delivery of publishes. Presence and the relays of a cluster are its
/// subscribers. Relays send publishes to other nodes, and publish here what other nodes send. One for each actor system.
/// </summary>
internal sealed class TopicsActor : ResilientActor
{
    /// <summary>A command that a connection forwards; its sender is the sender of the command.</summary>
    internal sealed record MemberCommand(IActorRef Connection, string? User, Ws.ICommand Command) : INoSerializationVerificationNeeded;

    /// <summary>The manager's question for topics; its sender gets the answer.</summary>
    internal sealed record ListRequested(Ws.ListTopics List, Scans Scans) : INoSerializationVerificationNeeded;

    // The state is passed in and outlives a restart, as do Akka's death watches.
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
            case Ws.Publish publish: PublishUncounted(publish); break;
            case MemberCommand { Command: Ws.Join join } memberCommand: Join(memberCommand, join); break;
            case MemberCommand { Command: Ws.Leave leave } memberCommand: Leave(leave.Topic, memberCommand.Connection); break;
            case Terminated terminated: RemoveMember(terminated.ActorRef); break;
            case ListRequested request:
                request.Scans.Run(_topicMembership.ToSnapshot, all => TopicScan.Run(all, request.List), Sender);
                break;
            case TopicFeed.Subscribe: Subscribe(Sender, isRelay: true); break;
            case PresenceFeed.Subscribe: Subscribe(Sender, isRelay: false); break;
            case TopicFeed.Unsubscribe: _subscribers.Remove(Context.Unwatch(Sender)); break;
            default: Unhandled(message); break;
        }
    }

    protected override void Refuse(object message, Exception cause)
    {
        if (message is MemberCommand { Command: Ws.Join join } memberCommand)
        {
            const string Reason = "The topics failed: see the server's log for the cause.";
            var connection = memberCommand.Connection;
            Answer(new Ws.JoinFailed { Connection = connection, Topic = join.Topic, Reason = Reason }, connection);
        }
    }

    /// <summary>Accepts a publish that did not pass <see cref="TopicsRef"/>, such as one of another node.</summary>
    private void PublishUncounted(Ws.Publish publish)
    {
        if (_backlogs.TryAccept(publish, Sender, Self) is { } publication)
        {
            Publish(publication);
        }
    }

    /// <summary>Delivers a publish at once, or queues it behind the waiting ones: one entry, however many members there are.</summary>
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

    /// <summary>Sends one message object with one payload to all members. Each connection queues or drops it by its own policy.</summary>
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
                DeliverTo(topic, publication);
            }
        }
        finally
        {
            publication.Complete();
        }
    }

    /// <summary>
    /// Tells the members, in a span of this node if the publish has one. Where a send to a member has a span, it links to this.
    /// </summary>
    private void DeliverTo(Topic topic, Publication publication)
    {
        var message = publication.Message;
        var context = Tracer.IsOn ? TraceContexts.Of(publication) : default;
        if (MessageSpan.StartDeliver(context, topic.Members.Count, message.Payload.Length) is not { } span)
        {
            TellMembers(topic, publication, message.Prepare());
            return;
        }

        try
        {
            var shared = message.PrepareCopy();
            TraceContexts.Set(shared, span.Context, isLink: true);
            TellMembers(topic, publication, shared);
        }
        finally
        {
            Tracer.Stop(span);
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
                foreach (var affected in window.Topics)
                {
                    affected.FullWindows++;
                }
            }
        }
    }

    /// <summary>A member has taken its messages: the topics that waited for its window continue.</summary>
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

    private void Join(MemberCommand memberCommand, Ws.Join join)
    {
        var connection = memberCommand.Connection;
        if (_topicMembership.CheckJoin(connection, join) is { } reason)
        {
            Answer(new Ws.JoinFailed { Connection = connection, Topic = join.Topic, Reason = reason }, connection);
            return;
        }

        var window = _topicMembership.WindowOf(connection) ?? new DeliveryWindow(Context.Watch(connection));

        // A repeated join of a member only changes its presence data.
        var member = join.PresenceData is null
            ? TopicMembership.Member.Anyone
            : new TopicMembership.Member(memberCommand.User, join.PresenceData);
        if (_topicMembership.Add(join.Topic, window, member, out var before))
        {
            _subscribers.TellRelays(new TopicFeed.TopicCreated(join.Topic));
        }

        if (member.PresenceData is not null)
        {
            _subscribers.TellAll(new PresenceFeed.MemberJoined
            {
                Topic = join.Topic,
                Connection = connection,
                User = member.User,
                PresenceData = member.PresenceData,
            });
        }
        else if (before is not null)
        {
            TellMemberLeft(join.Topic, connection, before);
        }

        Answer(new Ws.Joined { Connection = connection, Topic = join.Topic }, connection);
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

        // Publishes may have waited for this member's window.
        MarkReady(topic);
        TellMemberLeft(topic.Name, window.Connection, member);
        if (topic.Members.Count == 0)
        {
            _subscribers.TellRelays(new TopicFeed.TopicEmptied(topic.Name));
        }
    }

    private void Subscribe(IActorRef subscriber, bool isRelay)
    {
        _subscribers.Add(Context.Watch(subscriber), isRelay);
        foreach (var topic in _topicMembership.Topics)
        {
            if (isRelay)
            {
                subscriber.Tell(new TopicFeed.TopicCreated(topic.Name));
            }

            foreach (var (window, member) in topic.Members.Where(static pair => pair.Value.PresenceData is not null))
            {
                subscriber.Tell(new PresenceFeed.MemberJoined
                {
                    Topic = topic.Name,
                    Connection = window.Connection,
                    User = member.User,
                    PresenceData = member.PresenceData!,
                });
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
            _subscribers.TellAll(new PresenceFeed.MemberLeft { Topic = topic, Connection = connection });
        }
    }
}
