using System.Text;
using WsActors.Protocol.Frames;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>A whole conversation, with its handshake, gives the same facts however the network cuts it.</summary>
public sealed class EverySplitSpec : WebSocketSpec
{
    private static readonly byte[] Session =
    [
        .. Encoding.ASCII.GetBytes(
            "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://127.0.0.1:8080\r\n\r\n"),
        .. ClientProbe.Frame(Opcode.Text, "grüße"u8.ToArray()),
        .. ClientProbe.Frame(Opcode.Text, "in "u8.ToArray(), fin: false),
        .. ClientProbe.Frame(Opcode.Ping, "still there?"u8.ToArray()),
        .. ClientProbe.Frame(Opcode.Continuation, "two parts"u8.ToArray()),
        .. ClientProbe.Frame(Opcode.Binary, new byte[200]),
        .. ClientProbe.Frame(Opcode.Close, [0x0F, 0xA1, (byte)'b', (byte)'y', (byte)'e']),
    ];

    [Fact]
    public void Whole_cut_at_each_position_and_byte_by_byte()
    {
        var kit = Serve();

        ExpectSession(kit, [Session]);
        for (var cut = 1; cut < Session.Length; cut++)
        {
            ExpectSession(kit, [Session[..cut], Session[cut..]]);
        }

        ExpectSession(kit, [.. Session.Select(static octet => new[] { octet })]);
    }

    private void ExpectSession(WebSocketTestKit kit, byte[][] chunks)
    {
        var client = kit.Dial();
        client.Send(chunks);

        client.ExpectUpgrade();
        Assert.Equal("still there?"u8.ToArray(), client.ExpectPong());
        client.ExpectClose(4001);
        Handler.ExpectOpened();
        Handler.ExpectText("grüße");
        Handler.ExpectText("in two parts");
        Assert.Equal(200, Handler.Expect<Ws.Received>().Payload.Length);
        Assert.Equal("bye", Handler.ExpectClosed(4001).Reason);
    }
}
