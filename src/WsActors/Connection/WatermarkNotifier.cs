using Akka.Actor;

namespace WsActors.Connection;

/// <summary>
/// Tells a handler about its send queue: <c>Congested</c>, <c>Writable</c> and <c>Dropped</c>. Drops are summed, so that a flood of
/// messages does not become a flood of events. Owned by its open connection.
/// </summary>
internal struct WatermarkNotifier(ConnectionActor connection, IActorRef handler)
{
    /// <summary>Dropped messages that the handler was not told of yet.</summary>
    private long _unreportedDrops;

    /// <summary>Whether the handler was told of a drop since the queue last moved.</summary>
    private bool _isDropReported;

    private bool _isCongested;

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

    /// <summary>The socket took a write.</summary>
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
            connection.Tell(handler, new Ws.Dropped(connection.Ref, _unreportedDrops));
            _unreportedDrops = 0;
        }
    }

    /// <summary>Compares the queue with its watermarks.</summary>
    public void OnQueueChanged(long queuedBytes)
    {
        var options = connection.EndpointContext.Options;
        if (!_isCongested && queuedBytes > options.SendQueue.CongestedAboveBytes)
        {
            _isCongested = true;
            connection.Tell(handler, new Ws.Congested(connection.Ref));
        }
        else if (_isCongested && queuedBytes <= options.SendQueue.WritableBelowBytes)
        {
            _isCongested = false;
            connection.Tell(handler, new Ws.Writable(connection.Ref));
        }
    }
}
