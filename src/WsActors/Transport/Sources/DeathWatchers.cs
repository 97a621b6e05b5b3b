using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace WsActors.Transport.Sources;

/// <summary>The watchers of a reference without a mailbox, each once; usually one. Part of its source, within its gate.</summary>
internal struct DeathWatchers
{
    private IInternalActorRef? _first;

    private List<IInternalActorRef>? _others;

    public void Add(IInternalActorRef watcher)
    {
        if (_first is null)
        {
            _first = watcher;
        }
        else if (!watcher.Equals(_first) && _others?.Contains(watcher) is not true)
        {
            (_others ??= []).Add(watcher);
        }
    }

    public void Remove(IInternalActorRef watcher)
    {
        if (watcher.Equals(_first))
        {
            _first = null;
        }

        _others?.Remove(watcher);
    }

    /// <summary>Notifies all watchers, and removes them.</summary>
    public void TellAll(ISystemMessage message)
    {
        _first?.SendSystemMessage(message);
        _others?.ForEach(watcher => watcher.SendSystemMessage(message));
        this = default;
    }
}
