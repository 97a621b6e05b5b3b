using WsActors.Protocol.Messages;
using WsActors.Sessions;

namespace WsActors.Serialization;

/// <summary>How what is said to and of sessions crosses, and what they and their clients' connections tell each other.</summary>
internal static class SessionMessages
{
    public static IEnumerable<Codec> All =>
    [
        Codec.Of("AT1", Write, static from => new Ws.Attached(from.Ref(), from.Text(), from.Flag(), from.Address())),
        Codec.Of("AT2", WriteWithPrincipal, ReadWithPrincipal)
            with { When = static message => message is not Ws.Attached { Principal: null, Items.Count: 0 } },
        Codec.Of("DT1", Write, static from => new Ws.Detached(from.Ref(), from.Text())),
        Codec.Of("DL1", Write, static from => new Ws.Deliver(from.Text(), from.Text(), from.Long(), Commands.ReadSend(from))),
        Codec.Of("DA1", Write, static from => new Ws.Delivered(from.Text(), from.Text(), from.Long())),
        Codec.Of("DE1", Write, static from => new Ws.Expected(from.Text(), from.Text(), from.Long())),
        Codec.Of("DF1", Write, static from => new Ws.DeliverFailed(from.Text(), from.Text(), from.Long(), from.Text())),
        Codec.Of("SB1", Write, static from => new Session.Begin(from.Text(), from.Bytes(), from.Flag(), from.Ref(), from.Text(), Opening.ReadPart(from)) { IsConfirmed = from.Flag() }),
        Codec.Of("SR1", Write, ReadResume),
        Codec.Of("SR2", WriteWithEntry, static from => ReadResume(from) with { By = ReadEntry(from) })
            with { When = static message => message is Session.Resume { By: not null } },
        Codec.Of("SW1", static (to, confirm) => to.Text(confirm.Id), static from => new Session.Confirm(from.Text())),
        Codec.Of("SO1", static (to, goOn) => to.Text(goOn.Id), static from => new Session.GoOn(from.Text())),
        Codec.Of("SS1", Write, static from => new Session.Serving(from.Ref(), from.Ref(), from.Long())),
        Codec.Of("SU1", static (to, unknown) => to.Text(unknown.Id), static from => new Session.Unknown(from.Text())),
        Codec.Of("SN1", Write, static from => new Session.Refused(from.Text(), from.Text())),
        Codec.Of("SH1", static (to, handled) => to.Count(handled.Offset), static from => new Session.Handled(from.Long())),
        Codec.Of("SC1", Write, static from => new Session.Came(from.Ref(), from.Long(), from.Enum<MessageKind>(), from.Payload())),
        Codec.Of("SA1", Write, static from => new Session.Acknowledged(from.Ref(), from.Long())),
        Codec.Of("SG1", Write, static from => new Session.Gone(from.Ref(), Events.ReadClosed(from))),
        Codec.Of("SP1", Write, static from => new Session.Probe(from.Ref(), from.Long())),
    ];

    private static void Write(MessageWriter to, Ws.Attached attached)
    {
        to.Ref(attached.Connection);
        to.Text(attached.SessionId);
        to.Flag(attached.IsNew);
        to.Text(attached.Node.ToString());
    }

    // Only what has a principal or items is written so: nodes of the version before can read all else.
    private static void WriteWithPrincipal(MessageWriter to, Ws.Attached attached)
    {
        Write(to, attached);
        Opening.Write(to, attached.Principal);
        to.Map(attached.Items);
    }

    private static Ws.Attached ReadWithPrincipal(MessageReader from) =>
        new(from.Ref(), from.Text(), from.Flag(), from.Address()) { Principal = Opening.ReadPrincipal(from), Items = from.Map() };

    private static void Write(MessageWriter to, Ws.Detached detached)
    {
        to.Ref(detached.Connection);
        to.Text(detached.SessionId);
    }

    private static void Write(MessageWriter to, Ws.Deliver deliver)
    {
        Write(to, deliver.SessionId, deliver.Publisher, deliver.Sequence);
        Commands.Write(to, deliver.Message);
    }

    private static void Write(MessageWriter to, Ws.Delivered delivered) => Write(to, delivered.SessionId, delivered.Publisher, delivered.Sequence);

    private static void Write(MessageWriter to, Ws.Expected expected) => Write(to, expected.SessionId, expected.Publisher, expected.Sequence);

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

    private static void Write(MessageWriter to, Session.Begin begin)
    {
        to.Text(begin.Id);
        to.Bytes(begin.Secret);
        to.Flag(begin.IsLost);
        to.Ref(begin.Connection);
        to.Text(begin.Endpoint);
        Opening.WritePart(to, begin.Opened);
        to.Flag(begin.IsConfirmed);
    }

    private static void Write(MessageWriter to, Session.Resume resume)
    {
        to.Text(resume.Id);
        to.Bytes(resume.Secret);
        to.Text(resume.Epoch);
        to.Count(resume.Offset);
        to.Ref(resume.Connection);
        to.Flag(resume.IsConfirmed);
    }

    private static Session.Resume ReadResume(MessageReader from) =>
        new(from.Text(), from.Bytes(), from.Text(), from.Long(), from.Ref()) { IsConfirmed = from.Flag() };

    private static void WriteWithEntry(MessageWriter to, Session.Resume resume)
    {
        Write(to, resume);
        var by = resume.By!; // not null: SR1 is for those.
        to.Text(by.Endpoint);
        to.Text(by.Route);
        to.Text(by.Subprotocol);
        Opening.Write(to, by.Principal);
        to.Map(by.Items);
    }

    private static Session.Entry ReadEntry(MessageReader from) =>
        new(from.Text(), from.Text(), from.TextOrNull(), Opening.ReadPrincipal(from), from.Map());

    private static void Write(MessageWriter to, Session.Serving serving)
    {
        to.Ref(serving.Connection);
        to.Ref(serving.Session);
        to.Count(serving.Offset);
    }

    private static void Write(MessageWriter to, Session.Refused refused)
    {
        to.Text(refused.Id);
        to.Text(refused.Reason);
    }

    private static void Write(MessageWriter to, Session.Came came)
    {
        to.Ref(came.Connection);
        to.Count(came.Offset);
        to.Byte((byte)came.Kind);
        to.Payload(came.Payload);
    }

    private static void Write(MessageWriter to, Session.Acknowledged acknowledged)
    {
        to.Ref(acknowledged.Connection);
        to.Count(acknowledged.Offset);
    }

    private static void Write(MessageWriter to, Session.Gone gone)
    {
        to.Ref(gone.Connection);
        Events.Write(to, gone.Closed);
    }

    private static void Write(MessageWriter to, Session.Probe probe)
    {
        to.Ref(probe.Connection);
        to.Count(probe.Offset);
    }
}
