using System.Text.Json.Serialization;
using Akka.Actor;
using WsActors.Serialization;

namespace WsActors;

/// <content>The orders of pages, and the pages of topics and sessions of all nodes. On a single node they have that node alone.</content>
public static partial class Ws
{
    /// <summary>The orders of connections, each by the field of <see cref="Stats"/> with that name.</summary>
    public enum ConnectionOrder
    {
        /// <summary>The time of the upgrade, by each node's clock: the oldest first.</summary>
        OpenedAt,

        /// <summary>The user, by the values of its characters; connections without one first.</summary>
        User,

        /// <summary>The address, by its bytes: clients without one, then IPv4, then IPv6.</summary>
        Address,

        /// <summary>The template of the route, by the values of its characters.</summary>
        Route,

        /// <summary>Bytes in send queues: descending, the slowest readers come first.</summary>
        QueuedBytes,

        /// <summary>The handler's backlog: descending, the slowest handlers come first.</summary>
        UnhandledBytes,

        /// <summary>The last round trip; connections without one first.</summary>
        LastRoundTrip,

        /// <summary>Messages, received and sent together.</summary>
        Messages,
    }

    /// <summary>The orders of topics.</summary>
    public enum TopicOrder
    {
        /// <summary>The name, by the values of its characters.</summary>
        Name,

        /// <summary>
        /// The number of members on all nodes; equal ones by name. Each node names its 1,000 largest topics that match. A node with more
        /// leaves out its others, and their members there are not counted.
        /// </summary>
        Members,
    }

    /// <summary>The orders of sessions.</summary>
    public enum SessionOrder
    {
        /// <summary>The id. The sessions of a user are together.</summary>
        SessionId,

        /// <summary>The time of the client's detach, by each node's clock: the longest away first, those with a client last.</summary>
        DetachedAt,

        /// <summary>Messages that the client has not acknowledged; equal ones by id.</summary>
        UnacknowledgedMessages,

        /// <summary>The bytes of these messages; equal ones by id.</summary>
        UnacknowledgedBytes,
    }

    /// <summary>
    /// Asks the manager for the topics of all nodes. Answered with a <see cref="TopicList"/>. Nodes of versions without this list count as
    /// missing.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record ListTopics : IClusterOperation
    {
        /// <summary>The beginning of the names, exactly; empty for all.</summary>
        /// <exception cref="ArgumentNullException">The value is null.</exception>
        public string Prefix { get; init => field = NotNull(value); } = "";

        /// <summary>The order of the topics.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
        public TopicOrder OrderBy { get; init => field = Defined(value); }

        /// <summary>Whether the greatest values come first.</summary>
        public bool IsDescending { get; init; }

        /// <summary>Most topics in the answer; 1 to 1,000.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is not in that range.</exception>
        public int PageSize { get; init => field = PageOf(value); } = ListConnections.DefaultPageSize;

        /// <summary>
        /// The last <see cref="TopicList.Next"/>, to continue there; null to start. One of another order is answered with
        /// <see cref="Status.Failure"/>.
        /// </summary>
        /// <exception cref="ArgumentException">The value is no such text.</exception>
        public string? After { get; init => field = CursorText(value); }

        /// <summary>The time in which nodes must answer: more than nothing, at most a minute; 3 s by default.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is not in that range.</exception>
        public TimeSpan Timeout { get; init => field = NodesTimeout(value); } = DefaultNodesTimeout;

        /// <summary>Without the names, which clients may have chosen: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(ListTopics)} {{ {OrderBy} }}";
    }

    /// <summary>A page of topics. Answers <see cref="ListTopics"/>.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record TopicList : IOperation
    {
        /// <summary>At most as many as asked for, in the order asked for.</summary>
        public required IReadOnlyList<TopicInfo> Topics { get; init; }

        /// <summary>The nodes that did not answer in time, or are unreachable: their members are not counted.</summary>
        public required IReadOnlyList<Address> Missing { get; init; }

        /// <summary>
        /// The cursor for the next page, from the manager of any node. Topics that come or go meanwhile make no other topic appear twice or
        /// be left out; in the order of members, a topic whose number changes meanwhile may. Null at the end.
        /// </summary>
        public string? Next { get; init; }

        /// <summary>Without the names.</summary>
        public override string ToString() => $"{nameof(TopicList)} {{ {Topics.Count} }}";
    }

