using WsActors.Protocol.Frames;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>An open WebSocket: messages are delivered, and sent ones are written.</summary>
public sealed class OpenSpec : WebSocketSpec
{
    [Fact]
    public void A_message_is_delivered_and_the_answer_is_sent()
    {
        var client = Serve().Connect();
        Handler.ExpectOpened();

        client.SendText("hi");
        Handler.ExpectText("hi");
        Handler.Tell(Ws.Send.Text("hello"));

        client.ExpectText("hello");
    }

    [Fact]
    public void Frames_behind_the_request_in_its_chunk_are_delivered()
    {
        var kit = Serve();
        var client = kit.Dial();
        client.Send(
        [
            .. "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"u8,
            .. "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"u8,
            .. ClientProbe.Frame(Opcode.Text, "early"u8.ToArray()),
        ]);

        client.ExpectUpgrade();

        Handler.ExpectOpened();
        Handler.ExpectText("early");
    }

    [Fact]
    public void A_close_of_the_peer_is_answered_with_its_code_and_reported_once()
    {
        var client = Serve().Connect();
        Handler.ExpectOpened();

        client.SendClose(4001, "enough");

        client.ExpectClose(4001);
        client.Socket.ExpectHalfClose();
        var closed = Handler.ExpectClosed(4001);
        Assert.Equal("enough", closed.Reason);
        Assert.Equal(Ws.Side.Peer, closed.By);
        Assert.True(closed.WasClean);
        client.Socket.ExpectStopped();
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_ping_is_sent_after_25_seconds_of_silence_and_not_before()
    {
        var kit = Serve();
        var client = kit.Connect();
        Handler.ExpectOpened();

        kit.Advance(Seconds(24.5));
        client.ExpectNothing();
        kit.Advance(Seconds(0.5));
        client.ExpectPing();
    }
}
