using Akka.Actor;

namespace WsActors.Sessions;

/// <summary>What a handler is told of messages that its session dropped: the first at once, the next ones when the log moves. Owned by its session.</summary>
internal sealed class DropReport(SessionActor session, IActorRef handler)
{
    private long _untold;

    /// <summary>Whether the handler was told of a drop since the log last moved.</summary>
    private bool _isTold;

    public void Dropped()
    {
        _untold++;
        if (!_isTold)
        {
            _isTold = true;
            Tell();
        }
    }

    /// <summary>The client has acknowledged some of the log.</summary>
    public void Moved()
    {
        _isTold = false;
        Tell();
    }

    public void Tell()
    {
        if (_untold > 0)
        {
            session.Tell(handler, new Ws.Dropped(session.Ref, _untold));
            _untold = 0;
        }
    }
}
