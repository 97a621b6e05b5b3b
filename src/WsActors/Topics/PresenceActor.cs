using Akka.Actor;
using WsActors.Runtime;

namespace WsActors.Topics;

/// <summary>
/// Answers who is in a topic and tells watchers of changes. It subscribes to the topics of its node, or in a cluster to the relay that
/// knows the members of all nodes. One for each actor system.
/// </summary>
internal sealed class PresenceActor : ResilientActor
{
    /// <summary>Replaces the source of changes. The new source reports all members again.</summary>
    /// <param name="Source">An actor that handles <see cref="TopicFeed.Subscribe"/>, as the topics do.</param>
    internal sealed record ChangeSource(IActorRef Source) : INoSerializationVerificationNeeded;

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

    protected override void PreStart() => Source.Tell(TopicFeed.Subscribe.PresenceOnly, Self);

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
            case TopicFeed.MemberJoined joined when Sender.Equals(Source):
                _presence.Add(joined.Topic, new Presence.Member
                {
                    Connection = joined.Connection,
                    User = joined.User,
                    Data = joined.PresenceData,
                });
                break;
            case TopicFeed.MemberLeft left when Sender.Equals(Source): _presence.Remove(left.Topic, left.Connection); break;
            case ChangeSource other: SubscribeTo(other.Source); break;
            case TopicFeed.IEvent: break; // Other events of topics, and events of a source that was replaced.
            default: Unhandled(message); break;
        }
    }

    private void SubscribeTo(IActorRef source)
    {
        source.Tell(TopicFeed.Subscribe.PresenceOnly, Self);
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
