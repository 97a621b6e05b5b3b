using System.Net;
using System.Text.Json.Serialization;
using Akka.Actor;
using WsActors.Protocol;
using WsActors.Serialization;
using WsActors.Settings;
using WsActors.Transport;

namespace WsActors;

/// <content>The messages of operators: health, statistics, connections, kick and drain.</content>
public static partial class Ws
{
    /// <summary>A message between nodes that is neither a command nor an event.</summary>
    internal interface IOperation : IEmbedded;

    /// <summary>Asks the manager for its health. Answered with <see cref="Health"/>.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record GetHealth : IOperation
    {
        private GetHealth()
        {
        }

        /// <summary>The one instance.</summary>
        public static GetHealth Instance { get; } = new();
    }

    /// <summary>The manager's health. An answer shows that the manager runs.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Health : IOperation
    {
        /// <summary>The addresses at which endpoints listen; two for <c>ws://localhost</c>.</summary>
        public required IReadOnlyList<EndPoint> Endpoints { get; init; }

        /// <summary>Whether upgrades are accepted: until the lead time of a drain is over.</summary>
        public required bool IsAdmitting { get; init; }

        /// <summary>Whether a drain has started: the node is not ready any more, though it may still accept upgrades.</summary>
        public required bool IsDraining { get; init; }

        /// <summary>Open WebSockets.</summary>
        public required int Connections { get; init; }

        /// <summary>
        /// The fault of the process by which upgrades fail now, such as <c>no socket can be accepted: …</c>; null while they do not. It is
        /// reset when an upgrade completes, 2 s after the last socket without a descriptor, and 10 s after the last of at least three other
        /// faults in a row.
        /// </summary>
        public string? UpgradeFault { get; init; }
    }

    /// <summary>
    /// Asks for statistics: sent to a connection, answered with <see cref="Stats"/>; sent to the manager, answered with
    /// <see cref="Totals"/>. A connection that has stopped does not answer.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record GetStats : ICommand
    {
        private GetStats()
        {
        }

        /// <summary>The one instance.</summary>
        public static GetStats Instance { get; } = new();
    }

    /// <summary>The state of one open connection. Each number is right; two may be of different moments.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Stats : IOperation
    {
        /// <summary>The connection.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>The name of the endpoint, such as <c>ws://0.0.0.0:8080</c>. For a client: <c>client</c>.</summary>
        public required string Endpoint { get; init; }

        /// <summary>The route's template.</summary>
        public required string Route { get; init; }

        /// <summary>The client's address, as a trusted proxy names it; <c>unix</c> for a Unix socket without such a proxy.</summary>
        public required string Address { get; init; }

        /// <summary>The user, see <see cref="Opened.User"/>; null without one.</summary>
        public string? User { get; init; }

        /// <summary>The negotiated subprotocol, or null.</summary>
        public string? Subprotocol { get; init; }

        /// <summary>Whether compression was negotiated.</summary>
        public required bool IsCompressed { get; init; }

        /// <summary>The time of the upgrade, by the server's clock.</summary>
        public required DateTimeOffset OpenedAt { get; init; }

        /// <summary>The time since the upgrade; changes of that clock do not affect it.</summary>
        public required TimeSpan Duration { get; init; }

        /// <summary>Complete messages received.</summary>
        public required long MessagesReceived { get; init; }

        /// <summary>Messages that were queued for sending.</summary>
        public required long MessagesSent { get; init; }

        /// <summary>Payload bytes of the received messages.</summary>
        public required long BytesReceived { get; init; }

        /// <summary>Payload bytes of the messages that were queued for sending.</summary>
        public required long BytesSent { get; init; }

        /// <summary>Bytes in send queues.</summary>
        public required long QueuedBytes { get; init; }

        /// <summary>
        /// Bytes delivered to the handler and not known to be handled, or in its stash: payloads and 128 B a message. The handler is probed
        /// only above half of <c>send-queue.pause-reading-above</c>, so a smaller value says nothing.
        /// </summary>
        public required long UnhandledBytes { get; init; }

        /// <summary>The round trip of the last answered ping; null before that.</summary>
        public TimeSpan? LastRoundTrip { get; init; }

        /// <summary>The connection without its user: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Stats)} {{ {Connection.Path.Name} }}";
    }

