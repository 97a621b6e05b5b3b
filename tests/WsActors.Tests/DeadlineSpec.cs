using Akka.Actor;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Handshake;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>Every wait of a connection ends at its time, and not a tick before.</summary>
public sealed class DeadlineSpec : WebSocketSpec
{
    private static readonly TimeSpan Tick = Seconds(0.5);

    [Fact]
    public void A_silent_socket_is_closed_after_10_seconds_without_a_response()
    {
        var kit = Serve();
        var client = kit.Dial();

        ExpectSilenceUntil(kit, client, Seconds(10));

        client.Socket.ExpectHalfClose();
        client.ExpectEnd();
        kit.Manager.Tell(Ws.GetStats.Instance, TestActor);
        Assert.Equal(1, ExpectMsg<Ws.Totals>().Refused);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void A_socket_that_sends_only_an_empty_line_counts_as_silent(string sent)
    {
        var kit = Serve();
        var client = kit.Dial();
        client.Send(System.Text.Encoding.ASCII.GetBytes(sent));

        ExpectSilenceUntil(kit, client, Seconds(10));

        client.Socket.ExpectHalfClose();
        client.ExpectEnd();
    }

    [Fact]
    public void A_request_of_one_byte_is_answered_408_after_10_seconds()
    {
        var kit = Serve();
        var client = kit.Dial();
        client.Send("G"u8.ToArray());

        ExpectSilenceUntil(kit, client, Seconds(10));

        client.ExpectResponse(408);
        client.Socket.ExpectHalfClose();
    }

    [Fact]
    public void R17_A_partial_request_is_answered_408_after_10_seconds_at_any_rate()
    {
        var kit = Serve();
        var client = kit.Dial();

        client.Send("GET / HTTP/1.1\r\nHo"u8.ToArray());
        kit.Advance(Seconds(9.5));
        client.Send("st: 127.0.0.1\r\n"u8.ToArray());
        client.ExpectNothing();
        kit.Advance(Tick);

        client.ExpectResponse(408);
    }

    [Fact]
    public void A_guard_that_never_answers_is_answered_503_after_5_seconds_and_is_cancelled()
    {
        var asked = CreateTestProbe();
        var kit = Serve(route: new WebSocketRouteOptions
        {
            Guard = (_, cancellation) =>
            {
                cancellation.Register(() => asked.Ref.Tell("cancelled"));
                asked.Ref.Tell("asked");
                return new TaskCompletionSource<GuardDecision>().Task;
            },
        });
        var client = kit.Dial();
        client.RequestUpgrade();
        asked.ExpectMsg("asked");

        ExpectSilenceUntil(kit, client, Seconds(5));

        var head = client.ExpectResponse(503);
        Assert.Equal("5", head.Headers["Retry-After"]);
        asked.ExpectMsg("cancelled");
        Handler.ExpectNothing();
    }

    [Fact]
    public void A_delegate_that_never_answers_is_answered_503_after_5_seconds_and_is_cancelled()
    {
        var asked = CreateTestProbe();
        var kit = Serve(RouteTable.Empty.Get("/", (_, cancellation) =>
        {
            cancellation.Register(() => asked.Ref.Tell("cancelled"));
            asked.Ref.Tell("asked");
            return new TaskCompletionSource<PlainResponse>().Task;
        }));
        var client = kit.Dial();
        client.SendRequest("GET / HTTP/1.1", "Host: 127.0.0.1");
        asked.ExpectMsg("asked");

        ExpectSilenceUntil(kit, client, Seconds(5));

        client.ExpectResponse(503);
        asked.ExpectMsg("cancelled");
    }

    [Fact]
    public void A_pong_missing_for_20_seconds_resets_the_socket_with_1006()
    {
        var kit = Serve();
        var client = Open(kit);
        kit.Advance(Seconds(25));
        client.ExpectPing();

        ExpectSilenceUntil(kit, client, Seconds(20));

        client.Socket.ExpectReset();
        var closed = Handler.ExpectClosed(CloseCode.Abnormal);
        Assert.Equal(Ws.Side.Peer, closed.By);
        Assert.False(closed.WasClean);
    }

    [Fact]
    public void Any_received_byte_satisfies_the_pong_deadline()
    {
        var kit = Serve();
        var client = Open(kit);
        kit.Advance(Seconds(25));
        client.ExpectPing();

        kit.Advance(Seconds(19.5));
        client.Send([0x81]);
        kit.Advance(Seconds(24.5));
        client.ExpectNothing();
        kit.Advance(Tick);

        client.ExpectPing();
    }

    [Fact]
    public void A_ping_is_sent_25_seconds_after_the_last_received_byte()
    {
        var kit = Serve();
        var client = Open(kit);

        kit.Advance(Seconds(20));
        client.SendText("here");
        ExpectSilenceUntil(kit, client, Seconds(25));

        client.ExpectPing();
    }

    [Fact]
    public void No_ping_is_sent_when_pings_are_off()
    {
        var kit = Serve(options => options with { KeepAlive = options.KeepAlive with { PingInterval = null } });
        var client = Open(kit);

        kit.Advance(Seconds(120));

        client.ExpectNothing();
    }

    [Fact]
    public void Idle_timeout_closes_with_1001_in_spite_of_pongs()
    {
        var kit = Serve(options => options with { KeepAlive = options.KeepAlive with { IdleTimeout = Seconds(60) } });
        var client = Open(kit);
        for (var passed = 0; passed < 50; passed += 25)
        {
            kit.Advance(Seconds(25));
            client.SendFrame(Opcode.Pong, client.ExpectPing());
        }

        ExpectSilenceUntil(kit, client, Seconds(10));

        client.ExpectClose(CloseCode.GoingAway);
    }

    [Fact]
    public void A_sent_message_restarts_the_idle_timeout()
    {
        var kit = Serve(options => options with { KeepAlive = options.KeepAlive with { IdleTimeout = Seconds(10) } });
        var client = Open(kit);

        kit.Advance(Seconds(9.5));
        Handler.Tell(Ws.Send.Text("tick"));
        client.ExpectText("tick");
        ExpectSilenceUntil(kit, client, Seconds(10));

        client.ExpectClose(CloseCode.GoingAway);
    }

    private ClientProbe Open(WebSocketTestKit kit)
    {
        var client = kit.Connect();
        Handler.ExpectOpened();
        return client;
    }

    private static void ExpectSilenceUntil(WebSocketTestKit kit, ClientProbe client, TimeSpan deadline)
    {
        kit.Advance(deadline - Tick);
        client.ExpectNothing();
        kit.Advance(Tick);
    }
}
