using System.Text.Json.Serialization;

namespace WsActors.Hosting.Admin;

/// <content>The messages of the server.</content>
internal static partial class AdminProtocol
{
    /// <summary>A message of the server.</summary>
    [JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
    [JsonDerivedType(typeof(TokenNeeded), "token")]
    [JsonDerivedType(typeof(Welcome), "welcome")]
    [JsonDerivedType(typeof(Overview), "overview")]
    [JsonDerivedType(typeof(Connections), "connections")]
    [JsonDerivedType(typeof(Topics), "topics")]
    [JsonDerivedType(typeof(Sessions), "sessions")]
    [JsonDerivedType(typeof(Counted), "count")]
    [JsonDerivedType(typeof(Done), "done")]
    [JsonDerivedType(typeof(Failed), "failed")]
    [JsonDerivedType(typeof(Tapped), "tapped")]
    [JsonDerivedType(typeof(TapEnded), "tapEnded")]
    public abstract record Answer;

    /// <summary>The first message where a token is needed.</summary>
    public sealed record TokenNeeded : Answer;

    /// <summary>The page may ask now.</summary>
    /// <param name="Who">The name of the page in the log.</param>
    /// <param name="Node">The node that serves the page.</param>
    /// <param name="PageSize">The rows of a page.</param>
    /// <param name="BacklogFrom">The least backlog of a handler, in bytes, that is known: a smaller one says nothing.</param>
    /// <param name="Tap">The bounds of a tap; null while taps are off on this node.</param>
    public sealed record Welcome(string Who, Node Node, int PageSize, long BacklogFrom, TapBounds? Tap) : Answer;

    /// <summary>A node: its address, and a shorter name for people.</summary>
    public sealed record Node(string Address, string Name);

    /// <param name="Id">The question's.</param>
    /// <param name="At">The server's time in milliseconds, for rates.</param>
    /// <param name="Nodes">The nodes that answered.</param>
    /// <param name="Missing">The names of those that did not.</param>
    public sealed record Overview(int Id, double At, IReadOnlyList<NodeCounts> Nodes, IReadOnlyList<string> Missing) : Answer;

    /// <param name="Node">The node.</param>
    /// <param name="Open">Open connections.</param>
    /// <param name="Handshakes">Sockets whose request is incomplete.</param>
    /// <param name="Opened">Connections opened ever.</param>
    /// <param name="Refused">Sockets and requests refused ever.</param>
    /// <param name="Traffic">Messages and bytes ever; null of a node of an earlier version.</param>
    /// <param name="Draining">Whether a drain has started: the endpoint of an app stays in the list.</param>
    /// <param name="Endpoints">The endpoints.</param>
    public sealed record NodeCounts(
        Node Node,
        int Open,
        int Handshakes,
        long Opened,
        long Refused,
        Traffic? Traffic,
        bool Draining,
        IReadOnlyList<EndpointCounts> Endpoints);

    /// <summary>The counts of an endpoint; of an app's own HTTP server the address is null.</summary>
    public sealed record EndpointCounts(
        string Name, string? Address, int Open, int Handshakes, long Opened, long Refused, Traffic? Traffic);

    /// <summary>Messages and bytes since the start.</summary>
    public sealed record Traffic(long MessagesIn, long MessagesOut, long BytesIn, long BytesOut);

    /// <param name="Id">The question's.</param>
    /// <param name="Rows">The connections.</param>
    /// <param name="Missing">The names of nodes that did not answer.</param>
    /// <param name="Next">Where the next page begins; null at the end.</param>
    public sealed record Connections(int Id, IReadOnlyList<Row> Rows, IReadOnlyList<string> Missing, string? Next) : Answer;

    /// <summary>An open connection. Times are milliseconds; <c>User</c> has at most <see cref="MaxUserLength"/> characters.</summary>
    public sealed record Row(
        string Connection,
        string Node,
        string Endpoint,
        string Route,
        string Address,
        string? User,
        bool CanKick,
        string? Subprotocol,
        bool Compressed,
        double Age,
        long MessagesIn,
        long MessagesOut,
        long BytesIn,
        long BytesOut,
        long Queued,
        long Backlog,
        double? RoundTrip);

    /// <inheritdoc cref="Connections" path="/param"/>
    public sealed record Topics(int Id, IReadOnlyList<TopicRow> Rows, IReadOnlyList<string> Missing, string? Next) : Answer;

    /// <summary>A topic, with its members on each node.</summary>
    public sealed record TopicRow(string Name, int Members, IReadOnlyList<NodeMembers> Nodes);

    /// <summary>The members of a topic on a node.</summary>
    public sealed record NodeMembers(string Node, int Members);

    /// <inheritdoc cref="Connections" path="/param"/>
    public sealed record Sessions(int Id, IReadOnlyList<SessionRow> Rows, IReadOnlyList<string> Missing, string? Next) : Answer;

    /// <summary>A session. Times are milliseconds; <c>Away</c> is null while a client is attached.</summary>
    public sealed record SessionRow(
        string Session, string Node, string Route, string? User, double Age, double? Away, int Messages, long Bytes);

    /// <param name="Id">The question's.</param>
    /// <param name="Count">The connections.</param>
    /// <param name="More">Whether there are more than were counted.</param>
    public sealed record Counted(int Id, int Count, bool More) : Answer;

    /// <summary>An action is done, or begun.</summary>
    /// <param name="Id">The action's.</param>
    /// <param name="Text">One sentence.</param>
    /// <param name="Missing">The names of nodes that did not answer.</param>
    public sealed record Done(int Id, string Text, IReadOnlyList<string> Missing) : Answer;

    /// <summary>A question or an action failed.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Reason">One sentence.</param>
    public sealed record Failed(int Id, string Reason) : Answer;
}
