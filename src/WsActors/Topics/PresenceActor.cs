using Akka.Actor;
using WsActors.Runtime;

namespace WsActors.Topics;

/// <summary>
/// The members of each topic, for questions and watchers. It follows the topics of its node; in a cluster it follows who knows of all nodes
/// instead. One a system.
/// </summary>
internal sealed class PresenceActor : ResilientActor
{
    /// <summary>Replaces the source of changes. The new source tells all members again.</summary>
    /// <param name="Source">Takes <see cref="TopicFeed.Subscribe"/>, as the topics do.</param>
    internal sealed record ChangeSource(IActorRef Source) : INoSerializationVerificationNeeded;

    /// <summary>The state of the actor. It is passed in, so that a restart loses nothing.</summary>
    internal sealed class RestartState(IActorRef source)
    {
        /// <summary>The source of its changes.</summary>
        public IActorRef Source { get; set; } = source;

        /// <summary>Null until the actor has started.</summary>
        public PresenceState? Presence { get; set; }
    }

    private readonly RestartState _state;

    private readonly PresenceState _presence;

    public PresenceActor(RestartState known) => (_state, _presence) = (known, known.Presence ??= new PresenceState(Self));

    public static Props PropsFor(IActorRef topics) => Props.Create<PresenceActor>(new RestartState(topics));

    private IActorRef Source => _state.Source;

    protected override void PreStart() => Source.Tell(TopicFeed.Subscribe.PresenceOnly, Self);

    // It still follows, and knows what it knew.
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
            case Terminated gone: _presence.RemoveWatcherEverywhere(gone.ActorRef); break;
            case TopicFeed.MemberJoined memberJoined when Sender.Equals(Source): _presence.Add(memberJoined.Topic, new Presence.Member(memberJoined.Connection, memberJoined.User, memberJoined.PresenceData)); break;
            case TopicFeed.MemberLeft memberLeft when Sender.Equals(Source): _presence.Remove(memberLeft.Topic, memberLeft.Connection); break;
            case ChangeSource other: SubscribeTo(other.Source); break;
            case TopicFeed.IEvent: break; // What else happens to topics, and what one tells who is no longer followed.
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
