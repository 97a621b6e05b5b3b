using System.Text.Json.Serialization;
using Akka.Actor;
using WsActors.Protocol.Frames;
using WsActors.Serialization;

namespace WsActors;

/// <content>The tap of a connection: its frames and events, for a bounded time and size.</content>
public static partial class Ws
{
    /// <summary>The direction of a <see cref="TappedFrame"/>.</summary>
    public enum TapDirection : byte
    {
        /// <summary>From the client.</summary>
        Received,

        /// <summary>To the client.</summary>
        Sent,
    }

    /// <summary>The kind of a <see cref="TappedEvent"/>.</summary>
    public enum TapEventKind : byte
    {
        /// <summary>The handler was told <see cref="Ws.Congested"/>.</summary>
        Congested,

        /// <summary>The handler was told <see cref="Ws.Writable"/>.</summary>
        Writable,

        /// <summary>The handler was told a message or a chunk; <see cref="TappedEvent.Count"/> is its size in bytes.</summary>
        HandlerTold,

        /// <summary>The connection's own handler failed and starts again.</summary>
        HandlerRestarted,

        /// <summary>The connection's own handler failed and was stopped.</summary>
        HandlerStopped,

        /// <summary>The handler demands messages; <see cref="TappedEvent.Count"/> is how many.</summary>
        Demanded,

        /// <summary>The WebSocket has ended, with a code and a reason.</summary>
        Closed,
    }

    /// <summary>Why a tap ended.</summary>
    public enum TapEndReason : byte
    {
        /// <summary>Its <see cref="Tap.Duration"/> is over.</summary>
        Time,

        /// <summary><see cref="Tap.MaxEntries"/> were told.</summary>
        Entries,

        /// <summary><see cref="Tap.MaxBytes"/> were told.</summary>
        Bytes,

        /// <summary>The connection has ended.</summary>
        Closed,

        /// <summary>A <see cref="EndTap"/> has ended it.</summary>
        Cancelled,

        /// <summary>The actor that asked for it has stopped.</summary>
        ReceiverStopped,
    }

