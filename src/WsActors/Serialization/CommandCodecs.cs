using WsActors.Protocol.Messages;

namespace WsActors.Serialization;

/// <summary>The codecs of commands to a connection.</summary>
internal static class CommandCodecs
{
    /// <summary>Added to the kind of a message that is streamed from a source.</summary>
    private const int Streamed = 2;

    private const byte ClosePolicy = 0;
    private const byte DropPolicy = 1;
    private const byte ConflatePolicy = 2;

    public static IEnumerable<Codec> All =>
    [
        Codec.Create("S1", Write, ReadSend),
        Codec.Create<Ws.Close>("C1", LayOut),
        Codec.Create("P1", Ws.Ping.Instance),
        Codec.Create("G1", Ws.GetStats.Instance),
        Codec.Create<Ws.Demand>("D1", static (f, m) => new(f.Count(m?.Messages))),
        Codec.Create<Ws.Renew>("RW1", static (f, m) => new(OpenedCodec.LayOut(f, m?.Principal), f.Date(m?.Until))),
        Codec.Create("PM1", Write, static from => PreparedMessage.Create(from.Enum<MessageKind>(), from.Payload())),
        Codec.Create<Ws.OverflowPolicy>("WF1", Write, ReadOverflow),
    ];

    public static void Write(MessageWriter to, Ws.Send send)
    {
        to.Byte((byte)((int)send.Kind | (send.Parts is null ? 0 : Streamed)));
        to.Optional(send.Compress, to.Flag);
        Write(to, send.Overflow);
        to.Any(send.Ack);
        to.Payload(send.Payload);
    }

    public static Ws.Send ReadSend(MessageReader from)
    {
        var (kind, isStreamed) = from.Byte() switch
        {
            var plain and < Streamed => (from.As<MessageKind>(plain), false),
            var streamed => (from.As<MessageKind>((byte)(streamed - Streamed)), true),
        };
        var (compress, overflowPolicy, ack) = (from.Optional(from.Flag), ReadOverflow(from), from.Any());
        var payload = from.Payload();
        var send = isStreamed ? Ws.Send.Stream(kind, UnreachableSource()) : Ws.Send.Create(kind, payload);
        return send with { Compress = compress, Overflow = overflowPolicy, Ack = ack };
    }

    /// <summary>A message within another one: the last field, as its payload is all the remaining bytes.</summary>
    public static Ws.Send LayOut(MessageFields f, Ws.Send? m) => f.Part(m, Write, ReadSend);

    public static Ws.Close LayOut(MessageFields f, Ws.Close? m) => new(f.Count(m?.Code), f.Text(m?.Reason));

    private static void Write(MessageWriter to, PreparedMessage message)
    {
        to.Byte((byte)message.Kind);
        to.Payload(message.Payload);
    }

    private static void Write(MessageWriter to, Ws.OverflowPolicy overflowPolicy)
    {
        to.Byte(overflowPolicy.IsDrop ? DropPolicy : overflowPolicy.Key is null ? ClosePolicy : ConflatePolicy);
        if (overflowPolicy.Key is { } key)
        {
            to.Text(key);
        }
    }

    private static Ws.OverflowPolicy ReadOverflow(MessageReader from) => from.Byte() switch
    {
        ClosePolicy => Ws.OverflowPolicy.Close,
        DropPolicy => Ws.OverflowPolicy.Drop,
        ConflatePolicy => Ws.OverflowPolicy.Conflate(from.Text()),
        var other => throw from.Damaged($"{other} is not an overflow policy"),
    };

    /// <summary>A source cannot be serialized. The connection gets a source that fails, and the sender gets the reason.</summary>
    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> UnreachableSource()
    {
        const string Reason = "A stream was sent to a connection of another node, which cannot read its source; send it from that node.";
        await Task.FromException(new NotSupportedException(Reason)).ConfigureAwait(false);
        yield break;
    }
}
