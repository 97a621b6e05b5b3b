using Akka.Actor;

namespace WsActors.Handlers;

/// <summary>
/// Tells a handler about the messages that its connection or session queues: <c>Congested</c>, <c>Writable</c> and <c>Dropped</c>. Drops
/// are summed, so that a flood of messages does not become a flood of events. Owned by its connection or session.
/// </summary>
internal struct WatermarkNotifier(IActorRef connection, IActorRef handler)
{
    /// <summary>Dropped messages that the handler was not told of yet.</summary>
    private long _unreportedDrops;

    /// <summary>Whether the handler was told of a drop since the queue last moved.</summary>
    private bool _isDropReported;

    /// <summary>Whether the handler was told <see cref="Ws.Congested"/> last.</summary>
    public bool IsCongested { get; private set; }

    /// <summary>A message was dropped: the first is reported at once, later ones when the queue moves.</summary>
    public void OnDropped()
    {
        _unreportedDrops++;
        if (!_isDropReported)
        {
            _isDropReported = true;
            TellDrops();
        }
    }

    /// <summary>The queue has moved: the socket took a write, or the peer acknowledged messages.</summary>
    public void OnDrained()
    {
        _isDropReported = false;
        TellDrops();
    }

    /// <summary>Reports the drops that were not reported yet.</summary>
    public void TellDrops()
    {
        if (_unreportedDrops > 0)
        {
            handler.Tell(new Ws.Dropped { Connection = connection, Count = _unreportedDrops }, connection);
            _unreportedDrops = 0;
        }
    }

    /// <summary>Compares the queue with its watermarks.</summary>
    public void OnQueueChanged(long queuedBytes, long congestedAbove, long writableBelow)
    {
        if (!IsCongested && queuedBytes > congestedAbove)
        {
            IsCongested = true;
            handler.Tell(new Ws.Congested { Connection = connection }, connection);
        }
        else if (IsCongested && queuedBytes <= writableBelow)
        {
            IsCongested = false;
            handler.Tell(new Ws.Writable { Connection = connection }, connection);
        }
    }

    /// <summary>The session has ended: its queue is empty, and the handler is told so by <c>Closed</c>.</summary>
    public void OnEnded() => IsCongested = false;
}