    /// <summary>
    /// Asks any node's manager for the frames and events of one connection, as the operator's last resort. Answered with
    /// <see cref="TapStarted"/>, or with <see cref="Status.Failure"/>: while <c>ws-actors.admin.allow-tap</c> is off on the connection's
    /// node, when there is no such connection, when it has a tap already, and past 10 taps of a node. The sender is then told
    /// <see cref="TappedFrame"/>s and <see cref="TappedEvent"/>s, and at the end <see cref="TapEnded"/>. Each tap is logged.
    /// </summary>
    /// <param name="Connection">A connection of an endpoint of any node, such as <see cref="Stats.Connection"/>.</param>
    /// <exception cref="ArgumentNullException">The connection is null.</exception>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record Tap(IActorRef Connection) : IOperation
    {
        /// <summary>The longest <see cref="Duration"/>.</summary>
        public static TimeSpan MaxDuration { get; } = TimeSpan.FromMinutes(5);

        /// <summary>The largest <see cref="Payload"/>.</summary>
        public const int MaxPayload = 256;

        private const int EntryLimit = 10_000;

        private const int ByteLimit = 1024 * 1024;

        private const int WhoLimit = 256;

        /// <summary>The connection.</summary>
        public IActorRef Connection { get; init => field = NotNull(value); } = NotNull(Connection);

        /// <summary>The time until the tap ends; 30 s by default, at most 5 min.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is not in that range.</exception>
        public TimeSpan Duration
        {
            get;
            init => field = value > TimeSpan.Zero && value <= MaxDuration
                ? value
                : throw new ArgumentOutOfRangeException(
                    nameof(Duration), value, $"It must be more than nothing, and at most {MaxDuration}.");
        } = TimeSpan.FromSeconds(30);

        /// <summary>Most frames and events together; 1 to 10,000, by default 1,000.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is not in that range.</exception>
        public int MaxEntries { get; init => field = Within(value, 1, EntryLimit); } = 1000;

        /// <summary>Most bytes of payloads that are shown in all; 1 to 1 MiB, by default 64 KiB.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is not in that range.</exception>
        public int MaxBytes { get; init => field = Within(value, 1, ByteLimit); } = 64 * 1024;

        /// <summary>The number of bytes of each payload that are shown; 0 to 256, by default 0.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The value is not in that range.</exception>
        public int Payload { get; init => field = Within(value, 0, MaxPayload); }

        /// <summary>The operator, for the log beside the sender's path; at most 256 characters, null for none.</summary>
        /// <exception cref="ArgumentException">It is longer.</exception>
        public string? Who
        {
            get;
            init => field = value is not { Length: > WhoLimit }
                ? value
                : throw new ArgumentException($"It has at most {WhoLimit} characters.", nameof(Who));
        }

        /// <inheritdoc/>
        public override string ToString() => $"{nameof(Tap)} {{ {Connection.Path.Name} }}";

        private static int Within(int value, int least, int most, [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
            value >= least && value <= most
                ? value
                : throw new ArgumentOutOfRangeException(name, value, $"It must be {least} to {most}.");
    }

    /// <summary>
    /// Tells any node's manager to end the tap of a connection, its sender's own or another's. Answered with <see cref="TapEnded"/>, as is
    /// the tap's receiver; or with <see cref="Status.Failure"/> when the connection has no tap.
    /// </summary>
    /// <param name="Connection">The connection.</param>
    /// <exception cref="ArgumentNullException">The connection is null.</exception>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record EndTap(IActorRef Connection) : IOperation
    {
        /// <summary>The connection.</summary>
        public IActorRef Connection { get; init => field = NotNull(value); } = NotNull(Connection);
    }

    /// <summary>A <see cref="Tap"/> has started: the connection's next frames and events follow.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record TapStarted : IOperation
    {
        /// <summary>The connection.</summary>
        public required IActorRef Connection { get; init; }
    }

    /// <summary>
    /// A frame as it was on the wire: a fragment is a frame, and a compressed payload is shown compressed. Told once its header and the
    /// shown part of its payload have arrived, or are written. The frame that was open when the tap started is left out.
    /// </summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record TappedFrame : IOperation
    {
        /// <summary>The connection.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>When it was read or written, by the clock of the connection's node.</summary>
        public required DateTimeOffset At { get; init; }

        /// <summary>Received or sent.</summary>
        public required TapDirection Direction { get; init; }

        /// <summary>The kind of the frame.</summary>
        public required Opcode Opcode { get; init; }

        /// <summary>Whether it ends its message (RFC 6455 §5.4).</summary>
        public required bool Fin { get; init; }

        /// <summary>Whether it starts a compressed message (RFC 7692 §6).</summary>
        public required bool Rsv1 { get; init; }

        /// <summary>The length of the payload in bytes.</summary>
        public required long Length { get; init; }

        /// <summary>The first bytes of the payload, unmasked: as many as <see cref="Tap.Payload"/> asked for.</summary>
        public ReadOnlyMemory<byte> Payload { get; init; }

        /// <inheritdoc/>
        public override string ToString() => $"{nameof(TappedFrame)} {{ {Direction}, {Opcode}, {Length} bytes }}";
    }

    /// <summary>An event of a connection with a tap.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record TappedEvent : IOperation
    {
        /// <summary>The connection.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>When it happened, by the clock of the connection's node.</summary>
        public required DateTimeOffset At { get; init; }

        /// <summary>What happened.</summary>
        public required TapEventKind Kind { get; init; }

        /// <summary>Bytes that the handler was told, or messages that it demands; 0 for other events.</summary>
        public long Count { get; init; }

        /// <summary>The close code of <see cref="TapEventKind.Closed"/>; 0 for other events.</summary>
        public int Code { get; init; }

        /// <summary>The reason of the end; a peer may have written it. Empty for other events.</summary>
        public string Reason { get; init => field = NotNull(value); } = "";

        /// <summary>The side that began the end; null for other events.</summary>
        public Side? By { get; init; }

        /// <inheritdoc/>
        public override string ToString() => $"{nameof(TappedEvent)} {{ {Kind} }}";
    }

    /// <summary>A tap has ended: nothing follows.</summary>
    [JsonConverter(typeof(WsJsonConverter))]
    public sealed record TapEnded : IOperation
    {
        /// <summary>The connection.</summary>
        public required IActorRef Connection { get; init; }

        /// <summary>Why it ended.</summary>
        public required TapEndReason Reason { get; init; }

        /// <summary>The number of frames that were told.</summary>
        public required int Frames { get; init; }

        /// <summary>The number of events that were told.</summary>
        public required int Events { get; init; }
    }
}
