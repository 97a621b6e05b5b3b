using WsActors.Protocol.Frames;

namespace WsActors.Tests;

/// <summary>The closing handshake (RFC 6455 §7), and its Closed event.</summary>
public sealed class CloseSpec : WebSocketSpec
{
    [Fact]
    public void Closed_counts_time_and_payload_both_ways()
    {
        var kit = Serve();
        var client = kit.Connect();
        Handler.ExpectOpened();
        client.SendText("12345");
        client.SendBinary(new byte[1000]);
        Handler.ExpectText("12345");
        Handler.Expect<Ws.Received>();
        Handler.Tell(Ws.Send.Text("123"));
        client.ExpectText("123");
        kit.Advance(Seconds(7));

        client.SendClose(4001, "enough");

        var closed = Handler.ExpectClosed(4001);
        Assert.Equal(
            (1005L, 3L, Seconds(7), "enough", true),
            (closed.BytesReceived, closed.BytesSent, closed.Duration, closed.Reason, closed.WasClean));
    }

    [Fact]
    public void An_empty_close_frame_is_answered_with_an_empty_one_and_reported_as_1005()
    {
        var client = Serve().Connect();
        Handler.ExpectOpened();

        client.Send([0x88, 0x80, 0, 0, 0, 0]);

        client.ExpectClose(1005);
        Assert.True(Handler.ExpectClosed(1005).WasClean);
    }

    [Fact]
    public void A_second_close_changes_nothing()
    {
        var client = Serve().Connect();
        Handler.ExpectOpened();

        Handler.Tell(new Ws.Close(4001));
        Handler.Tell(new Ws.Close(4002));
        Handler.Tell(Ws.Send.Text("too late"));

        client.ExpectClose(4001);
        client.SendClose(4001);
        client.Socket.ExpectHalfClose();
        Assert.True(Handler.ExpectClosed(4001).WasClean);
        client.ExpectEnd();
    }

    [Fact]
    public void Bytes_of_the_peer_after_our_close_frame_are_discarded()
    {
        var client = Serve().Connect();
        Handler.ExpectOpened();
        Handler.Tell(new Ws.Close(4001));
        client.ExpectClose(4001);

        client.SendText("too late");
        client.SendFrame(Opcode.Ping, []);
        client.SendClose(4001);

        Handler.ExpectClosed(4001);
        client.ExpectEnd();
    }
}