    /// <summary>The server's counters. Answers <see cref="GetStats"/>.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Totals : IOperation
    {
        /// <summary>Open WebSockets.</summary>
        public required int Connections { get; init; }

        /// <summary>Sockets whose request is incomplete, or is being refused.</summary>
        public required int Handshakes { get; init; }

        /// <summary>Handshakes completed since the system started, also at endpoints that no longer listen.</summary>
        public required long Opened { get; init; }

        /// <summary>Sockets and requests refused since then.</summary>
        public required long Refused { get; init; }

        /// <summary>The counters of each listening endpoint.</summary>
        public required IReadOnlyList<EndpointTotals> Endpoints { get; init; }
    }

    /// <summary>The counters of one endpoint.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record EndpointTotals : IValue
    {
        /// <summary>The name from the bind.</summary>
        public required string Endpoint { get; init; }

        /// <summary>The bound address; of two loopback addresses the one of IPv4.</summary>
        public required EndPoint LocalEndPoint { get; init; }

        /// <summary>Open WebSockets.</summary>
        public required int Connections { get; init; }

        /// <summary>Sockets whose request is incomplete, or is being refused.</summary>
        public required int Handshakes { get; init; }

        /// <summary>Opening handshakes completed.</summary>
        public required long Opened { get; init; }

        /// <summary>Sockets and requests that were refused.</summary>
        public required long Refused { get; init; }
    }

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
    /// scans at most 10,000 of them.
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
        public int PageSize
        {
            get;
            init => field = value is >= 1 and <= MaxPageSize
                ? value
                : throw new ArgumentOutOfRangeException(nameof(value), value, $"A page has 1 to {MaxPageSize} connections.");
        } = 100;

        /// <summary>The last <see cref="ConnectionList.Next"/>, to continue there; null to start.</summary>
        public long? After { get; init; }
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

    /// <summary>
    /// Takes the node out of service, for good. Readiness fails at once. Upgrades are accepted for the lead time, while balancers notice,
    /// then answered 503. Connections are closed over the spread, each at a random time. Connections that are still open at the deadline
    /// are reset. The endpoints stop listening last. Answered with <see cref="Drained"/>. A second drain joins the first, and the shorter
    /// of their times apply. A shutdown of the actor system does the same.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Drain : IOperation
    {
        /// <summary>
        /// The time for which upgrades are still accepted; null for <c>ws-actors.drain.lead</c>. The lead is skipped while there are no
        /// connections.
        /// </summary>
        /// <exception cref="ArgumentOutOfRangeException">The time is negative, or more than 24 days.</exception>
        public TimeSpan? Lead { get; init => field = Checked(value, nameof(Lead)); }

        /// <summary>The time over which connections are closed; null for <c>ws-actors.drain.spread</c>.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The time is negative, or more than 24 days.</exception>
        public TimeSpan? Spread { get; init => field = Checked(value, nameof(Spread)); }

        private static TimeSpan? Checked(TimeSpan? time, string name) =>
            time is null || (time >= TimeSpan.Zero && time <= DurationKind.Longest)
                ? time
                : throw new ArgumentOutOfRangeException(name, time, $"It must be from nothing to {DurationKind.Longest}.");
    }

    /// <summary>The drain is complete: no endpoint listens, and no connection is open.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Drained : IOperation
    {
        /// <summary>The number of WebSockets told to close.</summary>
        public required int Closed { get; init; }

        /// <summary>The number of connections reset at the deadline.</summary>
        public required int Aborted { get; init; }
    }
}
