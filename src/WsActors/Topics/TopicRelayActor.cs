using Akka.Actor;
using WsActors.Clustering;
using WsActors.Messages;
using WsActors.Runtime;
using WsActors.Tracing;

namespace WsActors.Topics;

/// <summary>
/// Sends this node's publishes once to each node with members of the topic, and passes publishes of other nodes to this node's topics. It
/// subscribes to a topic at the backplane while this node has members of it. The bytes that other nodes have not taken are bounded: further
/// publishes wait here and count in their publishers' backlogs. One for each actor system of a cluster.
/// </summary>
internal sealed class TopicRelayActor(IActorRef topics, ITopicBackplane backplane, TopicRelayActor.RestartState state)
    : ResilientActor, IWithTimers
{
    /// <summary>A node has left the cluster or is unreachable.</summary>
    internal sealed record NodeRemoved(Address Node) : INoSerializationVerificationNeeded;

    /// <summary>The backlog from other nodes below which this node answers their marks, in bytes.</summary>
    private const long AcknowledgeBelow = RelayWindow.MaxBytes / 2;

    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    public ITimerScheduler Timers { get; set; } = null!; // Akka sets it before the start.

    public static Props PropsFor(IActorRef topics, ITopicBackplane backplane) =>
        Props.Create<TopicRelayActor>(topics, backplane, new RestartState());

    protected override void PreStart()
    {
        topics.Tell(TopicFeed.Subscribe.Instance, Self);
        backplane.Start(Self);
        StartTimer();
    }

    // Subscriptions and state outlive a restart; the timer does not.
    protected override void PreRestart(Exception reason, object message)
    {
    }

    protected override void PostRestart(Exception reason) => StartTimer();

    protected override void Handle(object message)
    {
        switch (message)
        {
            case TopicFeed.Published published when Sender.Equals(topics): Relay(published.Publication); break;
            case TopicMessages.Relayed when Sender.Equals(Self): break; // This node's members have it.
            case TopicMessages.Relayed relayed: OnRelayed(relayed); break;
            case TopicMessages.Mark when Sender.Equals(Self): break;
            case TopicMessages.Mark mark: Acknowledge(mark); break;
            case TopicMessages.MarkTaken taken:
                state.Window.OnAcknowledged(Sender.Path.Address, taken.Number);
                RelayWaiting();
                break;
            case PublishBacklogLow: AcknowledgeAll(); break;
            case Tick: OnTick(); break;
            case TopicFeed.TopicCreated topicCreated: backplane.Subscribe(topicCreated.Topic, Self); break;
            case TopicFeed.TopicEmptied topicEmptied: backplane.Unsubscribe(topicEmptied.Topic, Self); break;
            case NodeRemoved removed: RemoveNode(removed.Node); break;
            case PresenceFeed.MemberJoined or PresenceFeed.MemberLeft: break;
            default: Unhandled(message); break;
        }
    }

    private void StartTimer() => Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TickInterval);

    private void Relay(Publication publication)
    {
        state.Waiting.Enqueue(publication);
        RelayWaiting();
    }

    private void RelayWaiting()
    {
        while (!state.Window.IsFull && state.Waiting.TryDequeue(out var next))
        {
            var relayed = new TopicMessages.Relayed(next.Topic, next.Message, next.Publisher);
            TraceContexts.Copy(next, relayed);
            backplane.Publish(next.Topic, relayed, Self);
            next.Complete();
            if (state.Window.Tell(next.Bytes))
            {
                Mark();
            }
        }
    }

    /// <summary>Sends a mark to all other relays, behind the publishes.</summary>
    private void Mark() => backplane.SendToOthers(new TopicMessages.Mark(state.Window.Mark()), Self);

    private void OnTick()
    {
        state.Window.Tick();
        RelayWaiting();
        if (state.Window.HasUnmarked)
        {
            Mark();
        }
    }

    private void RemoveNode(Address node)
    {
        state.Window.Remove(node);
        state.Marks.Remove(node);
        RelayWaiting();
    }

    private void OnRelayed(TopicMessages.Relayed relayed)
    {
        var publication = new Publication(relayed.Topic, relayed.Message, relayed.Publisher, state.Backlog);
        TraceContexts.Copy(relayed, publication);
        publication.TryCount();
        topics.Tell(publication, Self);
    }

    private void Acknowledge(TopicMessages.Mark mark)
    {
        state.Marks[Sender.Path.Address] = (Sender, mark);
        if (state.Backlog.Bytes > AcknowledgeBelow)
        {
            state.Backlog.NotifyBelow(Self, AcknowledgeBelow);
        }
        else
        {
            AcknowledgeAll();
        }
    }

    private void AcknowledgeAll()
    {
        foreach (var (relay, mark) in state.Marks.Values)
        {
            relay.Tell(new TopicMessages.MarkTaken(mark.Number), Self);
        }

        state.Marks.Clear();
    }

    /// <summary>The state of the actor. It is passed in, so that a restart loses nothing.</summary>
    internal sealed class RestartState
    {
        public RelayWindow Window { get; } = new();

        /// <summary>The publications that wait until other nodes have taken earlier ones.</summary>
        public Queue<Publication> Waiting { get; } = [];

        /// <summary>The publications of other nodes that this node's members have not taken.</summary>
        public PublishBacklog Backlog { get; } = new();

        /// <summary>The last unanswered mark of each other node.</summary>
        public Dictionary<Address, (IActorRef Relay, TopicMessages.Mark Mark)> Marks { get; } = [];
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        private Tick()
        {
        }

        public static Tick Instance { get; } = new();
    }
}
