using WsActors.Connection;

namespace WsActors.Manager;

/// <summary>The endpoints that listen, as other threads see them. Written by the manager; any thread reads it.</summary>
internal sealed class BoundEndpoints
{
    private volatile IReadOnlyList<Ws.Bound> _all = [];

    /// <summary>In the order of their binds.</summary>
    public IReadOnlyList<Ws.Bound> All => _all;

    /// <summary>Replaces the list. The two listeners of <c>localhost</c> are one endpoint.</summary>
    public void Set(IEnumerable<Listener> listeners) => _all = [.. listeners.GroupBy(static l => l.Endpoint).Select(BoundOf)];

    private static Ws.Bound BoundOf(IGrouping<ServerEndpointContext, Listener> listeners) => new()
    {
        Endpoint = listeners.Key.Name,
        LocalEndPoint = listeners.First().Local,
        LocalEndPoints = [.. listeners.Select(static l => l.Local)],
    };
}
