using Akka.Actor;
using WsActors.Messages;

namespace WsActors.Serialization;

/// <summary>The codecs of operations of all nodes, and of the messages between managers that only these need.</summary>
internal static class ClusterOperationCodecs
{
    public static IEnumerable<Codec> All =>
    [
        Codec.Create<Ws.GetClusterStats>("XG1", static (f, m) => new() { Timeout = f.Time(m?.Timeout) }),
        Codec.Create<Ws.ClusterTotals>("XT1", static (f, m) => new()
        {
            Nodes = f.Nodes(m?.Nodes, OperationCodecs.LayOut),
            Missing = LayOut(f, m?.Missing),
        }),
        Codec.Create<Ws.ClusterTotals>("XT2", static (f, m) => new()
        {
            Nodes = f.Nodes(m?.Nodes, OperationCodecs.LayOutWithTraffic),
            Missing = LayOut(f, m?.Missing),
        })
            with
            {
                When = static message => message is Ws.ClusterTotals totals && !HasDrain(totals)
                    && totals.Nodes.Values.Any(OperationCodecs.HasTraffic),
            },
        Codec.Create<Ws.ClusterTotals>("XT3", static (f, m) => new()
        {
            Nodes = f.Nodes(m?.Nodes, OperationCodecs.LayOutWithDrain),
            Missing = LayOut(f, m?.Missing),
        })
            with { When = static message => message is Ws.ClusterTotals totals && HasDrain(totals) },
        Codec.Create<Ws.ListClusterConnections>("XL1", static (f, m) => new(OperationCodecs.LayOut(f, m?.Filter))
        {
            PageSize = f.Count(m?.PageSize),
            After = f.TextOrNull(m?.After),
            Timeout = f.Time(m?.Timeout),
        }),
        Codec.Create<Ws.ListClusterConnections>("XL2", SortedListCodecs.LayOut)
            with
            {
                When = static message => message is Ws.ListClusterConnections list
                    && (list.OrderBy is not null || list.IsDescending || list.Filter.Search is not null),
            },
        Codec.Create<Ws.ClusterConnectionList>("XC1", static (f, m) => new()
        {
            Connections = f.List(m?.Connections, OperationCodecs.LayOut),
            Missing = LayOut(f, m?.Missing),
            Next = f.TextOrNull(m?.Next),
        }),
        Codec.Create<Ws.KickInCluster>("XK1", static (f, m) =>
            new(OperationCodecs.LayOut(f, m?.Filter), CommandCodecs.LayOut(f, m?.Close)) { Timeout = f.Time(m?.Timeout) }),
        Codec.Create<Ws.KickInCluster>("XK2", static (f, m) =>
            new(OperationCodecs.LayOutWithSearch(f, m?.Filter), CommandCodecs.LayOut(f, m?.Close)) { Timeout = f.Time(m?.Timeout) })
            with { When = static message => message is Ws.KickInCluster { Filter.Search: not null } },
        Codec.Create<Ws.KickedInCluster>("XD1", static (f, m) => new()
        {
            Nodes = f.Nodes(m?.Nodes, OperationCodecs.LayOut),
            Missing = LayOut(f, m?.Missing),
        }),
        Codec.Create<Ws.SendToUser>("XU1", static (f, m) =>
        {
            var (user, timeout) = (f.Text(m?.User), f.Time(m?.Timeout));
            return new(user, CommandCodecs.LayOut(f, m?.Message)) { Timeout = timeout };
        }),
        Codec.Create<SendToLocalUser>("XS1", static (f, m) =>
            new(f.Text(m?.User), Publisher: f.Ref(m?.Publisher), Message: CommandCodecs.LayOut(f, m?.Message))),
        Codec.Create<Ws.Recipients>("XR1", LayOut),
        Codec.Create<Ws.SentToUser>("XV1", static (f, m) => new()
        {
            Nodes = f.Nodes(m?.Nodes, LayOut),
            Missing = LayOut(f, m?.Missing),
        }),
    ];

    /// <summary>Whether there is a node with <see cref="Ws.Totals.IsDraining"/>, which earlier versions cannot read.</summary>
    private static bool HasDrain(Ws.ClusterTotals totals) => totals.Nodes.Values.Any(static node => node.IsDraining);

    public static IReadOnlyList<Address> LayOut(MessageFields f, IReadOnlyList<Address>? nodes) =>
        f.List(nodes, static (f, node) => f.Address(node));

    private static Ws.Recipients LayOut(MessageFields f, Ws.Recipients? m) =>
        new() { Connections = f.Count(m?.Connections), Sessions = f.Count(m?.Sessions) };
}
