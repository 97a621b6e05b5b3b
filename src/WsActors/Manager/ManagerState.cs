using Akka.Actor;
using WsActors.Settings;

namespace WsActors.Manager;

/// <summary>
/// What outlives a failure of the manager: what listens or was asked to, endings that have begun, and a drain. Its connections do not. Made with the
/// manager's Props, used by the manager alone.
/// </summary>
internal sealed class ManagerState(ManagerSettings settings)
{
    /// <summary>Empty when the manager begins again: its connections stopped with it.</summary>
    public ConnectionRegistry Connections { get; } =
        new(settings.MaxConnections, settings.MaxConnectionsPerAddress, settings.MaxHandshakes, settings.MaxHandshakesPerAddress)
        {
            MaxSockets = settings.MaxSockets,
        };

    /// <summary>Null until the manager begins for the first time: part of its context, which stays the same.</summary>
    public ListenerRegistry? Listeners { get; set; }

    public List<UnbindOperation> Unbinds { get; } = [];

    /// <summary>Null until the first <see cref="Ws.Drain"/>; there is no way back from it.</summary>
    public DrainOperation? DrainOperation { get; set; }

    /// <summary>Goes off while a restart waits for handlers that do not return.</summary>
    public ICancelable? RestartAlarm { get; set; }

    /// <summary>All connections have stopped.</summary>
    public void ClearConnections()
    {
        Connections.Clear();
        Unbinds.ForEach(static unbindOperation => unbindOperation.Clear());
        DrainOperation?.Clear();
    }
}
