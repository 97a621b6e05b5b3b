using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.PublishSubscribe;
using WsActors.Topics;

namespace WsActors.Cluster;

/// <summary>
/// Carries what is published on this node to those that have members of the topic, once each, and what comes from there to this node's
/// topics. It subscribes to a topic as long as this node has a member of it, however many: DistributedPubSub keeps an actor a topic and
/// node, and none a member. What other nodes have not taken is bounded: further publishes wait here, and count for their publishers. One a
/// system.
/// </summary>
internal sealed class TopicRelayActor(IActorRef topics, TopicRelayActor.Knowledge known) : SharedActor, IWithTimers
{
    /// <summary>What it is called among the system's actors, on each node.</summary>
    public const string Name = "websockets-topic-relay";

    /// <summary>Keeps our topics apart from others that the same mediator knows.</summary>
    private const string Prefix = "ws-actors/";

    /// <summary>How much may be left, of what other nodes told this one, when it tells their marks back.</summary>
    private const long TakenEnough = RelayWindow.MaxBytes / 2;

    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly IActorRef _mediator = DistributedPubSub.Get(Context.System).Mediator;

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);

    public ITimerScheduler Timers { get; set; } = null!; // Akka sets it before the start.

    public static Props PropsFor(IActorRef topics) => Props.Create<TopicRelayActor>(topics, new Knowledge());

    protected override void PreStart()
    {
        topics.Tell(Follower.Follow.All, Self);
        _mediator.Tell(new Put(Self));
        _cluster.Subscribe(Self, typeof(ClusterEvent.MemberRemoved), typeof(ClusterEvent.UnreachableMember));
        StartTimer();
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    // What it follows, and what it knows, stays; its timer does not.
    protected override void PreRestart(Exception reason, object message)
    {
    }

    protected override void PostRestart(Exception reason) => StartTimer();

    protected override void Handle(object message)
    {
        switch (message)
        {
            case Follower.Published published when Sender.Equals(topics): Carry(published); break;
            case Follower.Published when Sender.Equals(Self): break; // Our own members have it.
            case Follower.Published published: Take(published); break;
            case Follower.Mark when Sender.Equals(Self): break;
            case Follower.Mark mark: TellBack(mark); break;
            case Follower.MarkTaken taken:
                known.Window.Taken(Sender.Path.Address, taken.Number);
                CarryWaiting();
                break;
            case PublishesTaken: TellAllBack(); break;
            case Tick: OnTick(); break;
            case Follower.Occupied occupied: _mediator.Tell(new Subscribe(Prefix + occupied.Topic, Self), Self); break;
            case Follower.Vacated vacated: _mediator.Tell(new Unsubscribe(Prefix + vacated.Topic, Self), Self); break;
            case ClusterEvent.MemberRemoved gone: Forget(gone.Member.Address); break;
            case ClusterEvent.UnreachableMember gone: Forget(gone.Member.Address); break;
            case Follower.Came or Follower.Went or SubscribeAck or UnsubscribeAck or ClusterEvent.CurrentClusterState: break;
            default: Unhandled(message); break;
        }
    }

    private void StartTimer() => Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TickInterval);

    // To other nodes.

    private void Carry(Follower.Published published)
    {
        known.Waiting.Enqueue(published);
        CarryWaiting();
    }

    private void CarryWaiting()
    {
        while (!known.Window.IsFull && known.Waiting.TryDequeue(out var next))
        {
            var counted = next.Counted!; // Whatever this node's topics tell is.
            _mediator.Tell(new Publish(Prefix + next.Topic, next), Self);
            counted.Taken();
            if (known.Window.Tell(counted.Bytes))
            {
                Mark();
            }
        }
    }

    /// <summary>By the same way as what it follows.</summary>
    private void Mark() =>
        _mediator.Tell(new SendToAll($"/system/{Name}", new Follower.Mark(known.Window.Mark()), excludeSelf: true), Self);

    private void OnTick()
    {
        known.Window.Tick();
        CarryWaiting();
        if (known.Window.HasUnmarked)
        {
            Mark();
        }
    }

    private void Forget(Address node)
    {
        known.Window.Forget(node);
        known.Marks.Remove(node);
        CarryWaiting();
    }

    // From other nodes.

    private void Take(Follower.Published published)
    {
        var publication = new Publication(published.Topic, published.Message, published.Publisher, known.Backlog);
        publication.TryCount();
        topics.Tell(publication, Self);
    }

    private void TellBack(Follower.Mark mark)
    {
        known.Marks[Sender.Path.Address] = (Sender, mark);
        if (known.Backlog.Bytes > TakenEnough)
        {
            known.Backlog.Await(Self, TakenEnough);
        }
        else
        {
            TellAllBack();
        }
    }

    private void TellAllBack()
    {
        foreach (var (relay, mark) in known.Marks.Values)
        {
            relay.Tell(new Follower.MarkTaken(mark.Number), Self);
        }

        known.Marks.Clear();
    }

    /// <summary>What it knows; given from outside, so that a restart loses nothing of it.</summary>
    internal sealed class Knowledge
    {
        public RelayWindow Window { get; } = new();

        /// <summary>What waits for other nodes to take what they were told.</summary>
        public Queue<Follower.Published> Waiting { get; } = [];

        /// <summary>What other nodes told this one, and its members have not taken.</summary>
        public PublishBacklog Backlog { get; } = new();

        /// <summary>The last mark of each other node that is not told back.</summary>
        public Dictionary<Address, (IActorRef Relay, Follower.Mark Mark)> Marks { get; } = [];
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }
}
