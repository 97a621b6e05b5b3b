using WsActors.Protocol.Messages;

namespace WsActors.Serialization;

/// <summary>
/// The codecs of events to a handler on another node. <see cref="OpenedCodec"/> has the format of <see cref="Ws.Opened"/>.
/// </summary>
internal static class EventCodecs
{
    public static IEnumerable<Codec> All =>
    [
        Codec.Create("O1", OpenedCodec.Write, OpenedCodec.Read),
        Codec.Create("O2", OpenedCodec.WriteWithCertificate, OpenedCodec.ReadWithCertificate)
            with { When = static message => message is Ws.Opened { Request.ClientCertificate: not null } },
        Codec.Create("O3", OpenedCodec.WriteWithResponse, OpenedCodec.ReadWithResponse)
            with { When = static message => message is Ws.Opened { Response: not null }, IsForEmbedded = true },
        Codec.Create("UR1", OpenedCodec.WriteWhole, OpenedCodec.ReadWhole),
        Codec.Create("CC1", static (to, certificate) => to.Bytes(certificate.Der.Span), static from => new ClientCertificate(from.Bytes())),
        Codec.Create("R1", Write, ReadReceived),
        Codec.Create("RC1", Write, ReadReceivedChunk),
        Codec.Create("PO1", Write, static from => new Ws.Ponged(from.Ref(), from.Time())),
        Codec.Create("DR1", Write, static from => new Ws.Draining(from.Ref(), from.Date())),
        Codec.Create("CO1", static (to, congested) => to.Ref(congested.Connection), static from => new Ws.Congested(from.Ref())),
        Codec.Create("W1", static (to, writable) => to.Ref(writable.Connection), static from => new Ws.Writable(from.Ref())),
        Codec.Create("DP1", Write, static from => new Ws.Dropped(from.Ref(), from.Long())),
        Codec.Create("SF1", Write, ReadSendFailed),
        Codec.Create("CL1", Write, ReadClosed),
        Codec.Create("RN1", Write, static from => new Ws.Reconnecting(from.Ref(), from.Count(), from.Time(), from.Text())),
        Codec.Create("CF1", Write, ReadConnectFailed),
        Codec.Create("CN1", Write, static from => new Ws.Connected(from.Text(), from.Ref())),
    ];

    private static void Write(MessageWriter to, Ws.Received received)
    {
        to.Ref(received.Connection);
        to.Byte((byte)received.Kind);
        to.Payload(received.Payload);
    }

    private static Ws.Received ReadReceived(MessageReader from) => new(from.Ref(), from.Enum<MessageKind>(), from.Payload());

    private static void Write(MessageWriter to, Ws.ReceivedChunk chunk)
    {
        to.Ref(chunk.Connection);
        to.Byte((byte)chunk.Kind);
        to.Flag(chunk.IsLast);
        to.Payload(chunk.Payload);
    }

    private static Ws.ReceivedChunk ReadReceivedChunk(MessageReader from)
    {
        var (connection, kind, isLast) = (from.Ref(), from.Enum<MessageKind>(), from.Flag());
        return new Ws.ReceivedChunk(connection, kind, from.Payload(), isLast);
    }

    private static void Write(MessageWriter to, Ws.Ponged ponged)
    {
        to.Ref(ponged.Connection);
        to.Time(ponged.RoundTrip);
    }

    private static void Write(MessageWriter to, Ws.Draining draining)
    {
        to.Ref(draining.Connection);
        to.Date(draining.Deadline);
    }

    private static void Write(MessageWriter to, Ws.Dropped dropped)
    {
        to.Ref(dropped.Connection);
        to.Count(dropped.Count);
    }

    private static void Write(MessageWriter to, Ws.SendFailed failed)
    {
        to.Ref(failed.Connection);
        to.Byte((byte)failed.Reason);
        CommandCodecs.Write(to, failed.Send);
    }

    private static Ws.SendFailed ReadSendFailed(MessageReader from)
    {
        var (connection, reason) = (from.Ref(), from.Enum<Ws.SendFailure>());
        return new Ws.SendFailed(connection, CommandCodecs.ReadSend(from), reason);
    }

    public static void Write(MessageWriter to, Ws.Closed closed)
    {
        to.Ref(closed.Connection);
        to.Count(closed.Code);
        to.Text(closed.Reason);
        to.Byte((byte)closed.By);
        to.Flag(closed.WasClean);
        to.Time(closed.Duration);
        to.Count(closed.BytesReceived);
        to.Count(closed.BytesSent);
    }

    public static Ws.Closed ReadClosed(MessageReader from) =>
        new(from.Ref(), from.Count(), from.Text(), from.Enum<Ws.Side>(), from.Flag(), from.Time(), from.Long(), from.Long());

    private static void Write(MessageWriter to, Ws.Reconnecting reconnecting)
    {
        to.Ref(reconnecting.Connection);
        to.Count(reconnecting.Attempt);
        to.Time(reconnecting.Delay);
        to.Text(reconnecting.Reason);
    }

    private static void Write(MessageWriter to, Ws.Connected connected)
    {
        to.Text(connected.Uri);
        to.Ref(connected.Connection);
    }

    private static void Write(MessageWriter to, Ws.ConnectFailed failed)
    {
        to.Text(failed.Uri);
        to.Text(failed.Reason);
        to.Optional(failed.Status, status => to.Count(status));
        to.Flag(failed.IsFinal);
        to.Optional(failed.RetryAfter, to.Time);
    }

    private static Ws.ConnectFailed ReadConnectFailed(MessageReader from) =>
        new(from.Text(), from.Text(), from.Optional(from.Count)) { IsFinal = from.Flag(), RetryAfter = from.Optional(from.Time) };
}
