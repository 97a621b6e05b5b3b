using WsActors.Messages;

namespace WsActors.Serialization;

/// <summary>The codecs of topics and of publications.</summary>
internal static class TopicCodecs
{
    public static IEnumerable<Codec> All =>
    [
        Codec.Create("J1", Write, ReadJoin),
        Codec.Create("LV1", static (to, leave) => to.Text(leave.Topic), static from => new Ws.Leave(from.Text())),
        Codec.Create("JD1", Write, static from => new Ws.Joined(from.Ref(), from.Text())),
        Codec.Create("JF1", Write, static from => new Ws.JoinFailed(from.Ref(), from.Text(), from.Text())),
        Codec.Create("PB1", Write, static from => new Ws.Publish(from.Text(), CommandCodecs.ReadSend(from))),
        Codec.Create("TP1", Write, ReadRelayed),
        Codec.Create("TM1", static (to, mark) => to.Count(mark.Number), static from => new TopicMessages.Mark(from.Long())),
        Codec.Create("TT1", static (to, taken) => to.Count(taken.Number), static from => new TopicMessages.MarkTaken(from.Long())),
    ];

    public static void Write(MessageWriter to, Ws.Join join)
    {
        to.Text(join.Topic);
        to.Flag(join.PresenceData is not null);
        if (join.PresenceData is { } presence)
        {
            to.Map(presence);
        }
    }

    public static Ws.Join ReadJoin(MessageReader from) => new(from.Text()) { PresenceData = from.Flag() ? from.Map() : null };

    private static void Write(MessageWriter to, Ws.Joined joined)
    {
        to.Ref(joined.Connection);
        to.Text(joined.Topic);
    }

    private static void Write(MessageWriter to, Ws.JoinFailed failed)
    {
        to.Ref(failed.Connection);
        to.Text(failed.Topic);
        to.Text(failed.Reason);
    }

    private static void Write(MessageWriter to, Ws.Publish publish)
    {
        to.Text(publish.Topic);
        CommandCodecs.Write(to, publish.Message);
    }

    private static void Write(MessageWriter to, TopicMessages.Relayed relayed)
    {
        to.Text(relayed.Topic);
        to.Ref(relayed.Publisher);
        CommandCodecs.Write(to, relayed.Message);
    }

    private static TopicMessages.Relayed ReadRelayed(MessageReader from)
    {
        var (topic, publisher) = (from.Text(), from.Ref());
        return new TopicMessages.Relayed(topic, CommandCodecs.ReadSend(from), publisher);
    }
}
