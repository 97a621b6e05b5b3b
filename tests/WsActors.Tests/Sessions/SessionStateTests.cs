using Akka.Actor;
using WsActors.Protocol.Messages;
using WsActors.Sessions;
using WsActors.Tests.Serialization;

namespace WsActors.Tests.Sessions;

/// <summary>
/// The handed-over state of a session, byte by byte. A node of the next version takes it from one of this: bytes recorded here must be
/// readable for ever.
/// </summary>
public sealed class SessionStateTests : Akka.TestKit.Xunit2.TestKit
{
    private const string Golden =
        "01030102030665706f63680a77733a2f2f2a3a3830010026616b6b613a2f2f676f6c64656e2f73797374656d2f776562736f636b657473"
        + "2f24612334323c474554202f636861742f7465613f6e616d653d416e6e20485454502f312e310d0a486f73743a20686572650d0a436f6f"
        + "6b69653a20613de90d0a0d0a0d2f636861742f7b726f6f6d7d0105726f6f6d047465610108636861742e76310a3139322e302e322e3106"
        + "68747470730568657265bb0308636861742e763100010774656e616e74046f6e6501ac0290030105666565640502047465610101026e04"
        + "416e6e056e6577730080f882ad16808ece1ce807d00f020d00000001ee640344310107686926616b6b613a2f2f676f6c64656e2f737973"
        + "74656d2f776562736f636b6574732f246123343280b48913060100000000ff0080dac409";

    private readonly SessionState _state;

    public SessionStateTests()
        : base("", Samples.System)
    {
        Sys.WebSockets();
        var samples = new Samples(System);
        _state = new SessionState
        {
            Secret = [1, 2, 3],
            Epoch = "epoch",
            Endpoint = "ws://*:80",
            Moves = 1,
            Opened = samples.Opened with { Principal = null },
            Received = 300,
            Sent = 400,
            Log =
            [
                new SessionState.Message(Ws.Send.Text("hi") with { Ack = new Ws.Demand(7) }, samples.Connection, TimeSpan.FromSeconds(2)),
                new SessionState.Message(Ws.Send.Binary(new byte[] { 0, 255 }), null, TimeSpan.FromSeconds(1)),
            ],
            Publishers = [new("feed", 5)],
            Topics = [new Ws.Join("tea") { PresenceData = new Dictionary<string, string> { ["n"] = "Ann" } }, new Ws.Join("news")],
            Age = TimeSpan.FromMinutes(5),
            Detached = TimeSpan.FromSeconds(3),
            BytesReceived = 1000,
            BytesSent = 2000,
        };
    }

    private ExtendedActorSystem System => (ExtendedActorSystem)Sys;

    [Fact]
    public void State_is_written_in_the_recorded_bytes() => Assert.Equal(Golden, Convert.ToHexStringLower(_state.Write(System)));

    [Fact]
    public void All_recorded_bytes_are_read()
    {
        var read = SessionState.Read(System, Convert.FromHexString(Golden))!;

        Assert.Equal(Rendering.Of(_state), Rendering.Of(read));
        Assert.Equal([1, 2, 3], read.Secret);
    }

    [Fact]
    public void Truncated_state_is_null()
    {
        var bytes = _state.Write(System);

        Assert.All(Enumerable.Range(0, bytes.Length), cut => Assert.Null(SessionState.Read(System, bytes[..cut])));
    }

    [Fact]
    public void State_with_stashed_messages_is_read_back_and_truncated_state_is_null()
    {
        var stashed = _state with
        {
            StashedMessages =
            [
                new SessionState.Stashed(298, MessageKind.Text, "hi"u8.ToArray()), new SessionState.Stashed(
                    300, MessageKind.Binary, new byte[] { 0, 255 }),
            ],
        };

        var bytes = stashed.Write(System);

        Assert.Equal(Rendering.Of(stashed), Rendering.Of(SessionState.Read(System, bytes)!));
        Assert.All(Enumerable.Range(0, bytes.Length), cut => Assert.Null(SessionState.Read(System, bytes[..cut])));
    }

    [Fact]
    public void State_of_another_version_is_null()
    {
        var bytes = _state.Write(System);
        bytes[0] = 3;

        Assert.Null(SessionState.Read(System, bytes));
    }

    [Fact]
    public void Damaged_state_is_another_state_or_null()
    {
        const int Seed = 8;
        var random = new Random(Seed);
        var bytes = _state.Write(System);
        for (var i = 0; i < 5000; i++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            damaged[random.Next(damaged.Length)] |= 0xF0;
            Assert.Null(Record.Exception(() => SessionState.Read(System, damaged)));
        }
    }
}
