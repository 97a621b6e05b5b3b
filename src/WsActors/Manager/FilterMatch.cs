using System.Net;
using WsActors.Messages;
using WsActors.Transport;

namespace WsActors.Manager;

/// <summary>A filter whose network is parsed once. Any thread.</summary>
internal sealed class FilterMatch(Ws.ConnectionFilter filter)
{
    private readonly IPNetwork? _network = filter.Network;

    private readonly SearchText? _search = filter.Search is null ? null : new SearchText(filter.Search);

    public bool Is(ConnectionRegistry.Entry entry) =>
        entry.Stats.Identity is { } identity
        && (filter.Connection is null || filter.Connection.Equals(entry.Connection))
        && (filter.User is null || filter.User == identity.User)
        && (filter.Address is null || IsAt(identity.Client))
        && (filter.Route is null || filter.Route == identity.Route)
        && entry.Stats.QueuedBytes >= filter.MinQueuedBytes
        && (_search is null || _search.IsIn(identity.User) || _search.IsIn(identity.Route) || IsInAddress(identity.Client));

    /// <summary>A client without an address is in no network, not even in the one of all addresses.</summary>
    private bool IsAt(IPAddress client) =>
        PeerAddress.IsKnown(client) ? _network?.Contains(client) is true : filter.Address is PeerAddress.Unix;

    private bool IsInAddress(IPAddress client) =>
        PeerAddress.IsKnown(client) ? _search!.IsIn(client) : _search!.IsIn(PeerAddress.Unix); // not null: there is a search
}
