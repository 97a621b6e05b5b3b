using WsActors.Messages;
using WsActors.Protocol.Messages;

namespace WsActors.Serialization;

/// <summary>The codecs of sessions, and of the messages between sessions and their clients' connections.</summary>
internal static class SessionCodecs
{
    public static IEnumerable<Codec> All =>
    [
        Codec.Create("AT1", Write, static from => new Ws.Attached(from.Ref(), from.Text(), from.Flag(), from.Address())),
        Codec.Create("AT2", WriteWithPrincipal, ReadWithPrincipal)
            with { When = static message => message is not Ws.Attached { Principal: null, Items.Count: 0 } },
        Codec.Create("DT1", Write, static from => new Ws.Detached(from.Ref(), from.Text())),
        Codec.Create("DL1", Write, static from => new Ws.Deliver(from.Text(), from.Text(), from.Long(), CommandCodecs.ReadSend(from))),
        Codec.Create("DA1", Write, static from => new Ws.Delivered(from.Text(), from.Text(), from.Long())),
        Codec.Create("DE1", Write, static from => new Ws.SequenceExpected(from.Text(), from.Text(), from.Long())),
        Codec.Create("DF1", Write, static from => new Ws.DeliverFailed(from.Text(), from.Text(), from.Long(), from.Text())),
        Codec.Create("SB1", Write, ReadStart),
        Codec.Create("SR1", Write, ReadResume),
        Codec.Create("SR2", WriteWithEntry, static from => ReadResume(from) with { By = ReadEntry(from) })
            with { When = static message => message is SessionMessages.Resume { By: not null } },
        Codec.Create("SW1", static (to, confirm) => to.Text(confirm.Id), static from => new SessionMessages.Confirm(from.Text())),
        Codec.Create("SO1", static (to, activate) => to.Text(activate.Id), static from => new SessionMessages.Activate(from.Text())),
        Codec.Create("SS1", Write, static from => new SessionMessages.Welcomed(from.Ref(), from.Ref(), from.Long())),
        Codec.Create("SU1", static (to, unknown) => to.Text(unknown.Id), static from => new SessionMessages.Unknown(from.Text())),
        Codec.Create("SN1", Write, static from => new SessionMessages.Refused(from.Text(), from.Text())),
        Codec.Create("SH1", static (to, handled) => to.Count(handled.Offset), static from => new SessionMessages.Handled(from.Long())),
        Codec.Create("SC1", Write, ReadMessageReceived),
        Codec.Create("SA1", Write, static from => new SessionMessages.Acknowledged(from.Ref(), from.Long())),
        Codec.Create("SG1", Write, static from => new SessionMessages.ConnectionClosed(from.Ref(), EventCodecs.ReadClosed(from))),
        Codec.Create("SP1", Write, static from => new SessionMessages.Probe(from.Ref(), from.Long())),
    ];

    private static void Write(MessageWriter to, Ws.Attached attached)
    {
        to.Ref(attached.Connection);
        to.Text(attached.SessionId);
        to.Flag(attached.IsNew);
        to.Text(attached.Node.ToString());
    }

    // Only an Attached with a principal or items has this format: nodes of the previous version can read all others.
    private static void WriteWithPrincipal(MessageWriter to, Ws.Attached attached)
    {
        Write(to, attached);
        OpenedCodec.Write(to, attached.Principal);
        to.Map(attached.Items);
    }

    private static Ws.Attached ReadWithPrincipal(MessageReader from) =>
        new(from.Ref(), from.Text(), from.Flag(), from.Address()) { Principal = OpenedCodec.ReadPrincipal(from), Items = from.Map() };

    private static void Write(MessageWriter to, Ws.Detached detached)
    {
        to.Ref(detached.Connection);
        to.Text(detached.SessionId);
    }

    private static void Write(MessageWriter to, Ws.Deliver deliver)
    {
        Write(to, deliver.SessionId, deliver.Publisher, deliver.Sequence);
        CommandCodecs.Write(to, deliver.Message);
    }

