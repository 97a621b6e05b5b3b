using Akka.Actor;

namespace WsActors.Topics;

/// <summary>
/// The publish backlogs of one connection or session at one moment. The decision to wait and the wait use the same snapshot: members may
/// take everything between the two, and a wait on the newer, empty backlogs would never end.
/// </summary>
/// <param name="own">The backlog of the connection's own handler; null before its first publish.</param>
/// <param name="ofRef">The backlog of publishes whose sender is the connection itself; null if empty.</param>
/// <param name="ofShared">The backlog of a shared handler; null if empty.</param>
internal readonly struct PublishBacklogSnapshot(PublishBacklog? own, PublishBacklog? ofRef = null, PublishBacklog? ofShared = null)
{
    private readonly Part _own = new(own);

    private readonly Part _ofRef = new(ofRef);

    private readonly Part _ofShared = new(ofShared);

    /// <summary>The bytes that were published and not taken by members at that moment.</summary>
    public long Bytes => _own.Bytes + _ofRef.Bytes + _ofShared.Bytes;

    /// <summary>
    /// Tells an actor <see cref="PublishBacklogLow"/> when half of any of the backlogs is taken, or at once if it is taken already. Does
    /// nothing if <see cref="Bytes"/> is 0.
    /// </summary>
    public void NotifyWhenHalfTaken(IActorRef actor)
    {
        _own.NotifyWhenHalfTaken(actor);
        _ofRef.NotifyWhenHalfTaken(actor);
        _ofShared.NotifyWhenHalfTaken(actor);
    }

    private readonly struct Part(PublishBacklog? backlog)
    {
        private readonly PublishBacklog? _backlog = backlog;

        public long Bytes { get; } = backlog?.Bytes ?? 0;

        public void NotifyWhenHalfTaken(IActorRef actor)
        {
            if (Bytes > 0)
            {
                _backlog!.NotifyBelow(actor, Bytes / 2);
            }
        }
    }
}
