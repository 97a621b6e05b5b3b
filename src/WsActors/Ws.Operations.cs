using System.Net;
using System.Text.Json.Serialization;
using Akka.Actor;
using WsActors.Serialization;
using WsActors.Settings;

namespace WsActors;

/// <content>The state of a node: its health, and the drain that takes it out of service.</content>
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

        /// <summary>The number of endpoints whose HTTP servers belong to the host (<see cref="WebSocketExtension.HostAsync"/>).</summary>
        public int HostedEndpoints { get; init; }

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

        /// <summary>
        /// The node to drain, one of those that <see cref="ClusterTotals"/> names; null for the node of the manager that is told. A node
        /// that is not in the cluster, or is unreachable, is answered with <see cref="Status.Failure"/>.
        /// </summary>
        public Address? Node { get; init; }

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
