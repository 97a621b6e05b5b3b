using System.Net.Sockets;
using Akka.Actor;
using WsActors.TestKit;

namespace WsActors.Tests.Client;

/// <summary>A failing connect is told once, in one sentence, and leaves no resources.</summary>
public sealed class ClientFailureSpec : ClientSpec
{
    [Fact]
    public void A_refused_port_fails_the_connect()
    {
        Connect();
        Listener.Refuse();

        var failed = ExpectFailure("ws://192.0.2.1:8080/chat", "no server accepts the connection");

        Assert.Equal((null, false), (failed.Status, failed.IsFinal));
    }

    [Fact]
    public void An_unknown_name_fails_the_connect()
    {
        Connect(To("ws://nobody.example/"));
        Listener.Refuse(SocketError.HostNotFound);

        ExpectFailure("ws://nobody.example/", "name");
    }

    [Fact]
    public void A_dial_fails_after_5_seconds()
    {
        Connect();
        Listener.Ignore();
        Kit.Advance(Seconds(4.5));
        ExpectNoMsg(TimeSpan.Zero);

        Kit.Advance(Seconds(0.5));

        ExpectFailure("in time");
    }

    [Fact]
    public void R17_A_response_that_is_incomplete_after_10_seconds_fails_the_connect()
    {
        Connect();
        var server = Asked();
        server.Send("HTTP/1.1 101 Swi"u8.ToArray());
        Kit.Advance(Seconds(9.5));
        server.Send("tching"u8.ToArray());
        ExpectNoMsg(TimeSpan.Zero);

        Kit.Advance(Seconds(0.5));

        ExpectFailure("in time");
        server.Socket.ExpectHalfClose();
        server.Socket.ExpectStopped();
    }

    [Theory]
    [InlineData(200, true, "status 200")]
    [InlineData(301, true, "redirects with status 301")]
    [InlineData(401, true, "headers")]
    [InlineData(404, true, "path")]
    [InlineData(408, false, "later")]
    [InlineData(429, false, "later")]
    [InlineData(501, true, "status 501")]
    [InlineData(503, false, "later")]
    [InlineData(522, false, "later")]
    public void A_refusal_fails_the_connect_with_its_status(int status, bool isFinal, string part)
    {
        Connect();
        var server = Asked();

        server.Respond($"HTTP/1.1 {status} Whatever", "Content-Length: 0");

        var failed = ExpectFailure(part);
        Assert.Equal((status, isFinal, null), (failed.Status, failed.IsFinal, failed.RetryAfter));
        server.Socket.ExpectHalfClose();
        server.Socket.ExpectStopped();
        Handler.ExpectNothing();
    }

    [Fact]
    public void Retry_After_is_reported()
    {
        Connect();

        Asked().Respond("HTTP/1.1 503 Service Unavailable", "Retry-After: 120");

        Assert.Equal(Seconds(120), ExpectMsg<Ws.ConnectFailed>().RetryAfter);
    }

    [Theory]
    [InlineData("Sec-WebSocket-Protocol: chat", "subprotocol")]
    [InlineData("Sec-WebSocket-Extensions: permessage-deflate", "extension")]
    public void A_response_beyond_the_offer_fails_the_connect(string header, string part)
    {
        Connect();
        Listener.ExpectConnect(header);

        Assert.True(ExpectFailure(part).IsFinal);
    }

