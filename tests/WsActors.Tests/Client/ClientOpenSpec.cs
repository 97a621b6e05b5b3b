using System.Net;
using System.Text;
using Akka.Actor;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Handshake;

namespace WsActors.Tests.Client;

/// <summary>A client's opening handshake (RFC 6455 §4.1), and its handler's Opened.</summary>
public sealed class ClientOpenSpec : ClientSpec
{
    [Fact]
    public void The_request_has_the_options_of_Connect()
    {
        Connect(
            To() with { Subprotocols = ["chat.v2", "chat.v1"], Headers = [new("Authorization", "Bearer x"), new("Host", "else.where")] });
        var server = Listener.ExpectDial();

        var request = server.ExpectRequest();

        Assert.Equal(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 8080), server.Address);
        Assert.Equal(("GET", "/chat?room=tea", "192.0.2.1:8080"), (request.Method, request.Target, request.Host));
        Assert.Equal(["chat.v2, chat.v1"], request.Headers.All("Sec-WebSocket-Protocol"));
        Assert.Equal("Bearer x", request.Headers["Authorization"]);
        Assert.Equal(1, request.Headers.CountOf("Host"));
        Assert.Null(request.Headers["Sec-WebSocket-Extensions"]);
        Assert.True(ServerHandshake.Check(request, out _, out _));
    }

    [Fact]
    public void Opened_has_request_and_response_and_the_sender_is_told_afterwards()
    {
        Connect(To() with { Subprotocols = ["chat.v2", "chat.v1"], Name = "chat" });
        Listener.ExpectConnect("Sec-WebSocket-Protocol: chat.v1", "Set-Cookie: a=b");

        var opened = Handler.ExpectOpened();

        Assert.Equal(("chat.v1", "chat", "/chat"), (opened.Subprotocol, opened.Request.Route, opened.Request.Http.Path));
        Assert.Equal("tea", opened.Request.Http.Query["room"]);
        Assert.Equal((101, "a=b"), (opened.Response!.Status, opened.Response.Headers["Set-Cookie"]));
        Assert.Equal(new Ws.Connected { Uri = Uri, Connection = opened.Connection }, ExpectMsg<Ws.Connected>());
    }

    [Fact]
    public void An_empty_subprotocol_in_the_response_counts_as_none()
    {
        Connect(To() with { Subprotocols = ["chat.v1"] });
        Listener.ExpectConnect("Sec-WebSocket-Protocol:");

        Assert.Null(Handler.ExpectOpened().Subprotocol);
    }

    [Fact]
    public void Opened_is_the_same_within_TLS()
    {
        Connect(To("wss://example.com/feed"));
        var server = Listener.ExpectConnect();

        Assert.True(Handler.ExpectOpened().Request.IsSecure);
        server.SendText("news");
        Handler.ExpectText("news");
    }

    [Fact]
    public void Messages_are_echoed_the_clients_masked_and_a_ping_is_answered()
    {
        var server = Open();

        server.SendText("hello");
        Handler.ExpectText("hello");
        Handler.Tell(Ws.Send.Text("hi") with { Ack = "taken" });
        server.ExpectText("hi");
        Handler.ExpectAck("taken");
        server.SendFrame(Opcode.Ping, [1, 2, 3]);
        Assert.Equal([1, 2, 3], server.ExpectPong());
        Handler.Tell(Ws.Ping.Instance);
        server.SendFrame(Opcode.Pong, server.ExpectPing());
        Handler.Expect<Ws.Ponged>();
    }

    [Fact]
    public void A_conversation_is_independent_of_how_its_bytes_are_cut()
    {
        var length = ExpectSession(static session => [session]);
        for (var cut = 1; cut < length; cut++)
        {
            ExpectSession(session => [session[..cut], session[cut..]]);
        }

        ExpectSession(static session => [.. session.Select(static octet => new[] { octet })]);
    }

    [Fact]
    public void Interim_responses_are_ignored()
    {
        Connect();
        var server = Listener.ExpectDial();
        server.ExpectRequest();

        server.Send([.. "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"u8, .. server.Upgrade()]);

        Handler.ExpectOpened();
    }

    [Fact]
    public void A_child_handler_restarts_after_a_failure_and_its_stop_closes_with_1000()
    {
        Connect(new Ws.Connect(Uri, Props.Create<Echo>()) { Source = Listener.Ref });
        var server = Listener.ExpectConnect();
        server.SendText("fail");
        server.SendText("after");
        server.ExpectText("after");

        server.SendText("stop");

        server.ExpectClose(CloseCode.Normal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_answer_to_a_backlog_probe_resumes_reading(bool reconnects)
    {
        var server = Open(options => options with
        {
            Reconnect = options.Reconnect with { Enabled = reconnects },
            SendQueue = options.SendQueue with { PauseReadingAboveBytes = 1 },
        });

        for (var i = 0; i < 10; i++)
        {
            server.SendText($"{i}");
        }

        for (var i = 0; i < 10; i++)
        {
            Handler.ExpectText($"{i}");
        }
    }

    [Fact]
    public void A_pulling_handler_gets_messages_by_demand_and_in_chunks()
    {
        Connect(To() with { Pull = true, MaxChunkBytes = 16 });
        var server = Listener.ExpectConnect();
        Handler.ExpectOpened();
        server.SendText("twenty bytes of text");
        Kit.AwaitIdle();
        Handler.ExpectNothing();

        Handler.Tell(new Ws.Demand(1));

        Assert.False(Handler.Expect<Ws.ReceivedChunk>().IsLast);
        Kit.AwaitIdle();
        Handler.ExpectNothing();
        Handler.Tell(new Ws.Demand(1));
        Assert.True(Handler.Expect<Ws.ReceivedChunk>().IsLast);
    }

    [Fact]
    public void GetStats_reports_the_connection()
    {
        var server = Open();
        server.SendText("12345");
        Handler.ExpectText("12345");

        Handler.Connection.Tell(Ws.GetStats.Instance, TestActor);

        var stats = ExpectMsg<Ws.Stats>();
        Assert.Equal((Handler.Connection, "client", "client", 5L), (stats.Connection, stats.Endpoint, stats.Route, stats.BytesReceived));
        Kit.Manager.Tell(Ws.GetStats.Instance, TestActor);
        Assert.Equal((0, 0L), ExpectMsg<Ws.Totals>() is var totals ? (totals.Connections, totals.Opened) : default);
    }

    private int ExpectSession(Func<byte[], byte[][]> cut)
    {
        Connect();
        var server = Listener.ExpectDial();
        server.ExpectRequest();
        byte[] session = [
            .. server.Upgrade("Server: a"),
            .. Protocol("grüße"),
            .. TestKit.ServerProbe.Frame(Opcode.Ping, "still there?"u8.ToArray()),
            .. TestKit.ServerProbe.Frame(Opcode.Close, [0x0F, 0xA1, (byte)'b', (byte)'y', (byte)'e'])];

        server.Send(cut(session));

        Handler.ExpectOpened();
        ExpectMsg<Ws.Connected>();
        Handler.ExpectText("grüße");
        Assert.Equal("still there?"u8.ToArray(), server.ExpectPong());
        server.ExpectClose(4001);
        server.Socket.HalfClose();
        Assert.Equal("bye", Handler.ExpectClosed(4001).Reason);
        return session.Length;
    }

    private static byte[] Protocol(string text) => TestKit.ServerProbe.Frame(Opcode.Text, Encoding.UTF8.GetBytes(text));
}
