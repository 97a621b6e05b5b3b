namespace WsActors.Serialization;

/// <summary>The codecs of taps: requests to a manager from another node, and what its receiver on another node is told.</summary>
internal static class TapCodecs
{
    public static IEnumerable<Codec> All =>
    [
        Codec.Create<Ws.Tap>("TR1", static (f, m) => new(f.Ref(m?.Connection))
        {
            Duration = f.Time(m?.Duration),
            MaxEntries = f.Count(m?.MaxEntries),
            MaxBytes = f.Count(m?.MaxBytes),
            Payload = f.Count(m?.Payload),
            Who = f.TextOrNull(m?.Who),
        }),
        Codec.Create<Ws.EndTap>("TX1", static (f, m) => new(f.Ref(m?.Connection))),
        Codec.Create<Ws.TapStarted>("TS1", static (f, m) => new() { Connection = f.Ref(m?.Connection) }),
        Codec.Create<Ws.TappedFrame>("TW1", static (f, m) => new()
        {
            Connection = f.Ref(m?.Connection),
            At = f.Date(m?.At),
            Direction = f.Enum(m?.Direction),
            Opcode = f.Enum(m?.Opcode),
            Fin = f.Flag(m?.Fin),
            Rsv1 = f.Flag(m?.Rsv1),
            Length = f.Long(m?.Length),
            Payload = f.Payload(m?.Payload),
        }),
        Codec.Create<Ws.TappedEvent>("TV1", static (f, m) => new()
        {
            Connection = f.Ref(m?.Connection),
            At = f.Date(m?.At),
            Kind = f.Enum(m?.Kind),
            Count = f.Long(m?.Count),
            Code = f.Count(m?.Code),
            Reason = f.Text(m?.Reason),
            By = f.Flag(m?.By is not null) ? f.Enum(m?.By) : null,
        }),
        Codec.Create<Ws.TapEnded>("TE1", static (f, m) => new()
        {
            Connection = f.Ref(m?.Connection),
            Reason = f.Enum(m?.Reason),
            Frames = f.Count(m?.Frames),
            Events = f.Count(m?.Events),
        }),
    ];
}
