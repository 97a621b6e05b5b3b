using Akka.Actor;
using WsActors.Serialization;

namespace WsActors.Tests.Serialization;

/// <summary>Presence messages between nodes, byte by byte: nodes of two versions live in one cluster during an upgrade.</summary>
public sealed class PresenceSerializerTests : Akka.TestKit.Xunit2.TestKit
{
    private readonly PresenceSerializer _serializer;

    private readonly IReadOnlyDictionary<string, object> _samples;

    public PresenceSerializerTests()
        : base("", "golden")
    {
        _serializer = new PresenceSerializer((ExtendedActorSystem)Sys);
        var path = ActorPath.Parse("akka://golden/system/websockets/$a#42");
        var shows = new Dictionary<string, string> { ["a"] = "b" };
        var member = new Presence.Member
        {
            Connection = new EmptyLocalActorRef(((ExtendedActorSystem)Sys).Provider, path, Sys.EventStream),
            User = "ann",
            Data = shows,
        };
        _samples = new Dictionary<string, object>
        {
            ["PG1"] = new Presence.ListMembers("tea"),
            ["PW1"] = new Presence.Watch("tea"),
            ["PU1"] = new Presence.Unwatch("tea"),
            ["PH1"] = new Presence.MemberList { Topic = "tea", Members = [member] },
            ["PJ1"] = new Presence.Joined { Topic = "tea", Member = member, IsFirst = true },
            ["PC1"] = new Presence.Changed { Topic = "tea", Member = member },
            ["PL1"] = new Presence.Left { Topic = "tea", Member = member, IsLast = false },
            ["PE1"] = member,
        };
    }

    public static TheoryData<string, string> Golden => new()
    {
        { "PG1", "04746561" },
        { "PW1", "04746561" },
        { "PU1", "04746561" },
        { "PH1", "047465610126616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f246123343204616e6e0102610262" },
        { "PJ1", "0474656126616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f246123343204616e6e010261026201" },
        { "PC1", "0474656126616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f246123343204616e6e0102610262" },
        { "PL1", "0474656126616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f246123343204616e6e010261026200" },
        { "PE1", "26616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b6574732f246123343204616e6e0102610262" },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void A_message_is_written_in_the_recorded_bytes(string manifest, string hex)
    {
        Assert.Equal(manifest, _serializer.Manifest(_samples[manifest]));
        Assert.Equal(hex, Convert.ToHexStringLower(_serializer.ToBinary(_samples[manifest])));
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void All_recorded_bytes_are_read(string manifest, string hex) =>
        Assert.Equal(Rendering.Of(_samples[manifest]), Rendering.Of(_serializer.FromBinary(Convert.FromHexString(hex), manifest)));

    [Fact]
    public void Every_presence_message_crosses_nodes()
    {
        var messages = typeof(Presence).Assembly.GetTypes()
            .Where(static type => type.IsClass && typeof(Presence.IMessage).IsAssignableFrom(type))
            .ToHashSet();

        Assert.Equal(messages, PresenceSerializer.Known.Types.ToHashSet());
        Assert.Equal(messages, Golden.Select(row => _samples[(string)row[0]].GetType()).ToHashSet());
    }

    [Fact]
    public void The_extension_registers_it_without_the_reference_configuration()
    {
        Sys.WebSockets();

        Assert.All(
            _samples.Values,
            message => Assert.IsType<PresenceSerializer>(((ExtendedActorSystem)Sys).Serialization.FindSerializerFor(message)));
    }

    [Fact]
    public async Task The_reference_configuration_registers_it()
    {
        var system = ActorSystem.Create("plain", WebSocketExtension.DefaultConfig);

        Assert.All(
            _samples.Values,
            message => Assert.IsType<PresenceSerializer>(((ExtendedActorSystem)system).Serialization.FindSerializerFor(message)));
        await system.Terminate();
    }
}