    /// <summary>A topic and its members.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record TopicInfo : IValue
    {
        /// <summary>The name of the topic.</summary>
        public required string Name { get; init; }

        /// <summary>The number of members on each node that has some, in the order of the addresses.</summary>
        public required IReadOnlyDictionary<Address, int> Nodes { get; init; }

        /// <summary>The members on all these nodes: connections and sessions.</summary>
        public int Members => Nodes.Values.Sum();

        /// <summary>Without the name.</summary>
        public override string ToString() => $"{nameof(TopicInfo)} {{ {Members} }}";
    }

    /// <summary>
    /// Asks the manager for the sessions of all nodes. Answered with a <see cref="SessionList"/>. Nodes of versions without this list count
    /// as missing.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record ListSessions : IClusterOperation
    {
        /// <summary>The user, exactly, see <see cref="Opened.User"/>; null for any or none.</summary>
        public string? User { get; init; }

        /// <summary>
        /// A part of the id, of the user or of the route, such as the text of a search box; upper and lower case are the same. 1 to 256
        /// characters; null for any.
        /// </summary>
        /// <exception cref="ArgumentException">The text is empty or too long.</exception>
        public string? Search { get; init => field = SearchText(value); }

        /// <summary>The order of the sessions.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
        public SessionOrder OrderBy { get; init => field = Defined(value); }

        /// <summary>Whether the greatest values come first.</summary>
        public bool IsDescending { get; init; }

        /// <summary>Most sessions in the answer, of all nodes together; 1 to 1,000.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is not in that range.</exception>
        public int PageSize { get; init => field = PageOf(value); } = ListConnections.DefaultPageSize;

        /// <summary>
        /// The last <see cref="SessionList.Next"/>, to continue there; null to start. One of another order is answered with
        /// <see cref="Status.Failure"/>.
        /// </summary>
        /// <exception cref="ArgumentException">The value is no such text.</exception>
        public string? After { get; init => field = CursorText(value); }

        /// <summary>The time in which nodes must answer: more than nothing, at most a minute; 3 s by default.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is not in that range.</exception>
        public TimeSpan Timeout { get; init => field = NodesTimeout(value); } = DefaultNodesTimeout;

        /// <summary>Without the user: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(ListSessions)} {{ {OrderBy} }}";
    }

    /// <summary>A page of sessions. Answers <see cref="ListSessions"/>.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record SessionList : IOperation
    {
        /// <summary>At most as many as asked for, in the order asked for.</summary>
        public required IReadOnlyList<SessionInfo> Sessions { get; init; }

        /// <summary>The nodes that did not answer in time, or are unreachable.</summary>
        public required IReadOnlyList<Address> Missing { get; init; }

        /// <summary>
        /// The cursor for the next page, from the manager of any node. Sessions that start or end meanwhile make no other session appear
        /// twice or be left out; one that moves to another node, or whose value changes, may. Null at the end.
        /// </summary>
        public string? Next { get; init; }

        /// <summary>The number of sessions alone: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(SessionList)} {{ {Sessions.Count} }}";
    }

    /// <summary>The state of one session. Each number is right; two may be of different moments. It has no secret.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record SessionInfo : IValue
    {
        /// <summary>The session. It takes <see cref="Close"/>, <see cref="GetStats"/> and all other commands.</summary>
        public required IActorRef Session { get; init; }

        /// <summary>The id, as in <see cref="Attached.SessionId"/>. Not a secret: it admits no client.</summary>
        public required string SessionId { get; init; }

        /// <summary>The node on which the session lives; the client's socket may be on another.</summary>
        public required Address Node { get; init; }

        /// <summary>The user, see <see cref="Opened.User"/>; null without one.</summary>
        public string? User { get; init; }

        /// <summary>The route's template.</summary>
        public required string Route { get; init; }

        /// <summary>The time of the session's start, by its node's clock.</summary>
        public required DateTimeOffset StartedAt { get; init; }

        /// <summary>The time since which it has no client, by its node's clock; null while a client is attached.</summary>
        public DateTimeOffset? DetachedAt { get; init; }

        /// <summary>Whether a client is attached.</summary>
        public bool IsAttached => DetachedAt is null;

        /// <summary>Messages in its log: not acknowledged by the client, or not sent yet.</summary>
        public required int UnacknowledgedMessages { get; init; }

        /// <summary>The bytes of its log, with the overhead of each message.</summary>
        public required long UnacknowledgedBytes { get; init; }

        /// <summary>Without the user: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(SessionInfo)} {{ {SessionId} }}";
    }
}
