using System.Runtime.CompilerServices;
using Akka.Actor;

namespace WsActors.Topics;

/// <summary>
/// Who is in which topic, for whoever asks or watches. It follows the topics of its node; in a cluster it follows who knows of all nodes
/// instead. One a system.
/// </summary>
internal sealed class PresenceActor(StrongBox<IActorRef> source) : UntypedActor
{
    /// <summary>Follows someone else from now on, who tells of everyone anew.</summary>
    /// <param name="Source">Takes <see cref="Follower.Follow"/>, as the topics do.</param>
    internal sealed record FollowInstead(IActorRef Source);

    /// <summary>Given from outside: it lives on when this actor is restarted.</summary>
    private readonly StrongBox<IActorRef> _source = source;

    private readonly Attendance _attendance = new(Context.Self);

    public static Props PropsFor(IActorRef topics) => Props.Create<PresenceActor>(new StrongBox<IActorRef>(topics));

    private IActorRef Source => _source.Value!; // It is made with one.

    protected override void PreStart() => Source.Tell(Follower.Follow.Instance, Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Presence.GetHere get: Sender.Tell(_attendance.Here(get.Topic), Self); break;
            case Presence.Watch watch: Watch(watch.Topic); break;
            case Presence.Unwatch unwatch: _attendance.Unwatch(unwatch.Topic, Sender); break;
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
        source.Tell(Follower.Follow.Instance, Self);
        Source.Tell(Follower.Unfollow.Instance, Self);
        _attendance.Clear();
        _source.Value = source;
    }

    private void Watch(string topic)
    {
        _attendance.Watch(topic, Context.Watch(Sender));
        Sender.Tell(_attendance.Here(topic), Self);
    }
}
