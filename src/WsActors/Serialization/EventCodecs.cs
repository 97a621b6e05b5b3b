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
        Codec.Create<Ws.Received>("R1", static (f, m) => new(f.Ref(m?.Connection), f.Enum(m?.Kind), f.Payload(m?.Payload))),
        Codec.Create<Ws.ReceivedChunk>("RC1", LayOut),
        Codec.Create<Ws.Ponged>("PO1", static (f, m) => new(f.Ref(m?.Connection), f.Time(m?.RoundTrip))),
        Codec.Create<Ws.Draining>("DR1", static (f, m) => new(f.Ref(m?.Connection), f.Date(m?.Deadline))),
        Codec.Create<Ws.Congested>("CO1", static (f, m) => new(f.Ref(m?.Connection))),
        Codec.Create<Ws.Writable>("W1", static (f, m) => new(f.Ref(m?.Connection))),
        Codec.Create<Ws.Dropped>("DP1", static (f, m) => new(f.Ref(m?.Connection), f.Long(m?.Count))),
        Codec.Create<Ws.SendFailed>("SF1", LayOut),
        Codec.Create<Ws.Closed>("CL1", LayOut),
        Codec.Create<Ws.Reconnecting>(
            "RN1", static (f, m) => new(f.Ref(m?.Connection), f.Count(m?.Attempt), f.Time(m?.Delay), f.Text(m?.Reason))),
        Codec.Create<Ws.ConnectFailed>("CF1", LayOut),
        Codec.Create<Ws.Connected>("CN1", static (f, m) => new(f.Text(m?.Uri), f.Ref(m?.Connection))),
    ];

    public static Ws.Closed LayOut(MessageFields f, Ws.Closed? m) => new(
        f.Ref(m?.Connection),
        f.Count(m?.Code),
        f.Text(m?.Reason),
        f.Enum(m?.By),
        f.Flag(m?.WasClean),
        f.Time(m?.Duration),
        f.Long(m?.BytesReceived),
        f.Long(m?.BytesSent));

    // The payload is last.
    private static Ws.ReceivedChunk LayOut(MessageFields f, Ws.ReceivedChunk? m)
    {
        var (connection, kind, isLast) = (f.Ref(m?.Connection), f.Enum(m?.Kind), f.Flag(m?.IsLast));
        return new Ws.ReceivedChunk(connection, kind, f.Payload(m?.Payload), isLast);
    }

    // The message is last: it has a payload.
    private static Ws.SendFailed LayOut(MessageFields f, Ws.SendFailed? m)
    {
        var (connection, reason) = (f.Ref(m?.Connection), f.Enum(m?.Reason));
        return new Ws.SendFailed(connection, f.Part(m?.Send, CommandCodecs.Write, CommandCodecs.ReadSend), reason);
    }

    private static Ws.ConnectFailed LayOut(MessageFields f, Ws.ConnectFailed? m) =>
        new(f.Text(m?.Uri), f.Text(m?.Reason), f.OptionalCount(m?.Status))
        {
            IsFinal = f.Flag(m?.IsFinal),
            RetryAfter = f.OptionalTime(m?.RetryAfter),
        };
}
