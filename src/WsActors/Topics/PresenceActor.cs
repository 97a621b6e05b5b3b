using Akka.Actor;
using WsActors.Clustering;
using WsActors.Runtime;

namespace WsActors.Topics;

/// <summary>
/// Answers who is in a topic and tells watchers of changes. It subscribes to the topics of its node, or in a cluster to the relay that
/// knows the members of all nodes. One for each actor system.
/// </summary>
internal sealed class PresenceActor : ResilientActor
{
    /// <summary>The state of the actor. It is passed in, so that a restart loses nothing.</summary>
    internal sealed class RestartState(IActorRef source)
    {
        /// <summary>The source of changes.</summary>
        public IActorRef Source { get; set; } = source;

        /// <summary>Null until the actor has started.</summary>
        public PresenceState? Presence { get; set; }
    }

    private readonly RestartState _state;

    private readonly PresenceState _presence;

    public PresenceActor(RestartState state) => (_state, _presence) = (state, state.Presence ??= new PresenceState(Self));

    public static Props PropsFor(IActorRef topics) => Props.Create<PresenceActor>(new RestartState(topics));

    private IActorRef Source => _state.Source;

    protected override void PreStart() => Source.Tell(PresenceFeed.Subscribe.Instance, Self);

    // The subscription and the state outlive a restart.
    protected override void PostRestart(Exception reason)
    {
    }

    protected override void Handle(object message)
    {
        switch (message)
        {
            case Presence.ListMembers get: Sender.Tell(_presence.ListMembers(get.Topic), Self); break;
            case Presence.Watch watch: Watch(watch.Topic); break;
            case Presence.Unwatch unwatch: Unwatch(unwatch.Topic); break;
            case Terminated terminated: _presence.RemoveWatcherEverywhere(terminated.ActorRef); break;
            case PresenceFeed.MemberJoined joined when Sender.Equals(Source):
                _presence.Add(joined.Topic, new Presence.Member
                {
                    Connection = joined.Connection,
                    User = joined.User,
                    Data = joined.PresenceData,
                });
                break;
            case PresenceFeed.MemberLeft left when Sender.Equals(Source): _presence.Remove(left.Topic, left.Connection); break;
            case PresenceFeed.ChangeSource other: SubscribeTo(other.Source); break;
            case PresenceFeed.MemberJoined or PresenceFeed.MemberLeft: break; // Of a source that was replaced.
            default: Unhandled(message); break;
        }
    }

    private void SubscribeTo(IActorRef source)
    {
        source.Tell(PresenceFeed.Subscribe.Instance, Self);
        Source.Tell(TopicFeed.Unsubscribe.Instance, Self);
        _presence.Clear();
        _state.Source = source;
    }

    private void Watch(string topic)
    {
        _presence.Watch(topic, Context.Watch(Sender));
        Sender.Tell(_presence.ListMembers(topic), Self);
    }

    private void Unwatch(string topic)
    {
        _presence.Unwatch(topic, Sender);
        if (!_presence.IsWatching(Sender))
        {
            Context.Unwatch(Sender);
        }
    }
}