    private static void Write(MessageWriter to, Ws.Delivered delivered) =>
        Write(to, delivered.SessionId, delivered.Publisher, delivered.Sequence);

    private static void Write(MessageWriter to, Ws.SequenceExpected expected) =>
        Write(to, expected.SessionId, expected.Publisher, expected.Sequence);

    private static void Write(MessageWriter to, Ws.DeliverFailed failed)
    {
        Write(to, failed.SessionId, failed.Publisher, failed.Sequence);
        to.Text(failed.Reason);
    }

    private static void Write(MessageWriter to, string session, string publisher, long sequence)
    {
        to.Text(session);
        to.Text(publisher);
        to.Count(sequence);
    }

    private static void Write(MessageWriter to, SessionMessages.Start start)
    {
        to.Text(start.Id);
        to.Bytes(start.Secret);
        to.Flag(start.IsLost);
        to.Ref(start.Connection);
        to.Text(start.Endpoint);
        OpenedCodec.WritePart(to, start.Opened);
        to.Flag(start.IsConfirmed);
    }

    private static SessionMessages.Start ReadStart(MessageReader from) =>
        new(from.Text(), from.Bytes(), from.Flag(), from.Ref(), from.Text(), OpenedCodec.ReadPart(from)) { IsConfirmed = from.Flag() };

    private static void Write(MessageWriter to, SessionMessages.Resume resume)
    {
        to.Text(resume.Id);
        to.Bytes(resume.Secret);
        to.Text(resume.Epoch);
        to.Count(resume.Offset);
        to.Ref(resume.Connection);
        to.Flag(resume.IsConfirmed);
    }

    private static SessionMessages.Resume ReadResume(MessageReader from) =>
        new(from.Text(), from.Bytes(), from.Text(), from.Long(), from.Ref()) { IsConfirmed = from.Flag() };

    private static void WriteWithEntry(MessageWriter to, SessionMessages.Resume resume)
    {
        Write(to, resume);
        var by = resume.By!; // Not null: the condition of SR2.
        to.Text(by.Endpoint);
        to.Text(by.Route);
        to.Text(by.Subprotocol);
        OpenedCodec.Write(to, by.Principal);
        to.Map(by.Items);
    }

    private static SessionMessages.EntryPoint ReadEntry(MessageReader from) =>
        new(from.Text(), from.Text(), from.TextOrNull(), OpenedCodec.ReadPrincipal(from), from.Map());

    private static void Write(MessageWriter to, SessionMessages.Welcomed welcomed)
    {
        to.Ref(welcomed.Connection);
        to.Ref(welcomed.Session);
        to.Count(welcomed.Offset);
    }

    private static void Write(MessageWriter to, SessionMessages.Refused refused)
    {
        to.Text(refused.Id);
        to.Text(refused.Reason);
    }

    private static void Write(MessageWriter to, SessionMessages.MessageReceived messageReceived)
    {
        to.Ref(messageReceived.Connection);
        to.Count(messageReceived.Offset);
        to.Byte((byte)messageReceived.Kind);
        to.Payload(messageReceived.Payload);
    }

    private static SessionMessages.MessageReceived ReadMessageReceived(MessageReader from) =>
        new(from.Ref(), from.Long(), from.Enum<MessageKind>(), from.Payload());

    private static void Write(MessageWriter to, SessionMessages.Acknowledged acknowledged)
    {
        to.Ref(acknowledged.Connection);
        to.Count(acknowledged.Offset);
    }

    private static void Write(MessageWriter to, SessionMessages.ConnectionClosed connectionClosed)
    {
        to.Ref(connectionClosed.Connection);
        EventCodecs.Write(to, connectionClosed.Closed);
    }

    private static void Write(MessageWriter to, SessionMessages.Probe probe)
    {
        to.Ref(probe.Connection);
        to.Count(probe.Offset);
    }
}
