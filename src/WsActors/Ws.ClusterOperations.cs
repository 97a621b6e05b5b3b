using System.Text.Json.Serialization;
using Akka.Actor;
using WsActors.Messages;
using WsActors.Serialization;

namespace WsActors;

/// <content>
/// Operations of all nodes: the manager of any node is asked, and asks the managers of the others. On a single node the answer has that
/// node alone.
/// </content>
public static partial class Ws
{
    /// <summary>The default time in which nodes must answer.</summary>
    private static readonly TimeSpan DefaultNodesTimeout = TimeSpan.FromSeconds(3);

    /// <summary>An operation of all nodes.</summary>
    internal interface IClusterOperation : IOperation
    {
        /// <summary>The time in which nodes must answer.</summary>
        TimeSpan Timeout { get; }
    }

    /// <summary>Asks the manager for the counters of all nodes. Answered with <see cref="ClusterTotals"/>.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record GetClusterStats : IClusterOperation
    {
        /// <summary>The time in which nodes must answer: more than nothing, at most a minute; 3 s by default.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is not in that range.</exception>
        public TimeSpan Timeout { get; init => field = NodesTimeout(value); } = DefaultNodesTimeout;
    }

    /// <summary>The counters of all nodes. Answers <see cref="GetClusterStats"/>.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record ClusterTotals : IOperation
    {
        /// <summary>The counters of each node that answered, in the order of the addresses.</summary>
        public required IReadOnlyDictionary<Address, Totals> Nodes { get; init; }

        /// <summary>The nodes that did not answer in time, or are unreachable.</summary>
        public required IReadOnlyList<Address> Missing { get; init; }

        /// <summary>The open WebSockets of all these nodes.</summary>
        public int Connections => Nodes.Values.Sum(static totals => totals.Connections);
    }

    /// <summary>
    /// Asks the manager for open connections of all nodes. Answered with a <see cref="ClusterConnectionList"/>. Without an order nodes are
    /// asked one after the other, until the page is full. With an <see cref="OrderBy"/> all nodes are asked at the same time.
    /// </summary>
    /// <param name="Filter">The connections to list.</param>
    /// <exception cref="ArgumentNullException">The filter is null; <see cref="ConnectionFilter.All"/> means everyone.</exception>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record ListClusterConnections(ConnectionFilter Filter) : IClusterOperation
    {
        /// <summary>Lists all connections.</summary>
        public ListClusterConnections()
            : this(ConnectionFilter.All)
        {
        }

        /// <summary>The connections to list.</summary>
        public ConnectionFilter Filter { get; init => field = NotNull(value); } = NotNull(Filter);

        /// <summary>Most connections in the answer, of all nodes together; 1 to 1,000.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is not in that range.</exception>
        public int PageSize { get; init => field = PageOf(value); } = ListConnections.DefaultPageSize;

        /// <summary>
        /// The order of all connections of all nodes; null for the order of the nodes' addresses, and on each node of arrival. Nodes of
        /// versions without this order count as missing.
        /// </summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
        public ConnectionOrder? OrderBy { get; init => field = value is { } order ? Defined(order) : null; }

        /// <summary>Whether the greatest values of <see cref="OrderBy"/> come first. Without an order it has no effect.</summary>
        public bool IsDescending { get; init; }

        /// <summary>
        /// The last <see cref="ClusterConnectionList.Next"/>, to continue there; null to start. One of another order is answered with
        /// <see cref="Status.Failure"/>.
        /// </summary>
        /// <exception cref="ArgumentException">The value is no such text.</exception>
        public string? After
        {
            get;
            init => field = value is null || ClusterCursor.Parse(value) is not null || SortCursor.Parse(value) is not null
                ? value
                : throw new ArgumentException($"It is not a {nameof(ClusterConnectionList.Next)} of an earlier page.", nameof(After));
        }

        /// <summary>The time in which nodes must answer: more than nothing, at most a minute; 3 s by default.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is not in that range.</exception>
        public TimeSpan Timeout { get; init => field = NodesTimeout(value); } = DefaultNodesTimeout;

        /// <summary>Without filter and cursor, which may name a user: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(ListClusterConnections)} {{ {OrderBy} }}";
    }

    /// <summary>
    /// Open connections of all nodes in the order asked for; without one, in the order of the nodes' addresses, and of one node in the
    /// order of arrival.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record ClusterConnectionList : IOperation
    {
        /// <summary>At most as many as asked for; may be fewer, or none, while there is a <see cref="Next"/>.</summary>
        public required IReadOnlyList<Stats> Connections { get; init; }

        /// <summary>
        /// The nodes whose connections would be in this page, and that did not answer in time or are unreachable. Without an order the next
        /// page starts behind them; with one, it asks them again.
        /// </summary>
        public required IReadOnlyList<Address> Missing { get; init; }

        /// <summary>
        /// The cursor for the next page, from the manager of any node; connections and nodes that come or go meanwhile make no other
        /// connection appear twice or be left out. A node that comes meanwhile may be left out. With an order the page continues behind the
        /// last value: a connection whose value changes meanwhile may appear twice or be left out. Null at the end.
        /// </summary>
        public string? Next { get; init; }

        /// <summary>Without the cursor, which may name a user: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(ClusterConnectionList)} {{ {Connections.Count} }}";
    }

    /// <summary>Tells the manager to close connections on all nodes. Answered with <see cref="KickedInCluster"/>.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record KickInCluster : IClusterOperation
    {
        /// <summary>Closes all connections that match a filter.</summary>
        /// <param name="filter">The connections to close.</param>
        /// <param name="close">The close command; null for 1008 without a reason.</param>
        /// <exception cref="ArgumentException">The filter is empty: drain each node to close all connections.</exception>
        public KickInCluster(ConnectionFilter filter, Close? close = null) => Kick = new Kick(filter, close);

        /// <summary>The connections to close.</summary>
        public ConnectionFilter Filter => Kick.Filter;

        /// <summary>The close command.</summary>
        public Close Close => Kick.Close;

        /// <summary>The time in which nodes must answer: more than nothing, at most a minute; 3 s by default.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is not in that range.</exception>
        public TimeSpan Timeout { get; init => field = NodesTimeout(value); } = DefaultNodesTimeout;

        /// <summary>The part of each node.</summary>
        internal Kick Kick { get; }
    }

    /// <summary>The result of a <see cref="KickInCluster"/>.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record KickedInCluster : IOperation
    {
        /// <summary>The result of each node that answered, in the order of the addresses.</summary>
        public required IReadOnlyDictionary<Address, Kicked> Nodes { get; init; }

        /// <summary>The nodes that did not answer in time, or are unreachable. They may have closed connections all the same.</summary>
        public required IReadOnlyList<Address> Missing { get; init; }

        /// <summary>The number of open connections told to close, on all these nodes.</summary>
        public int Count => Nodes.Values.Sum(static kicked => kicked.Count);
    }
}
