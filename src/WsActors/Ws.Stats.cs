using System.Net;
using System.Text.Json.Serialization;
using Akka.Actor;
using WsActors.Serialization;

namespace WsActors;

/// <content>The counters of connections, endpoints and the server.</content>
public static partial class Ws
{
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

        /// <summary>
        /// The messages and bytes of all connections since the system started; null in the answer of a node of a version without it, and in
        /// an answer to another node's <see cref="GetStats"/>: <see cref="GetClusterStats"/> has it.
        /// </summary>
        public Traffic? Traffic { get; init; }

        /// <summary>
        /// Whether a drain has started, or is done: endpoints of the host's HTTP server are still listed, and take no connections. False
        /// where <see cref="Traffic"/> is null.
        /// </summary>
        public bool IsDraining { get; init; }

        /// <summary>The counters of each listening endpoint.</summary>
        public required IReadOnlyList<EndpointTotals> Endpoints { get; init; }
    }

    /// <summary>The counters of one endpoint.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record EndpointTotals : IValue
    {
        /// <summary>The name from the bind.</summary>
        public required string Endpoint { get; init; }

        /// <summary>
        /// The bound address; of two loopback addresses the one of IPv4. Port 0 for an endpoint that does not listen, since its HTTP server
        /// belongs to the host.
        /// </summary>
        public required EndPoint LocalEndPoint { get; init; }

        /// <summary>Open WebSockets.</summary>
        public required int Connections { get; init; }

        /// <summary>Sockets whose request is incomplete, or is being refused.</summary>
        public required int Handshakes { get; init; }

        /// <summary>Opening handshakes completed.</summary>
        public required long Opened { get; init; }

        /// <summary>Sockets and requests that were refused.</summary>
        public required long Refused { get; init; }

        /// <summary>
        /// The messages and bytes of its connections, closed ones included; null in the answer of a node of a version without it.
        /// </summary>
        public Traffic? Traffic { get; init; }
    }

    /// <summary>
    /// Messages and bytes of all connections, open and closed, since the start. The numbers never decrease while a node runs: the
    /// difference of two answers of the same node is the traffic in between.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Traffic : IValue
    {
        /// <summary>Complete messages received.</summary>
        public required long MessagesReceived { get; init; }

        /// <summary>Messages that were queued for sending.</summary>
        public required long MessagesSent { get; init; }

        /// <summary>Payload bytes of the received messages.</summary>
        public required long BytesReceived { get; init; }

        /// <summary>Payload bytes of the messages that were queued for sending.</summary>
        public required long BytesSent { get; init; }
    }
}