    [Fact]
    public void A_wrong_accept_key_fails_the_connect()
    {
        Connect();

        Asked().Respond(
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");

        Assert.Equal(101, ExpectFailure("Sec-WebSocket-Accept").Status);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n", "no HTTP/1.1 status line")]
    [InlineData("HTTP/1.1 101 Switching\r\nno colon\r\n", "colon")]
    public void A_response_other_than_HTTP_fails_the_connect(string answer, string part)
    {
        Connect();

        Asked().Send(System.Text.Encoding.ASCII.GetBytes(answer));

        Assert.True(ExpectFailure("cannot be parsed", part).IsFinal);
    }

    [Fact]
    public void A_head_above_the_limit_fails_the_connect()
    {
        Connect(To(configure: static options => options with
        {
            Handshake = options.Handshake with { MaxRequestLineBytes = 64, MaxHeaderBytes = 128, MaxHeaders = 4 },
        }));

        Asked().Respond("HTTP/1.1 101 Switching Protocols", "X: " + new string('x', 128));

        ExpectFailure("more than 128 bytes");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_socket_closed_without_a_response_fails_the_connect(bool isReset)
    {
        Connect();
        var server = Asked();

        if (isReset)
        {
            server.Socket.Reset();
        }
        else
        {
            server.Socket.HalfClose();
        }

        ExpectFailure("without a response");
        server.Socket.ExpectStopped();
    }

    [Fact]
    public void A_failing_connection_actor_fails_the_connect()
    {
        Connect();
        var server = Asked();

        server.Connection.Tell(Kill.Instance);

        ExpectFailure("log");
    }

    [Theory]
    [InlineData("example.com", "ws://host:port")]
    [InlineData("ws://", "ws://host:port")]
    [InlineData("http://example.com/", "ws://")]
    [InlineData("ws+unix://run/app.sock", "ws+unix:///path.sock:/chat")]
    [InlineData("ws+unix:///run/app.sock:chat", "ws+unix:///path.sock:/chat")]
    [InlineData("ws://user:secret@example.com/", "user information")]
    [InlineData("ws://example.com/#part", "fragment")]
    [InlineData("ws://example.com:0/", "port 0")]
    public void An_invalid_URI_fails_the_connect(string uri, string part)
    {
        Connect(To(uri));

        var failed = ExpectFailure("Cannot connect to", part);

        Assert.True(failed.IsFinal);
        Assert.DoesNotContain("secret", failed.ToString(), StringComparison.Ordinal);
        Listener.ExpectNoDial();
    }

    [Fact]
    public void Unusable_options_fail_the_connect()
    {
        Connect(To(configure: static options => options with { ConnectTimeout = TimeSpan.Zero }));
        ExpectFailure("ws-actors.client.connect-timeout");
        Connect(To(configure: static options => options with
        {
            Reconnect = options.Reconnect with { MinBackoff = TimeSpan.FromDays(2), MaxBackoff = TimeSpan.FromDays(1) },
        }));
        ExpectFailure("min-backoff");
        Connect(To(configure: static options => options with { CloseTimeout = TimeSpan.Zero }));
        ExpectFailure("close-timeout");
        Connect(To() with { Subprotocols = ["not a token"] });
        ExpectFailure("tokens");
    }

    [Fact]
    public void A_message_sent_before_the_upgrade_fails_and_the_query_reaches_no_log()
    {
        var connect = To();
        Connect(connect);
        Asked().Connection.Tell(Ws.Send.Text("too early") with { Ack = 1 }, TestActor);

        Assert.Equal(Ws.SendFailure.Closing, ExpectMsg<Ws.SendFailed>().Reason);
        Assert.DoesNotContain("tea", connect.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("tea", new Ws.Connected { Uri = Uri, Connection = TestActor }.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_extension_throws_the_reason()
    {
        var asked = Sys.WebSockets().ConnectAsync(To());
        Asked().Respond("HTTP/1.1 401 Unauthorized");

        var failed = await Assert.ThrowsAsync<ConnectFailedException>(() => asked);

        Assert.Equal((401, failed.Failure.Reason), (failed.Failure.Status, failed.Message));
    }

    private ServerProbe Asked()
    {
        var server = Listener.ExpectDial();
        server.ExpectRequest();
        return server;
    }

    private Ws.ConnectFailed ExpectFailure(params string[] parts)
    {
        var failed = ExpectMsg<Ws.ConnectFailed>();
        Assert.All(parts, part => Assert.Contains(part, failed.Reason, StringComparison.Ordinal));
        Assert.DoesNotContain("tea", failed.ToString(), StringComparison.Ordinal);
        Kit.AwaitIdle();
        ExpectNoMsg(TimeSpan.Zero);
        return failed;
    }
}
