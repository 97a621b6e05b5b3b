using System.Net;
using Akka.Actor;

namespace WsActors.Hosting.Admin;

/// <summary>Converts questions of a page to operations of the manager, and their answers back.</summary>
/// <param name="names">The names of nodes and connections.</param>
/// <param name="time">The time of rates.</param>
/// <param name="pageSize">The rows of a page.</param>
internal sealed class AdminQuestions(AdminNames names, TimeProvider time, int pageSize)
{
    /// <summary>The time in which nodes must answer.</summary>
    public static readonly TimeSpan NodesTimeout = TimeSpan.FromSeconds(2);

    private const int MaxSlowest = 5;

    private const int MaxSearchLength = 256;

    private readonly long _start = time.GetTimestamp();

    /// <summary>The operation of a question.</summary>
    /// <exception cref="ArgumentException">The question names what cannot be; the sentence says so.</exception>
    public object OperationOf(AdminProtocol.Question question) => question switch
    {
        AdminProtocol.AskOverview => new Ws.GetClusterStats { Timeout = NodesTimeout },
        AdminProtocol.AskConnections ask => new Ws.ListClusterConnections(FilterOf(ask))
        {
            PageSize = pageSize,
            OrderBy = ColumnOf(ask.OrderBy),
            // The oldest opened first.
            IsDescending = ask.Descending != (ask.OrderBy == AdminProtocol.ConnectionColumn.Age),
            After = CursorOf(ask.After),
            Timeout = NodesTimeout,
        },
        AdminProtocol.AskReaders => Slowest(Ws.ConnectionOrder.QueuedBytes),
        AdminProtocol.AskHandlers => Slowest(Ws.ConnectionOrder.UnhandledBytes),
        AdminProtocol.AskConnection ask => new Ws.ListClusterConnections(ConnectionFilter(ask.Connection))
        {
            PageSize = 1,
            Timeout = NodesTimeout,
        },
        AdminProtocol.AskCount ask => new Ws.ListClusterConnections(UserFilter(ask.User))
        {
            PageSize = Ws.ListConnections.MaxPageSize,
            Timeout = NodesTimeout,
        },
        AdminProtocol.AskTopics ask => new Ws.ListTopics
        {
            Prefix = SearchOf(ask.Prefix) ?? "",
            OrderBy = ask.OrderBy == AdminProtocol.TopicColumn.Members ? Ws.TopicOrder.Members : Ws.TopicOrder.Name,
            IsDescending = ask.Descending,
            PageSize = pageSize,
            After = CursorOf(ask.After),
            Timeout = NodesTimeout,
        },
        AdminProtocol.AskSessions ask => new Ws.ListSessions
        {
            Search = SearchOf(ask.Search),
            OrderBy = ColumnOf(ask.OrderBy),
            // The longest away left first.
            IsDescending = ask.Descending != (ask.OrderBy == AdminProtocol.SessionColumn.Away),
            PageSize = pageSize,
            After = CursorOf(ask.After),
            Timeout = NodesTimeout,
        },
        _ => throw new ArgumentException("There is no such question."),
    };

    /// <summary>The answer to a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="answer">The manager's.</param>
    public AdminProtocol.Answer AnswerOf(AdminProtocol.Question question, object answer) => (question, answer) switch
    {
        (AdminProtocol.AskCount, Ws.ClusterConnectionList list) =>
            new AdminProtocol.Counted(question.Id, list.Connections.Count, list.Next is not null || list.Missing.Count > 0),
        (AdminProtocol.AskReaders, Ws.ClusterConnectionList list) => SlowestOf(question, list, static stats => stats.QueuedBytes),
        (AdminProtocol.AskHandlers, Ws.ClusterConnectionList list) => SlowestOf(question, list, static stats => stats.UnhandledBytes),
        (_, Ws.ClusterConnectionList list) => new AdminProtocol.Connections(
            question.Id, [.. list.Connections.Select(RowOf)], AdminNames.NamesOf(list.Missing), list.Next),
        (_, Ws.ClusterTotals totals) => new AdminProtocol.Overview(
            question.Id,
            time.GetElapsedTime(_start).TotalMilliseconds,
            [.. totals.Nodes.Select(static node => CountsOf(node.Key, node.Value))],
            AdminNames.NamesOf(totals.Missing)),
        (_, Ws.TopicList list) => new AdminProtocol.Topics(
            question.Id, [.. list.Topics.Select(RowOf)], AdminNames.NamesOf(list.Missing), list.Next),
        (_, Ws.SessionList list) => new AdminProtocol.Sessions(
            question.Id, [.. list.Sessions.Select(RowOf)], AdminNames.NamesOf(list.Missing), list.Next),
        (_, Status.Failure { Cause: { } cause }) => new AdminProtocol.Failed(question.Id, cause.Message),
        _ => new AdminProtocol.Failed(question.Id, "The manager gave another answer than was asked for."),
    };

    /// <summary>The filter of one connection.</summary>
    /// <exception cref="ArgumentException">The text is not a connection.</exception>
    public Ws.ConnectionFilter ConnectionFilter(string text) => new()
    {
        Connection = names.ConnectionOf(text) ?? throw new ArgumentException("The text is not a connection."),
    };

    /// <summary>The filter of a user's connections.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static Ws.ConnectionFilter UserFilter(string user) => user.Length > 0
        ? new Ws.ConnectionFilter { User = user }
        : throw new ArgumentException("The user has no name.");

