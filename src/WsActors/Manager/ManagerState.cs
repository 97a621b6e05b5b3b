using Akka.Actor;
using WsActors.Settings;

namespace WsActors.Manager;

/// <summary>
/// The state that survives a restart of the manager: listeners, pending binds and unbinds, and a drain. Connections do not survive. Created
/// with the manager's <c>Props</c>, used by the manager alone.
/// </summary>
internal sealed class ManagerState(ManagerSettings settings, BoundEndpoints bound)
{
    /// <summary>Empty after a restart: the connections stopped with the manager.</summary>
    public ConnectionRegistry Connections { get; } =
        new(settings.MaxConnections, settings.MaxConnectionsPerAddress, settings.MaxHandshakes, settings.MaxHandshakesPerAddress)
        {
            MaxSockets = settings.MaxSockets,
        };

    /// <summary>The endpoints that listen, for other threads.</summary>
    public BoundEndpoints Bound => bound;

    /// <summary>Null until the first start. It uses the manager's context, which survives restarts.</summary>
    public ListenerRegistry? Listeners { get; set; }

    public List<UnbindOperation> Unbinds { get; } = [];

    /// <summary>Null until the first <see cref="Ws.Drain"/>. A drain cannot be undone.</summary>
    public DrainOperation? DrainOperation { get; set; }

    /// <summary>The timer of the warning while a restart waits for handlers that do not return.</summary>
    public ICancelable? RestartAlarm { get; set; }

    /// <summary>Removes all connections, which have stopped.</summary>
    public void ClearConnections()
    {
        Connections.Clear();
        Unbinds.ForEach(static unbindOperation => unbindOperation.Clear());
        DrainOperation?.Clear();
    }
}
