using Akka.Actor;

namespace WsActors.Serialization;

/// <summary>Serializes the messages of <see cref="Presence"/>. Akka creates one for each actor system; any thread.</summary>
internal sealed class PresenceSerializer(ExtendedActorSystem system) : CodecSerializer(system, Known)
{
    /// <summary>The messages that may leave their node.</summary>
    public static CodecRegistry Known { get; } = new(
        Codec.Create("PG1", static (to, get) => to.Text(get.Topic), static from => new Presence.ListMembers(from.Text())),
        Codec.Create("PW1", static (to, watch) => to.Text(watch.Topic), static from => new Presence.Watch(from.Text())),
        Codec.Create("PU1", static (to, unwatch) => to.Text(unwatch.Topic), static from => new Presence.Unwatch(from.Text())),
        Codec.Create("PH1", Write, static from => new Presence.MemberList(from.Text(), from.List(() => ReadMember(from)))),
        Codec.Create("PJ1", Write, static from => new Presence.Joined(from.Text(), ReadMember(from), from.Flag())),
        Codec.Create("PC1", Write, static from => new Presence.Changed(from.Text(), ReadMember(from))),
        Codec.Create("PE1", Write, ReadMember),
        Codec.Create("PL1", Write, static from => new Presence.Left(from.Text(), ReadMember(from), from.Flag())));

    /// <inheritdoc/>
    public override int Identifier => 6456;

    /// <summary>Adds the serializer to a system that does not have it.</summary>
    public static void AddTo(ExtendedActorSystem system) =>
        AddTo(system, "ws-actors-presence", Known, static system => new PresenceSerializer(system));

    private static void Write(MessageWriter to, Presence.Member member)
    {
        to.Ref(member.Connection);
        to.Text(member.User);
        to.Map(member.Data);
    }

    private static Presence.Member ReadMember(MessageReader from) => new(from.Ref(), from.TextOrNull(), from.Map());

    private static void Write(MessageWriter to, Presence.MemberList memberList)
    {
        to.Text(memberList.Topic);
        to.List(memberList.Members, member => Write(to, member));
    }

    private static void Write(MessageWriter to, Presence.Joined joined)
    {
        to.Text(joined.Topic);
        Write(to, joined.Member);
        to.Flag(joined.IsFirst);
    }

    private static void Write(MessageWriter to, Presence.Changed changed)
    {
        to.Text(changed.Topic);
        Write(to, changed.Member);
    }

    private static void Write(MessageWriter to, Presence.Left left)
    {
        to.Text(left.Topic);
        Write(to, left.Member);
        to.Flag(left.IsLast);
    }
}
