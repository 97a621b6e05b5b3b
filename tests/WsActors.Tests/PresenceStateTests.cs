using Akka.Actor;
using WsActors.Topics;

namespace WsActors.Tests;

/// <summary>The cost of removing a watcher.</summary>
public sealed class PresenceStateTests
{
    [Fact]
    public void Removing_a_watcher_takes_time_for_its_own_topics_only()
    {
        var presenceState = new PresenceState(ActorRefs.Nobody);
        var watcher = new CountingRef("watcher");
        for (var i = 0; i < 1000; i++)
        {
            presenceState.Watch($"other-{i}", new CountingRef($"{i}"));
        }

        presenceState.Watch("own", watcher);
        var before = watcher.LookUps;

        presenceState.RemoveWatcherEverywhere(watcher);

        Assert.InRange(watcher.LookUps - before, 1, 5);
    }

    [Fact]
    public void A_watcher_of_several_topics_is_removed_from_each()
    {
        var presenceState = new PresenceState(ActorRefs.Nobody);
        var (watcher, other) = (new CountingRef("watcher"), new CountingRef("other"));
        presenceState.Watch("tea", watcher);
        presenceState.Watch("coffee", watcher);
        presenceState.Watch("tea", other);
        presenceState.Unwatch("coffee", watcher);
        Assert.True(presenceState.IsWatching(watcher));

        presenceState.RemoveWatcherEverywhere(watcher);
        presenceState.Add("tea", new Presence.Member
        {
            Connection = ActorRefs.Nobody,
            Data = new Dictionary<string, string>(),
        });

        Assert.False(presenceState.IsWatching(watcher));
        Assert.Equal((0, 1), (watcher.Received, other.Received));
    }

    /// <summary>Counts how often a set looks for it.</summary>
    private sealed class CountingRef(string name) : MinimalActorRef
    {
        public int LookUps { get; private set; }

        public int Received { get; private set; }

        public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems) / name;

        public override IActorRefProvider Provider => throw new NotSupportedException();

        public override int GetHashCode()
        {
            LookUps++;
            return base.GetHashCode();
        }

        protected override void TellInternal(object message, IActorRef sender) => Received++;
    }
}
