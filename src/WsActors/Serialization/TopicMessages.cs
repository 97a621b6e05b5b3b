using WsActors.Topics;

namespace WsActors.Serialization;

/// <summary>How what is said about topics crosses, and what is published in them.</summary>
internal static class TopicMessages
{
    public static IEnumerable<Codec> All =>
    [
        Codec.Of("J1", Write, ReadJoin),
        Codec.Of("LV1", static (to, leave) => to.Text(leave.Topic), static from => new Ws.Leave(from.Text())),
        Codec.Of("JD1", Write, static from => new Ws.Joined(from.Ref(), from.Text())),
        Codec.Of("JF1", Write, static from => new Ws.JoinFailed(from.Ref(), from.Text(), from.Text())),
        Codec.Of("PB1", Write, static from => new Ws.Publish(from.Text(), Commands.ReadSend(from))),
        Codec.Of("TP1", Write, ReadPublished),
        Codec.Of("TM1", static (to, mark) => to.Count(mark.Number), static from => new Follower.Mark(from.Long())),
        Codec.Of("TT1", static (to, taken) => to.Count(taken.Number), static from => new Follower.MarkTaken(from.Long())),
    ];

    public static void Write(MessageWriter to, Ws.Join join)
    {
        to.Text(join.Topic);
        to.Flag(join.Presence is not null);
        if (join.Presence is { } presence)
        {
            to.Map(presence);
        }
    }

    public static Ws.Join ReadJoin(MessageReader from) => new(from.Text()) { Presence = from.Flag() ? from.Map() : null };

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
        Commands.Write(to, publish.Message);
    }

    private static void Write(MessageWriter to, Follower.Published published)
    {
        to.Text(published.Topic);
        to.Ref(published.Publisher);
        Commands.Write(to, published.Message);
    }

    private static Follower.Published ReadPublished(MessageReader from)
    {
        var (topic, publisher) = (from.Text(), from.Ref());
        return new Follower.Published(topic, Commands.ReadSend(from), publisher);
    }
}
