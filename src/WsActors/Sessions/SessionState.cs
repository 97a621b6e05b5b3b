using Akka.Actor;
using WsActors.Protocol.Messages;
using WsActors.Serialization;

namespace WsActors.Sessions;

/// <summary>
/// The state that a session starts with, and hands over to the node where it continues. Times are durations, since no two nodes' clocks
/// agree. Immutable.
/// </summary>
internal sealed record SessionState
{
    /// <summary>The first byte of the format. Another byte is of a later version, whose sessions this version cannot continue.</summary>
    private const byte Version = 1;

    /// <summary>The first byte of the format with stashed messages at its end.</summary>
    private const byte VersionWithStash = 2;

    /// <summary>The secret that its client presents.</summary>
    public required byte[] Secret { get; init; }

    /// <summary>The numbering that its offsets belong to.</summary>
    public required string Epoch { get; init; }

    /// <summary>The endpoint where it started.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The number of its moves.</summary>
    public int Moves { get; init; }

    /// <summary>The handler's <c>Opened</c>; the connection in it is not the session.</summary>
    public required Ws.Opened Opened { get; init; }

    /// <summary>The last message of the client that was delivered to its handler.</summary>
    public long Received { get; init; }

    /// <summary>The messages up to <see cref="Received"/> in the handler's stash; its next handler is told them again, in order.</summary>
    public IReadOnlyList<Stashed> StashedMessages { get; init; } = [];

    /// <summary>The last message that it has sent.</summary>
    public long Sent { get; init; }

    /// <summary>The messages that the client has not acknowledged; the last of them is <see cref="Sent"/>.</summary>
    public IReadOnlyList<Message> Log { get; init; } = [];

    /// <summary>The last sequence of each publisher.</summary>
    public IReadOnlyCollection<KeyValuePair<string, long>> Publishers { get; init; } = [];

    /// <summary>The topics that it is in.</summary>
    public IReadOnlyCollection<Ws.Join> Topics { get; init; } = [];

    /// <summary>The time since it started.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>The time without a client.</summary>
    public TimeSpan Detached { get; init; }

    /// <summary>Payload bytes received.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Payload bytes that were taken for sending.</summary>
    public long BytesSent { get; init; }

    public byte[] Write(ExtendedActorSystem system)
    {
        var to = new MessageWriter(new RequiredSystem(system));
        to.Byte(StashedMessages.Count == 0 ? Version : VersionWithStash);
        to.Bytes(Secret);
        to.Text(Epoch);
        to.Text(Endpoint);
        to.Count(Moves);
        OpenedCodec.WritePart(to, Opened);
        to.Count(Received);
        to.Count(Sent);
        to.List(Publishers, publisher =>
        {
            to.Text(publisher.Key);
            to.Count(publisher.Value);
        });
        to.List(Topics, topic => TopicCodecs.Write(to, topic));
        to.Time(Age);
        to.Time(Detached);
        to.Count(BytesReceived);
        to.Count(BytesSent);
        to.List(Log, message => message.Write(to, system));
        if (StashedMessages.Count > 0)
        {
            to.List(StashedMessages, message => message.Write(to));
        }

        return to.ToArray();
    }

    /// <summary>Reads a state; null when this version cannot read the bytes.</summary>
    public static SessionState? Read(ExtendedActorSystem system, byte[] bytes)
    {
        var from = new MessageReader(new RequiredSystem(system), nameof(SessionState), bytes);
        try
        {
            var version = from.Byte();
            return version is Version or VersionWithStash ? Read(from, system, hasStash: version == VersionWithStash) : null;
        }
        // The serializer of a user's ack may throw anything.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return null;
        }
    }

    private static SessionState Read(MessageReader from, ExtendedActorSystem system, bool hasStash)
    {
        var state = new SessionState
        {
            Secret = from.Bytes(),
            Epoch = from.Text(),
            Endpoint = from.Text(),
            Moves = from.Count(),
            Opened = OpenedCodec.ReadPart(from),
            Received = from.Long(),
            Sent = from.Long(),
            Publishers = from.List(() => new KeyValuePair<string, long>(from.Text(), from.Long())),
            Topics = from.List(() => TopicCodecs.ReadJoin(from)),
            Age = from.Time(),
            Detached = from.Time(),
            BytesReceived = from.Long(),
            BytesSent = from.Long(),
            Log = from.List(() => Message.Read(from, system)),
            StashedMessages = hasStash ? from.List(() => Stashed.Read(from)) : [],
        };
        from.End();
        return state.Log.Count <= state.Sent ? state : throw from.Damaged("the log has more messages than were sent");
    }

    /// <summary>Offsets and counts, without the secret and the payloads.</summary>
    public override string ToString() => $"{nameof(SessionState)} {{ {Sent}, {Log.Count} in the log }}";

    /// <summary>A message of the client in the handler's stash.</summary>
    /// <param name="Offset">Its offset.</param>
    /// <param name="Kind">Text or binary.</param>
    /// <param name="Payload">Its bytes.</param>
    internal sealed record Stashed(long Offset, MessageKind Kind, ReadOnlyMemory<byte> Payload)
    {
        public void Write(MessageWriter to)
        {
            to.Count(Offset);
            to.Byte((byte)Kind);
            to.Bytes(Payload.Span);
        }

        public static Stashed Read(MessageReader from) => new(from.Long(), from.Enum<MessageKind>(), from.Bytes());

        /// <summary>The size, without the payload.</summary>
        public override string ToString() => $"{nameof(Stashed)} {{ {Offset}, {Payload.Length} bytes }}";
    }

    /// <summary>A message in the log.</summary>
    /// <param name="Send">The message.</param>
    /// <param name="Sender">The receiver of its ack; null for none.</param>
    /// <param name="Age">The time since it was logged.</param>
    internal sealed record Message(Ws.Send Send, IActorRef? Sender, TimeSpan Age)
    {
        public void Write(MessageWriter to, ExtendedActorSystem system)
        {
            // A payload must be the last field of a writer, so each message has its own writer.
            var own = new MessageWriter(new RequiredSystem(system));
            CommandCodecs.Write(own, Send);
            to.Bytes(own.ToArray());
            to.Ref(Sender);
            to.Time(Age);
        }

        public static Message Read(MessageReader from, ExtendedActorSystem system)
        {
            var own = new MessageReader(new RequiredSystem(system), nameof(Ws.Send), from.Bytes());
            return new Message(CommandCodecs.ReadSend(own), from.RefOrNull(), from.Time());
        }
    }
}
