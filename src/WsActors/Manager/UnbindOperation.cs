using Akka.Actor;
using Akka.IO;
using WsActors.Connection;

namespace WsActors.Manager;

/// <summary>
/// Listeners that are being unbound. Their connections are told to close first. Once all have closed, or at the deadline, the listeners are
/// unbound: last, since with Akka.IO that resets all accepted sockets.
/// </summary>
internal sealed class UnbindOperation(
    IEnumerable<Listener> listeners,
    IEnumerable<IActorRef> connections,
    TimeSpan deadline,
    IActorRef asker,
    object answer)
{
    private readonly HashSet<Listener> _listeners = [.. listeners];

    /// <summary>The connections at the start of the unbind. Later ones are refused an upgrade and not awaited.</summary>
    private readonly HashSet<IActorRef> _connections = [.. connections];

    private bool _isUnbinding;

    public bool Covers(EndpointContext endpointContext) => _listeners.Any(l => l.Endpoint == endpointContext);

    public void Remove(IActorRef connection) => _connections.Remove(connection);

    public void Clear() => _connections.Clear();

    /// <summary>Advances as far as possible.</summary>
    /// <returns>True when the unbind is complete and its sender was told.</returns>
    public bool Advance(IReadOnlyCollection<Listener> listening, TimeSpan now, IActorRef manager)
    {
        if (!_isUnbinding && (now >= deadline || _connections.Count == 0))
        {
            _isUnbinding = true;
            foreach (var listener in _listeners)
            {
                listener.Source.Tell(Tcp.Unbind.Instance, manager);
            }
        }

        if (!_isUnbinding || _listeners.Overlaps(listening))
        {
            return false;
        }

        asker.Tell(answer, manager);
        return true;
    }
}
