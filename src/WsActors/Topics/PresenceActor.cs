using Akka.Actor;

namespace WsActors.Topics;

/// <summary>
/// Who is in which topic, for whoever asks or watches. It follows the topics of its node; in a cluster it follows who knows of all nodes
/// instead. One a system.
/// </summary>
internal sealed class PresenceActor : SharedActor
{
    /// <summary>Follows someone else from now on, who tells of everyone anew.</summary>
    /// <param name="Source">Takes <see cref="Follower.Follow"/>, as the topics do.</param>
    internal sealed record FollowInstead(IActorRef Source) : INoSerializationVerificationNeeded;

    /// <summary>What it knows; given from outside, so that a restart loses nothing of it.</summary>
    internal sealed class Knowledge(IActorRef source)
    {
        /// <summary>Who tells it.</summary>
        public IActorRef Source { get; set; } = source;

        /// <summary>Null until the actor has started.</summary>
        public Attendance? Attendance { get; set; }
    }

    private readonly Knowledge _known;

    private readonly Attendance _attendance;

    public PresenceActor(Knowledge known) => (_known, _attendance) = (known, known.Attendance ??= new Attendance(Self));

    public static Props PropsFor(IActorRef topics) => Props.Create<PresenceActor>(new Knowledge(topics));

    private IActorRef Source => _known.Source;

    protected override void PreStart() => Source.Tell(Follower.Follow.Presence, Self);

    // It still follows, and knows what it knew.
    protected override void PostRestart(Exception reason)
    {
    }

    protected override void Handle(object message)
    {
        switch (message)
        {
            case Presence.GetHere get: Sender.Tell(_attendance.Here(get.Topic), Self); break;
            case Presence.Watch watch: Watch(watch.Topic); break;
            case Presence.Unwatch unwatch: Unwatch(unwatch.Topic); break;
            case Terminated gone: _attendance.Forget(gone.ActorRef); break;
            case Follower.Came came when Sender.Equals(Source): _attendance.Add(came.Topic, new Presence.Member(came.Connection, came.User, came.Presence)); break;
            case Follower.Went went when Sender.Equals(Source): _attendance.Remove(went.Topic, went.Connection); break;
            case FollowInstead other: Follow(other.Source); break;
            case Follower.INews: break; // What else happens to topics, and what one tells who is no longer followed.
            default: Unhandled(message); break;
        }
    }

    private void Follow(IActorRef source)
    {
        source.Tell(Follower.Follow.Presence, Self);
        Source.Tell(Follower.Unfollow.Instance, Self);
        _attendance.Clear();
        _known.Source = source;
    }

    private void Watch(string topic)
    {
        _attendance.Watch(topic, Context.Watch(Sender));
        Sender.Tell(_attendance.Here(topic), Self);
    }

    private void Unwatch(string topic)
    {
        _attendance.Unwatch(topic, Sender);
        if (!_attendance.IsWatching(Sender))
        {
            Context.Unwatch(Sender);
        }
    }
}
