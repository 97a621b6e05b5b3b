using WsActors.Protocol.Frames;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>Pings and pongs that go either way (RFC 6455 §5.5.2, §5.5.3).</summary>
public sealed class PingSpec : WebSocketSpec
{
    private readonly WebSocketTestKit _kit;

    private readonly ClientProbe _client;

    public PingSpec()
    {
        _kit = Serve();
        _client = _kit.Connect();
        Handler.ExpectOpened();
        _kit.AwaitIdle();
    }

    [Fact]
    public void Ponged_is_told_to_the_sender_of_the_ping_with_the_round_trip_time()
    {
        var asker = CreateTestProbe();
        _client.Socket.StopReading();
        Handler.Tell(Ws.Send.Text("before"));
        _client.Connection.Tell(Ws.Ping.Instance, asker.Ref);
        _kit.Advance(Seconds(10));
        _client.Socket.ResumeReading();
        _client.ExpectText("before");
        var ping = _client.ExpectPing();
        _kit.Advance(Seconds(1.5));

        _client.SendFrame(Opcode.Pong, ping);

        Assert.Equal(new Ws.Ponged { Connection = _client.Connection, RoundTrip = Seconds(1.5) }, asker.ExpectMsg<Ws.Ponged>());
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_pong_answers_its_ping_and_all_before_it()
    {
        Handler.Tell(Ws.Ping.Instance);
        _client.ExpectPing();
        _kit.Advance(Seconds(1));
        Handler.Tell(Ws.Ping.Instance);
        var second = _client.ExpectPing();
        _kit.Advance(Seconds(1));

        _client.SendFrame(Opcode.Pong, second);

        Assert.Equal(Seconds(2), Handler.Expect<Ws.Ponged>().RoundTrip);
        Assert.Equal(Seconds(1), Handler.Expect<Ws.Ponged>().RoundTrip);
        Handler.ExpectNothing();
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 2 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255 })]
    public void An_unsolicited_pong_is_ignored(byte[] payload)
    {
        Handler.Tell(Ws.Ping.Instance);
        var ping = _client.ExpectPing();

        _client.SendFrame(Opcode.Pong, payload);
        _client.ExpectNothing();
        Handler.ExpectNothing();

        _client.SendFrame(Opcode.Pong, ping);
        Handler.Expect<Ws.Ponged>();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    public void A_pong_has_the_payload_of_its_ping(int bytes)
    {
        var payload = new byte[bytes];
        Array.Fill(payload, (byte)7);

        _client.SendFrame(Opcode.Ping, payload);

        Assert.Equal(payload, _client.ExpectPong());
    }
}
