using WsActors.Messages;

namespace WsActors.Serialization;

/// <summary>The codecs of lists that are sorted over all nodes, and of each node's part of these and of counts.</summary>
internal static class SortedListCodecs
{
    public static IEnumerable<Codec> All =>
    [
        Codec.Create("XA1", AnswerFollows.Instance),
        Codec.Create("XB1", GetLocalTotals.Instance),
        Codec.Create<LocalTotals>("XW1", static (f, m) => new(OperationCodecs.LayOutWithTraffic(f, m?.Totals))),
        Codec.Create<LocalTotals>("XW2", static (f, m) => new(OperationCodecs.LayOutWithDrain(f, m?.Totals)))
            with { When = static message => message is LocalTotals { Totals.IsDraining: true } },
        Codec.Create<ListLocalConnections>("LQ1", static (f, m) => new(LayOut(f, m?.List))),
        Codec.Create<LocalConnections>("LA1", static (f, m) => new(f.List(m?.Connections, LayOut), f.Flag(m?.HasMore))),
        Codec.Create<Ws.ListTopics>("TL1", LayOut),
        Codec.Create<Ws.TopicList>("TA1", static (f, m) => new()
        {
            Topics = f.List(m?.Topics, LayOut),
            Missing = ClusterOperationCodecs.LayOut(f, m?.Missing),
            Next = f.TextOrNull(m?.Next),
        }),
        Codec.Create<Ws.TopicInfo>("TI1", LayOut),
        Codec.Create<ListLocalTopics>("TQ1", static (f, m) => new(LayOut(f, m?.List))),
        Codec.Create<LocalTopics>("TC1", static (f, m) => new(f.List(m?.Topics, LayOut), f.Flag(m?.HasMore))),
        Codec.Create<Ws.ListSessions>("SL1", LayOut),
        Codec.Create<Ws.SessionList>("SX1", static (f, m) => new()
        {
            Sessions = f.List(m?.Sessions, LayOut),
            Missing = ClusterOperationCodecs.LayOut(f, m?.Missing),
            Next = f.TextOrNull(m?.Next),
        }),
        Codec.Create<Ws.SessionInfo>("SI1", LayOut),
        Codec.Create<ListLocalSessions>("SQ1", static (f, m) => new(LayOut(f, m?.List))),
        Codec.Create<LocalSessions>("SY1", static (f, m) => new(f.List(m?.Sessions, LayOut), f.Flag(m?.HasMore))),
    ];

    public static Ws.ListClusterConnections LayOut(MessageFields f, Ws.ListClusterConnections? m) =>
        new(OperationCodecs.LayOutWithSearch(f, m?.Filter))
        {
            PageSize = f.Count(m?.PageSize),
            After = f.TextOrNull(m?.After),
            Timeout = f.Time(m?.Timeout),
            OrderBy = (Ws.ConnectionOrder?)f.OptionalCount((int?)m?.OrderBy),
            IsDescending = f.Flag(m?.IsDescending),
        };

    private static LocalConnections.Entry LayOut(MessageFields f, LocalConnections.Entry? m) =>
        new(f.Long(m?.Number), OperationCodecs.LayOut(f, m?.Stats));

    private static Ws.ListTopics LayOut(MessageFields f, Ws.ListTopics? m) => new()
    {
        Prefix = f.Text(m?.Prefix),
        OrderBy = f.Enum(m?.OrderBy),
        IsDescending = f.Flag(m?.IsDescending),
        PageSize = f.Count(m?.PageSize),
        After = f.TextOrNull(m?.After),
        Timeout = f.Time(m?.Timeout),
    };

    private static Ws.TopicInfo LayOut(MessageFields f, Ws.TopicInfo? m) => new()
    {
        Name = f.Text(m?.Name),
        Nodes = f.List(m?.Nodes, static (f, pair) => KeyValuePair.Create(f.Address(pair.Key), f.Count(pair.Value)))
            .ToDictionary().AsReadOnly(),
    };

    private static LocalTopics.Entry LayOut(MessageFields f, LocalTopics.Entry? m) => new(f.Text(m?.Name), f.Count(m?.Members));

    private static Ws.ListSessions LayOut(MessageFields f, Ws.ListSessions? m) => new()
    {
        User = f.TextOrNull(m?.User),
        Search = f.TextOrNull(m?.Search),
        OrderBy = f.Enum(m?.OrderBy),
        IsDescending = f.Flag(m?.IsDescending),
        PageSize = f.Count(m?.PageSize),
        After = f.TextOrNull(m?.After),
        Timeout = f.Time(m?.Timeout),
    };

    private static Ws.SessionInfo LayOut(MessageFields f, Ws.SessionInfo? m) => new()
    {
        Session = f.Ref(m?.Session),
        SessionId = f.Text(m?.SessionId),
        Node = f.Address(m?.Node),
        User = f.TextOrNull(m?.User),
        Route = f.Text(m?.Route),
        StartedAt = f.Date(m?.StartedAt),
        DetachedAt = f.Flag(m?.DetachedAt is not null) ? f.Date(m?.DetachedAt) : null,
        UnacknowledgedMessages = f.Count(m?.UnacknowledgedMessages),
        UnacknowledgedBytes = f.Long(m?.UnacknowledgedBytes),
    };
}
