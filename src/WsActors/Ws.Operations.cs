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
    /// <param name="Endpoints">The addresses at which endpoints listen: of <c>ws://localhost</c> two.</param>
    /// <param name="IsAdmitting">Whether upgrades are taken: until the lead time of a drain is over.</param>
    /// <param name="IsDraining">Whether a drain has begun: the node is not ready any more, though it may still take upgrades.</param>
    /// <param name="Connections">Open WebSockets.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Health(IReadOnlyList<EndPoint> Endpoints, bool IsAdmitting, bool IsDraining, int Connections) : IOperation
    {
        /// <summary>
        /// Why upgrades fail now by a fault of the process, such as <c>no socket can be accepted: …</c>; null while they do not. It ends
        /// when one opens, 2 s after the last socket that had no descriptor, and 10 s after the last of at least three other faults in a
        /// row.
        /// </summary>
        public string? UpgradeFault { get; init; }
    }

    /// <summary>
    /// Asks how it is: told to a connection, answered with <see cref="Stats"/>; told to the manager, answered with <see cref="Totals"/>.
    /// A connection that is gone does not answer.
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

        /// <summary>The endpoint as it was bound: <c>ws://0.0.0.0:8080</c>. For a client: <c>client</c>.</summary>
        public required string Endpoint { get; init; }

        /// <summary>The route's template.</summary>
        public required string Route { get; init; }

        /// <summary>
        /// The client's address; behind a trusted proxy, the one that the proxy named; <c>unix</c> by a Unix socket without such a proxy.
        /// </summary>
        public required string Address { get; init; }

        /// <summary>The user, as <see cref="Opened.User"/> says; null where the guard named nobody.</summary>
        public required string? User { get; init; }

        /// <summary>The one agreed on, or null.</summary>
        public required string? Subprotocol { get; init; }

        /// <summary>Whether compression was agreed on.</summary>
        public required bool IsCompressed { get; init; }

        /// <summary>The time of its opening, by the server's clock.</summary>
        public required DateTimeOffset OpenedAt { get; init; }

        /// <summary>The time since it opened; changes of that clock do not affect it.</summary>
        public required TimeSpan Duration { get; init; }

        /// <summary>Complete messages received.</summary>
        public required long MessagesReceived { get; init; }

        /// <summary>Messages that were taken for sending.</summary>
        public required long MessagesSent { get; init; }

        /// <summary>Payload bytes of the received messages.</summary>
        public required long BytesReceived { get; init; }

        /// <summary>Payload bytes of the messages that were taken for sending.</summary>
        public required long BytesSent { get; init; }

        /// <summary>Bytes in send queues.</summary>
        public required long QueuedBytes { get; init; }

        /// <summary>
        /// Bytes told to the handler and not known to be handled, or in its stash; payloads and 128 B a message. The handler is probed
        /// only above half of <c>send-queue.pause-reading-above</c>, so a smaller value says nothing.
        /// </summary>
        public required long UnhandledBytes { get; init; }

        /// <summary>The round trip of the last answered ping; null before that.</summary>
        public required TimeSpan? LastRoundTrip { get; init; }

        /// <summary>The connection without its user: an unhandled message reaches a log.</summary>
        public override string ToString() => $"{nameof(Stats)} {{ {Connection.Path.Name} }}";
    }

    /// <summary>The server's counters. Answers <see cref="GetStats"/>.</summary>
    /// <param name="Connections">Open WebSockets.</param>
    /// <param name="Handshakes">Sockets that have not finished their request, or are being refused.</param>
    /// <param name="Opened">Handshakes that succeeded since the system began, at endpoints that are gone, too.</param>
    /// <param name="Refused">Sockets and requests that were refused, likewise.</param>
    /// <param name="Endpoints">The same of each endpoint that listens.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Totals(int Connections, int Handshakes, long Opened, long Refused, IReadOnlyList<EndpointTotals> Endpoints) : IOperation;

    /// <summary>The counters of one endpoint.</summary>
    /// <param name="Endpoint">As it was asked for.</param>
    /// <param name="LocalEndPoint">Where it listens; of both loopback addresses that of IPv4.</param>
    /// <param name="Connections">Open WebSockets.</param>
    /// <param name="Handshakes">Sockets that have not finished their request, or are being refused.</param>
    /// <param name="Opened">Opening handshakes completed.</param>
    /// <param name="Refused">Sockets and requests that were refused.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record EndpointTotals(string Endpoint, EndPoint LocalEndPoint, int Connections, int Handshakes, long Opened, long Refused)
        : IValue;

    /// <summary>A filter of open connections: all its conditions must hold. An empty filter matches every connection.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record ConnectionFilter : IValue
    {
        /// <summary>Everyone.</summary>
        public static ConnectionFilter All { get; } = new();

        /// <summary>This one; null for any.</summary>
        public IActorRef? Connection { get; init; }

        /// <summary>The user, exactly, as <see cref="Opened.User"/> says; null for any or none.</summary>
        public string? User { get; init; }

        /// <summary>
        /// The client's address, or a network such as <c>192.0.2.0/24</c>; <c>unix</c> for who came by a Unix socket and has none; null
        /// for any.
        /// </summary>
        /// <exception cref="ArgumentException">It is none of these.</exception>
        public string? Address
        {
            get;
            init => field = value is null or PeerAddress.Unix || NetworkOf(value) is not null
                ? value
                : throw new ArgumentException($"'{value}' is neither an address, a network such as 192.0.2.0/24, nor {PeerAddress.Unix}.", nameof(value));
        }

        /// <summary>The template of the route, such as <c>/chat/{room}</c>; null for any.</summary>
        public string? Route { get; init; }

        /// <summary>At least so many bytes wait to be sent.</summary>
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
    /// Asks the manager who is connected. Answered with a <see cref="ConnectionList"/>, at once: no connection is asked, and a page looks
    /// at no
    /// more than 10,000 of them.
    /// </summary>
    /// <param name="Filter">Whom to list.</param>
    /// <exception cref="ArgumentNullException">The filter is null; <see cref="ConnectionFilter.All"/> means everyone.</exception>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record ListConnections(ConnectionFilter Filter) : IOperation
    {
        /// <summary>Whom to list.</summary>
        public ConnectionFilter Filter { get; init => field = NotNull(value); } = NotNull(Filter);

        /// <summary>The largest <see cref="PageSize"/>.</summary>
        public const int MaxPageSize = 1000;

        /// <summary>Lists everyone.</summary>
        public ListConnections()
            : this(ConnectionFilter.All)
        {
        }

        /// <summary>Most connections in the answer; 1 to 1,000.</summary>
        /// <exception cref="ArgumentOutOfRangeException">It is not in that range.</exception>
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

    /// <summary>Connections that are open, in the order in which they came.</summary>
    /// <param name="Connections">At most as many as asked for; may be fewer, or none, while there is a <paramref name="Next"/>.</param>
    /// <param name="Next">
    /// For the next page: who comes and goes meanwhile makes none of the others appear twice or be left out. Null at the end.
    /// </param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record ConnectionList(IReadOnlyList<Stats> Connections, long? Next) : IOperation;

    /// <summary>Tells the manager to close connections. Answered with <see cref="Kicked"/>.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Kick : IOperation
    {
        /// <summary>Closes everyone whom the filter means.</summary>
        /// <param name="filter">Whom.</param>
        /// <param name="close">With what; 1008 and no reason if null.</param>
        /// <exception cref="ArgumentException">The filter is empty: what closes everyone is <see cref="Drain"/>.</exception>
        public Kick(ConnectionFilter filter, Close? close = null)
        {
            ArgumentNullException.ThrowIfNull(filter);
            if (filter.IsEveryone)
            {
                throw new ArgumentException("An empty filter means everyone; say whom to kick.", nameof(filter));
            }

            (Filter, Close) = (filter, close ?? new Close(CloseCode.PolicyViolation));
        }

        /// <summary>Whom.</summary>
        public ConnectionFilter Filter { get; }

        /// <summary>With what.</summary>
        public Close Close { get; }
    }

    /// <summary>The result of a <see cref="Kick"/>.</summary>
    /// <param name="Count">The number of open connections told to close.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Kicked(int Count) : IOperation;

    /// <summary>
    /// Takes the node out of service, for good: readiness fails at once; upgrades are still taken for the lead time, while balancers
    /// notice,
    /// then answered 503; connections are closed one by one over the spread, each at a random time; what does not answer is reset at the
    /// deadline; the endpoints stop listening last. Answered with <see cref="Drained"/>. During a drain another joins it, and the
    /// shorter of their times hold. A shutdown of the actor system does the same.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Drain : IOperation
    {
        /// <summary>
        /// How long upgrades are still taken; null is <c>ws-actors.drain.lead</c>. The lead is skipped while nobody is connected.
        /// </summary>
        /// <exception cref="ArgumentOutOfRangeException">It is less than nothing, or more than 24 days.</exception>
        public TimeSpan? Lead { get; init => field = Checked(value, nameof(Lead)); }

        /// <summary>Over how long connections are closed; null is <c>ws-actors.drain.spread</c>.</summary>
        /// <exception cref="ArgumentOutOfRangeException">It is less than nothing, or more than 24 days.</exception>
        public TimeSpan? Spread { get; init => field = Checked(value, nameof(Spread)); }

        private static TimeSpan? Checked(TimeSpan? time, string name) =>
            time is null || (time >= TimeSpan.Zero && time <= DurationKind.Longest)
                ? time
                : throw new ArgumentOutOfRangeException(name, time, $"It must be from nothing to {DurationKind.Longest}.");
    }

    /// <summary>Nothing listens any more, and nobody is connected.</summary>
    /// <param name="Closed">The number of WebSockets told to close.</param>
    /// <param name="Aborted">The number of connections reset at the deadline.</param>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Drained(int Closed, int Aborted) : IOperation;
}
