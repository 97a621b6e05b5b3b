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
        Codec.Create<Ws.Received>("R1", static (f, m) => new()
        {
            Connection = f.Ref(m?.Connection),
            Kind = f.Enum(m?.Kind),
            Payload = f.Payload(m?.Payload),
        }),
        Codec.Create<Ws.ReceivedChunk>("RC1", LayOut),
        Codec.Create<Ws.Ponged>("PO1", static (f, m) => new() { Connection = f.Ref(m?.Connection), RoundTrip = f.Time(m?.RoundTrip) }),
        Codec.Create<Ws.Draining>("DR1", static (f, m) => new() { Connection = f.Ref(m?.Connection), Deadline = f.Date(m?.Deadline) }),
        Codec.Create<Ws.Expiring>("EX1", static (f, m) => new() { Connection = f.Ref(m?.Connection), ExpiresAt = f.Date(m?.ExpiresAt) }),
        Codec.Create<Ws.Renewed>("RD1", static (f, m) => new()
        {
            Connection = f.Ref(m?.Connection),
            Principal = OpenedCodec.LayOut(f, m?.Principal),
            ExpiresAt = f.Date(m?.ExpiresAt),
        }),
        Codec.Create<Ws.RenewFailed>("RF1", static (f, m) => new() { Connection = f.Ref(m?.Connection), Reason = f.Text(m?.Reason) }),
        Codec.Create<Ws.Congested>("CO1", static (f, m) => new() { Connection = f.Ref(m?.Connection) }),
        Codec.Create<Ws.Writable>("W1", static (f, m) => new() { Connection = f.Ref(m?.Connection) }),
        Codec.Create<Ws.Dropped>("DP1", static (f, m) => new() { Connection = f.Ref(m?.Connection), Count = f.Long(m?.Count) }),
        Codec.Create<Ws.SendFailed>("SF1", LayOut),
        Codec.Create<Ws.Closed>("CL1", LayOut),
        Codec.Create<Ws.Reconnecting>("RN1", static (f, m) => new()
        {
            Connection = f.Ref(m?.Connection),
            Attempt = f.Count(m?.Attempt),
            Delay = f.Time(m?.Delay),
            Reason = f.Text(m?.Reason),
        }),
        Codec.Create<Ws.ConnectFailed>("CF1", LayOut),
        Codec.Create<Ws.Connected>("CN1", static (f, m) => new() { Uri = f.Text(m?.Uri), Connection = f.Ref(m?.Connection) }),
    ];

    public static Ws.Closed LayOut(MessageFields f, Ws.Closed? m) => new()
    {
        Connection = f.Ref(m?.Connection),
        Code = f.Count(m?.Code),
        Reason = f.Text(m?.Reason),
        By = f.Enum(m?.By),
        WasClean = f.Flag(m?.WasClean),
        Duration = f.Time(m?.Duration),
        BytesReceived = f.Long(m?.BytesReceived),
        BytesSent = f.Long(m?.BytesSent),
    };

    // The payload is last.
    private static Ws.ReceivedChunk LayOut(MessageFields f, Ws.ReceivedChunk? m) => new()
    {
        Connection = f.Ref(m?.Connection),
        Kind = f.Enum(m?.Kind),
        IsLast = f.Flag(m?.IsLast),
        Payload = f.Payload(m?.Payload),
    };

    // The message is last: it has a payload.
    private static Ws.SendFailed LayOut(MessageFields f, Ws.SendFailed? m) => new()
    {
        Connection = f.Ref(m?.Connection),
        Reason = f.Enum(m?.Reason),
        Send = CommandCodecs.LayOut(f, m?.Send),
    };

    private static Ws.ConnectFailed LayOut(MessageFields f, Ws.ConnectFailed? m) => new()
    {
        Uri = f.Text(m?.Uri),
        Reason = f.Text(m?.Reason),
        Status = f.OptionalCount(m?.Status),
        IsFinal = f.Flag(m?.IsFinal),
        RetryAfter = f.OptionalTime(m?.RetryAfter),
    };
}
