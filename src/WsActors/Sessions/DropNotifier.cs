using Akka.Actor;

namespace WsActors.Sessions;

/// <summary>Tells a handler of dropped messages: the first at once, the next ones when the log moves. Owned by its session.</summary>
internal sealed class DropNotifier(SessionActor session, IActorRef handler)
{
    private long _unreportedDrops;

    /// <summary>Whether the handler was told of a drop since the log last moved.</summary>
    private bool _isDropReported;

    public void OnDropped()
    {
        _unreportedDrops++;
        if (!_isDropReported)
        {
            _isDropReported = true;
            Tell();
        }
    }

    /// <summary>The client has acknowledged some of the log.</summary>
    public void OnAcknowledged()
    {
        _isDropReported = false;
        Tell();
    }

    public void Tell()
    {
        if (_unreportedDrops > 0)
        {
            session.Tell(handler, new Ws.Dropped(session.Ref, _unreportedDrops));
            _unreportedDrops = 0;
        }
    }
}
