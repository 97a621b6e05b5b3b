using WsActors.Messages;

namespace WsActors.Serialization;

/// <summary>The codecs of sessions, and of the messages between sessions and their clients' connections.</summary>
internal static class SessionCodecs
{
    public static IEnumerable<Codec> All =>
    [
        Codec.Create<Ws.Attached>("AT1", LayOut),
        Codec.Create<Ws.Attached>(
            "AT3", static (f, m) => LayOutWithPrincipal(f, m) with { IsReloaded = f.Flag(m?.IsReloaded) })
            with { When = static message => message is Ws.Attached { IsReloaded: true } },
        Codec.Create<Ws.Attached>("AT2", LayOutWithPrincipal)
            with { When = static message => message is not Ws.Attached { Principal: null, Items.Count: 0 } },
        Codec.Create<Ws.Detached>("DT1", static (f, m) => new() { Connection = f.Ref(m?.Connection), SessionId = f.Text(m?.SessionId) }),
        Codec.Create<Ws.Deliver>("DL1", static (f, m) => new()
        {
            SessionId = f.Text(m?.SessionId),
            Publisher = f.Text(m?.Publisher),
            Sequence = f.Long(m?.Sequence),
            Message = CommandCodecs.LayOut(f, m?.Message),
        }),
        Codec.Create<Ws.Delivered>("DA1", static (f, m) => new()
        {
            SessionId = f.Text(m?.SessionId),
            Publisher = f.Text(m?.Publisher),
            Sequence = f.Long(m?.Sequence),
        }),
        Codec.Create<Ws.SequenceExpected>("DE1", static (f, m) => new()
        {
            SessionId = f.Text(m?.SessionId),
            Publisher = f.Text(m?.Publisher),
            Sequence = f.Long(m?.Sequence),
        }),
        Codec.Create<Ws.DeliverFailed>("DF1", static (f, m) => new()
        {
            SessionId = f.Text(m?.SessionId),
            Publisher = f.Text(m?.Publisher),
            Sequence = f.Long(m?.Sequence),
            Reason = f.Text(m?.Reason),
        }),
        Codec.Create<SessionMessages.Start>("SB1", LayOut),
        Codec.Create<SessionMessages.Resume>("SR1", LayOut),
        Codec.Create<SessionMessages.Resume>(
            "SR3",
            static (f, m) => LayOut(f, m) with { By = LayOut(f, m?.By), IsReloaded = f.Flag(m?.IsReloaded) })
            with { When = static message => message is SessionMessages.Resume { By: not null, IsReloaded: true } },
        Codec.Create<SessionMessages.Resume>("SR2", static (f, m) => LayOut(f, m) with { By = LayOut(f, m?.By) })
            with { When = static message => message is SessionMessages.Resume { By: not null } },
        Codec.Create<SessionMessages.Confirm>("SW1", static (f, m) => new(f.Text(m?.Id))),
        Codec.Create<SessionMessages.Activate>("SO1", static (f, m) => new(f.Text(m?.Id))),
        Codec.Create<SessionMessages.Welcomed>("SS1", static (f, m) => new(f.Ref(m?.Connection), f.Ref(m?.Session), f.Long(m?.Offset))),
        Codec.Create<SessionMessages.Unknown>("SU1", static (f, m) => new(f.Text(m?.Id))),
        Codec.Create<SessionMessages.Refused>("SN1", static (f, m) => new(f.Text(m?.Id), f.Text(m?.Reason))),
        Codec.Create<SessionMessages.Handled>("SH1", static (f, m) => new(f.Long(m?.Offset))),
        Codec.Create<SessionMessages.MessageReceived>(
            "SC1", static (f, m) => new(f.Ref(m?.Connection), f.Long(m?.Offset), f.Enum(m?.Kind), f.Payload(m?.Payload))),
        Codec.Create<SessionMessages.Acknowledged>("SA1", static (f, m) => new(f.Ref(m?.Connection), f.Long(m?.Offset))),
        Codec.Create<SessionMessages.ConnectionClosed>(
            "SG1", static (f, m) => new(f.Ref(m?.Connection), EventCodecs.LayOut(f, m?.Closed))),
        Codec.Create<SessionMessages.Expiring>("SE1", static (f, m) => new(f.Ref(m?.Connection), f.Date(m?.ExpiresAt))),
        Codec.Create<SessionMessages.Probe>("SP1", static (f, m) => new(f.Ref(m?.Connection), f.Long(m?.Offset))),
    ];

    private static Ws.Attached LayOut(MessageFields f, Ws.Attached? m) =>
        new() { Connection = f.Ref(m?.Connection), SessionId = f.Text(m?.SessionId), IsNew = f.Flag(m?.IsNew), Node = f.Address(m?.Node) };

    // Only an Attached with a principal or items has this format: nodes of the previous version can read all others.
    private static Ws.Attached LayOutWithPrincipal(MessageFields f, Ws.Attached? m) => LayOut(f, m) with
    {
        Principal = OpenedCodec.LayOut(f, m?.Principal),
        Items = f.Map(m?.Items),
    };

    private static SessionMessages.Start LayOut(MessageFields f, SessionMessages.Start? m) =>
        new(
            f.Text(m?.Id),
            f.Bytes(m?.Secret),
            f.Flag(m?.IsLost),
            f.Ref(m?.Connection),
            f.Text(m?.Endpoint),
            f.Part(m?.Opened, OpenedCodec.WritePart, OpenedCodec.ReadPart))
        {
            IsConfirmed = f.Flag(m?.IsConfirmed),
        };

    private static SessionMessages.Resume LayOut(MessageFields f, SessionMessages.Resume? m) =>
        new(f.Text(m?.Id), f.Bytes(m?.Secret), f.Text(m?.Epoch), f.Long(m?.Offset), f.Ref(m?.Connection))
        {
            IsConfirmed = f.Flag(m?.IsConfirmed),
        };

    private static SessionMessages.EntryPoint LayOut(MessageFields f, SessionMessages.EntryPoint? m) => new(
        f.Text(m?.Endpoint),
        f.Text(m?.Route),
        f.TextOrNull(m?.Subprotocol),
        OpenedCodec.LayOut(f, m?.Principal),
        f.Map(m?.Items));
}
