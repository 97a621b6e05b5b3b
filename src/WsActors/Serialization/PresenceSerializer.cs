using Akka.Actor;

namespace WsActors.Serialization;

/// <summary>Serializes the messages of <see cref="Presence"/>. Akka creates one for each actor system; any thread.</summary>
internal sealed class PresenceSerializer(ExtendedActorSystem system) : CodecSerializer(system, Known)
{
    /// <summary>The messages that may leave their node.</summary>
    public static CodecRegistry Known { get; } = new(
        Codec.Create<Presence.ListMembers>("PG1", static (f, m) => new(f.Text(m?.Topic))),
        Codec.Create<Presence.Watch>("PW1", static (f, m) => new(f.Text(m?.Topic))),
        Codec.Create<Presence.Unwatch>("PU1", static (f, m) => new(f.Text(m?.Topic))),
        Codec.Create<Presence.MemberList>("PH1", static (f, m) => new() { Topic = f.Text(m?.Topic), Members = f.List(m?.Members, LayOut) }),
        Codec.Create<Presence.Joined>("PJ1", static (f, m) => new()
        {
            Topic = f.Text(m?.Topic),
            Member = LayOut(f, m?.Member),
            IsFirst = f.Flag(m?.IsFirst),
        }),
        Codec.Create<Presence.Changed>("PC1", static (f, m) => new() { Topic = f.Text(m?.Topic), Member = LayOut(f, m?.Member) }),
        Codec.Create<Presence.Member>("PE1", LayOut),
        Codec.Create<Presence.Left>("PL1", static (f, m) => new()
        {
            Topic = f.Text(m?.Topic),
            Member = LayOut(f, m?.Member),
            IsLast = f.Flag(m?.IsLast),
        }));

    /// <inheritdoc/>
    public override int Identifier => 6456;

    /// <summary>Adds the serializer to a system that does not have it.</summary>
    public static void AddTo(ExtendedActorSystem system) =>
        AddTo(system, "ws-actors-presence", Known, static system => new PresenceSerializer(system));

    private static Presence.Member LayOut(MessageFields f, Presence.Member? m) =>
        new() { Connection = f.Ref(m?.Connection), User = f.TextOrNull(m?.User), Data = f.Map(m?.Data) };
}
