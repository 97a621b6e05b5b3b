using Akka.Actor;

namespace WsActors.Topics;

/// <summary>
/// The publish backlogs that hold up one connection or session, at one moment. The decision to wait and the wait use the same snapshot:
/// members may take everything between the two, and a second look would find nothing to wait for: the wait would never end.
/// </summary>
/// <param name="own">Of a handler of its own; null before its first publish.</param>
/// <param name="ofRef">What was published in the connection's own name; null for nothing.</param>
/// <param name="ofShared">Of a shared handler; null for nothing.</param>
internal readonly struct PublishBacklogSnapshot(PublishBacklog? own, PublishBacklog? ofRef = null, PublishBacklog? ofShared = null)
{
    private readonly Part _own = new(own);

    private readonly Part _ofRef = new(ofRef);

    private readonly Part _ofShared = new(ofShared);

    /// <summary>Published and not taken by members, at that moment.</summary>
    public long Bytes => _own.Bytes + _ofRef.Bytes + _ofShared.Bytes;

    /// <summary>
    /// Has an actor told <see cref="PublishBacklogLow"/> when half of any of them is taken; at once where that is so already. Nothing where
    /// <see cref="Bytes"/> is 0.
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
