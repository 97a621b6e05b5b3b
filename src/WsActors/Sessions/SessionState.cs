using Akka.Actor;
using WsActors.Protocol.Messages;
using WsActors.Serialization;

namespace WsActors.Sessions;

/// <summary>
/// What a session is, between its handlers: what it begins with, and what it hands over to the node where it goes on. Times are durations, since
/// no two nodes' clocks agree. Immutable.
/// </summary>
internal sealed record SessionState
{
    /// <summary>What the bytes begin with that are written as here. Others are a later version's: its session is lost to this one.</summary>
    private const byte Version = 1;

    /// <summary>The same, where stashed messages follow.</summary>
    private const byte VersionWithStash = 2;

    /// <summary>What proves that a client is its own.</summary>
    public required byte[] Secret { get; init; }

    /// <summary>Which numbering its offsets are of.</summary>
    public required string Epoch { get; init; }

    /// <summary>Where it began.</summary>
    public required string Endpoint { get; init; }

    /// <summary>How often it has moved.</summary>
    public int Moves { get; init; }

    /// <summary>What its handler is told; the connection in it is not the session.</summary>
    public required Ws.Opened Opened { get; init; }

    /// <summary>The last message of the client that its handler was told.</summary>
    public long Received { get; init; }

    /// <summary>Those up to it that the handler had stashed, and its next one is told again, in order.</summary>
    public IReadOnlyList<Stashed> StashedMessages { get; init; } = [];

    /// <summary>The last message that it has sent.</summary>
    public long Sent { get; init; }

    /// <summary>What the client has not acknowledged: the last of it is <see cref="Sent"/>.</summary>
    public IReadOnlyList<Message> Log { get; init; } = [];

    /// <summary>The last sequence of each publisher.</summary>
    public IReadOnlyCollection<KeyValuePair<string, long>> Publishers { get; init; } = [];

    /// <summary>The topics that it is in.</summary>
    public IReadOnlyCollection<Ws.Join> Topics { get; init; } = [];

    /// <summary>How long it has been there.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>How long it has been without a client.</summary>
    public TimeSpan Detached { get; init; }

    /// <summary>Payload bytes that came.</summary>
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

    /// <summary>Null for what this version cannot read.</summary>
    public static SessionState? Read(ExtendedActorSystem system, byte[] bytes)
    {
        var from = new MessageReader(new RequiredSystem(system), nameof(SessionState), bytes);
        try
        {
            var version = from.Byte();
            return version is Version or VersionWithStash ? Read(from, system, hasStash: version == VersionWithStash) : null;
        }
        // Of an ack of the user's, its own serializer may throw what it likes.
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
        return state.Log.Count <= state.Sent ? state : throw from.Damaged("the log is longer than all that was sent");
    }

    /// <summary>Neither secret nor payloads.</summary>
    public override string ToString() => $"{nameof(SessionState)} {{ {Sent}, {Log.Count} in the log }}";

    /// <summary>A message of the client that the handler had put away.</summary>
    /// <param name="Offset">Its number.</param>
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

        /// <summary>How much, not what.</summary>
        public override string ToString() => $"{nameof(Stashed)} {{ {Offset}, {Payload.Length} bytes }}";
    }

    /// <summary>A message in the log.</summary>
    /// <param name="Send">The message.</param>
    /// <param name="Sender">Who is told its ack; null for nobody.</param>
    /// <param name="Age">How long it has been there.</param>
    internal sealed record Message(Ws.Send Send, IActorRef? Sender, TimeSpan Age)
    {
        public void Write(MessageWriter to, ExtendedActorSystem system)
        {
            // A payload is the last that a writer writes, so each message has one of its own.
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
