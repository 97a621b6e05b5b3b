using Akka.Actor;

namespace WsActors.Connection;

/// <summary>
/// What a handler is told of its queue: that much waits, that little waits again, that messages were dropped. Drops are summed, so that a
/// flood of messages does not become one of events. Owned by its conversation.
/// </summary>
internal struct WatermarkNotifier(ConnectionActor connection, IActorRef handler)
{
    /// <summary>Dropped messages that the handler does not know of.</summary>
    private long _unreportedDrops;

    /// <summary>Whether the handler was told of a drop since the queue last moved.</summary>
    private bool _isDropReported;

    private bool _isCongested;

    /// <summary>A message was dropped: the first is told at once, the next ones when the queue moves.</summary>
    public void OnDropped()
    {
        _unreportedDrops++;
        if (!_isDropReported)
        {
            _isDropReported = true;
            TellDrops();
        }
    }

    /// <summary>The socket took some of the queue.</summary>
    public void OnDrained()
    {
        _isDropReported = false;
        TellDrops();
    }

    /// <summary>Tells what is not told yet.</summary>
    public void TellDrops()
    {
        if (_unreportedDrops > 0)
        {
            connection.Tell(handler, new Ws.Dropped(connection.Ref, _unreportedDrops));
            _unreportedDrops = 0;
        }
    }

    /// <summary>Compares the queue with its water marks.</summary>
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
