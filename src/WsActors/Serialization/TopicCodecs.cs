using WsActors.Messages;

namespace WsActors.Serialization;

/// <summary>The codecs of topics and of publications.</summary>
internal static class TopicCodecs
{
    public static IEnumerable<Codec> All =>
    [
        Codec.Create("J1", Write, ReadJoin),
        Codec.Create<Ws.Leave>("LV1", static (f, m) => new(f.Text(m?.Topic))),
        Codec.Create<Ws.Joined>("JD1", static (f, m) => new() { Connection = f.Ref(m?.Connection), Topic = f.Text(m?.Topic) }),
        Codec.Create<Ws.JoinFailed>("JF1", static (f, m) => new()
        {
            Connection = f.Ref(m?.Connection),
            Topic = f.Text(m?.Topic),
            Reason = f.Text(m?.Reason),
        }),
        Codec.Create<Ws.Publish>("PB1", static (f, m) => new(f.Text(m?.Topic), CommandCodecs.LayOut(f, m?.Message))),
        Codec.Create<TopicMessages.Relayed>("TP1", LayOut),
        Codec.Create<TopicMessages.Mark>("TM1", static (f, m) => new(f.Long(m?.Number))),
        Codec.Create<TopicMessages.MarkTaken>("TT1", static (f, m) => new(f.Long(m?.Number))),
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

    // The message is last: it has a payload.
    private static TopicMessages.Relayed LayOut(MessageFields f, TopicMessages.Relayed? m)
    {
        var (topic, publisher) = (f.Text(m?.Topic), f.Ref(m?.Publisher));
        return new TopicMessages.Relayed(topic, CommandCodecs.LayOut(f, m?.Message), publisher);
    }
}