    private static Ws.ListClusterConnections Slowest(Ws.ConnectionOrder order) => new()
    {
        PageSize = MaxSlowest,
        OrderBy = order,
        IsDescending = true,
        Timeout = NodesTimeout,
    };

    private AdminProtocol.Connections SlowestOf(
        AdminProtocol.Question question, Ws.ClusterConnectionList list, Func<Ws.Stats, long> bytes) => new(
        question.Id, [.. list.Connections.Where(stats => bytes(stats) > 0).Select(RowOf)], AdminNames.NamesOf(list.Missing), Next: null);

    private static Ws.ConnectionFilter FilterOf(AdminProtocol.AskConnections ask) => new()
    {
        Search = SearchOf(ask.Search),
        MinQueuedBytes = Math.Max(0, ask.MinQueued),
    };

    private static string? SearchOf(string? text) => text switch
    {
        null or "" => null,
        { Length: <= MaxSearchLength } => text,
        _ => throw new ArgumentException($"A filter has at most {MaxSearchLength} characters."),
    };

    private static string? CursorOf(string? text) => text is "" ? null : text;

    private static Ws.ConnectionOrder? ColumnOf(AdminProtocol.ConnectionColumn column) => column switch
    {
        AdminProtocol.ConnectionColumn.User => Ws.ConnectionOrder.User,
        AdminProtocol.ConnectionColumn.Address => Ws.ConnectionOrder.Address,
        AdminProtocol.ConnectionColumn.Route => Ws.ConnectionOrder.Route,
        AdminProtocol.ConnectionColumn.Queued => Ws.ConnectionOrder.QueuedBytes,
        AdminProtocol.ConnectionColumn.Backlog => Ws.ConnectionOrder.UnhandledBytes,
        AdminProtocol.ConnectionColumn.RoundTrip => Ws.ConnectionOrder.LastRoundTrip,
        AdminProtocol.ConnectionColumn.Messages => Ws.ConnectionOrder.Messages,
        _ => Ws.ConnectionOrder.OpenedAt,
    };

    private static Ws.SessionOrder ColumnOf(AdminProtocol.SessionColumn column) => column switch
    {
        AdminProtocol.SessionColumn.Away => Ws.SessionOrder.DetachedAt,
        AdminProtocol.SessionColumn.Messages => Ws.SessionOrder.UnacknowledgedMessages,
        AdminProtocol.SessionColumn.Bytes => Ws.SessionOrder.UnacknowledgedBytes,
        _ => Ws.SessionOrder.SessionId,
    };

    private static AdminProtocol.NodeCounts CountsOf(Address node, Ws.Totals totals) => new(
        AdminNames.NodeOf(node),
        totals.Connections,
        totals.Handshakes,
        totals.Opened,
        totals.Refused,
        TrafficOf(totals.Traffic),
        totals.IsDraining,
        [.. totals.Endpoints.Select(static endpoint => new AdminProtocol.EndpointCounts(
            endpoint.Endpoint,
            endpoint.LocalEndPoint is IPEndPoint { Port: 0 } ? null : endpoint.LocalEndPoint.ToString(),
            endpoint.Connections,
            endpoint.Handshakes,
            endpoint.Opened,
            endpoint.Refused,
            TrafficOf(endpoint.Traffic)))]);

    private static AdminProtocol.Traffic? TrafficOf(Ws.Traffic? traffic) => traffic is null
        ? null
        : new(traffic.MessagesReceived, traffic.MessagesSent, traffic.BytesReceived, traffic.BytesSent);

    private AdminProtocol.Row RowOf(Ws.Stats stats) => new(
        names.TextOf(stats.Connection),
        names.NodeOf(stats.Connection),
        stats.Endpoint,
        stats.Route,
        stats.Address,
        Shown(stats.User),
        CanKick: stats.User is { Length: <= AdminProtocol.MaxUserLength },
        stats.Subprotocol,
        stats.IsCompressed,
        stats.Duration.TotalMilliseconds,
        stats.MessagesReceived,
        stats.MessagesSent,
        stats.BytesReceived,
        stats.BytesSent,
        stats.QueuedBytes,
        stats.UnhandledBytes,
        stats.LastRoundTrip?.TotalMilliseconds);

    /// <summary>The name of a user, cut to its bound: the names of one page could overflow the send queue.</summary>
    private static string? Shown(string? user) =>
        user is { Length: > AdminProtocol.MaxUserLength } ? string.Concat(user.AsSpan(0, AdminProtocol.MaxUserLength - 1), "…") : user;

    private static AdminProtocol.TopicRow RowOf(Ws.TopicInfo topic) => new(
        topic.Name,
        topic.Members,
        [.. topic.Nodes.Select(static node => new AdminProtocol.NodeMembers(AdminNames.NameOf(node.Key), node.Value))]);

    private AdminProtocol.SessionRow RowOf(Ws.SessionInfo session)
    {
        var now = time.GetUtcNow();
        return new(
            session.SessionId,
            AdminNames.NameOf(session.Node),
            session.Route,
            Shown(session.User),
            Math.Max(0, (now - session.StartedAt).TotalMilliseconds),
            session.DetachedAt is { } since ? Math.Max(0, (now - since).TotalMilliseconds) : null,
            session.UnacknowledgedMessages,
            session.UnacknowledgedBytes);
    }
}
