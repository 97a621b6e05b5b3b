using System.Net;
using System.Text.Json.Serialization;
using Akka.Actor;
using WsActors.Protocol;
using WsActors.Serialization;
using WsActors.Transport;

namespace WsActors;

/// <content>The open connections of a node: which ones, listing them, and closing them.</content>
public static partial class Ws
{
    /// <summary>A filter of open connections: all its conditions must hold. An empty filter matches every connection.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record ConnectionFilter : IValue
    {
        /// <summary>A filter that matches every connection.</summary>
        public static ConnectionFilter All { get; } = new();

        /// <summary>The connection; null for any.</summary>
        public IActorRef? Connection { get; init; }

        /// <summary>The user, exactly, see <see cref="Opened.User"/>; null for any or none.</summary>
        public string? User { get; init; }

        /// <summary>
        /// The client's address, or a network such as <c>192.0.2.0/24</c>; <c>unix</c> for clients of a Unix socket without an address;
        /// null for any.
        /// </summary>
        /// <exception cref="ArgumentException">The value is neither an address, a network nor <c>unix</c>.</exception>
        public string? Address
        {
            get;
            init => field = value is null or PeerAddress.Unix || NetworkOf(value) is not null
                ? value
                : throw new ArgumentException(
                    $"'{value}' is neither an address, a network such as 192.0.2.0/24, nor {PeerAddress.Unix}.", nameof(value));
        }

        /// <summary>The template of the route, such as <c>/chat/{room}</c>; null for any.</summary>
        public string? Route { get; init; }

        /// <summary>
        /// A part of the user, of the address or of the route, such as the text of a search box; upper and lower case are the same. 1 to
        /// 256 characters; null for any.
        /// </summary>
        /// <exception cref="ArgumentException">The text is empty or too long.</exception>
        public string? Search { get; init => field = SearchText(value); }

        /// <summary>The least number of bytes that wait to be sent.</summary>
        public long MinQueuedBytes { get; init; }

        /// <summary>Without the user: an unhandled message reaches a log.</summary>
        public override string ToString() => nameof(ConnectionFilter);

        internal bool IsEveryone => MinQueuedBytes <= 0 && this with { MinQueuedBytes = 0 } == All;

        /// <summary>The network of <see cref="Address"/>; null without one. A single address is its own network.</summary>
        internal IPNetwork? Network => Address is null or PeerAddress.Unix ? null : NetworkOf(Address);

        private static IPNetwork? NetworkOf(string text) => IPAddress.TryParse(text, out var address)
            ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : IPNetwork.TryParse(text, out var network) ? network : null;
    }

    /// <summary>
    /// Asks the manager for open connections. Answered at once with a <see cref="ConnectionList"/>: no connection is asked, and a page
    /// scans at most 10,000 of them, or 2,500 with a <see cref="ConnectionFilter.Search"/>.
    /// </summary>
    /// <param name="Filter">The connections to list.</param>
    /// <exception cref="ArgumentNullException">The filter is null; <see cref="ConnectionFilter.All"/> means everyone.</exception>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record ListConnections(ConnectionFilter Filter) : IOperation
    {
        /// <summary>The connections to list.</summary>
        public ConnectionFilter Filter { get; init => field = NotNull(value); } = NotNull(Filter);

        /// <summary>The largest <see cref="PageSize"/>.</summary>
        public const int MaxPageSize = 1000;

        /// <summary>Lists all connections.</summary>
        public ListConnections()
            : this(ConnectionFilter.All)
        {
        }

        /// <summary>Most connections in the answer; 1 to 1,000.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is not in that range.</exception>
        public int PageSize { get; init => field = PageOf(value); } = DefaultPageSize;

        /// <summary>The last <see cref="ConnectionList.Next"/>, to continue there; null to start.</summary>
        public long? After { get; init; }

        internal const int DefaultPageSize = 100;
    }

    /// <summary>Open connections in the order of their arrival.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record ConnectionList : IOperation
    {
        /// <summary>At most as many as asked for; may be fewer, or none, while there is a <see cref="Next"/>.</summary>
        public required IReadOnlyList<Stats> Connections { get; init; }

        /// <summary>
        /// The cursor for the next page; connections that open or close meanwhile make no other appear twice or be left out. Null at the
        /// end.
        /// </summary>
        public long? Next { get; init; }
    }

    /// <summary>Tells the manager to close connections. Answered with <see cref="Kicked"/>.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Kick : IOperation
    {
        /// <summary>Closes all connections that match a filter.</summary>
        /// <param name="filter">The connections to close.</param>
        /// <param name="close">The close command; null for 1008 without a reason.</param>
        /// <exception cref="ArgumentException">The filter is empty: use <see cref="Drain"/> to close all connections.</exception>
        public Kick(ConnectionFilter filter, Close? close = null)
        {
            ArgumentNullException.ThrowIfNull(filter);
            if (filter.IsEveryone)
            {
                throw new ArgumentException("An empty filter means everyone; say whom to kick.", nameof(filter));
            }

            (Filter, Close) = (filter, close ?? new Close(CloseCode.PolicyViolation));
        }

        /// <summary>The connections to close.</summary>
        public ConnectionFilter Filter { get; }

        /// <summary>The close command.</summary>
        public Close Close { get; }
    }

    /// <summary>The result of a <see cref="Kick"/>.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Kicked : IOperation
    {
        /// <summary>The number of open connections told to close.</summary>
        public required int Count { get; init; }
    }
}
