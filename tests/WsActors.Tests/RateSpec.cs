using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>A peer above its rate is closed with 1008; a burst of one second's worth is allowed.</summary>
public sealed class RateSpec : WebSocketSpec
{
    private const int FrameHeader = 2 + 4;

    [Fact]
    public void Without_a_limit_a_flood_passes()
    {
        var (_, client) = Open(static options => options);

        client.Send([.. Enumerable.Repeat(Ping, 10_000).SelectMany(static frame => frame)]);

        for (var i = 0; i < 10_000; i++)
        {
            client.ExpectPong();
        }
    }

    [Fact]
    public void Messages_up_to_the_rate_pass_at_once_and_the_next_closes_with_1008_undelivered()
    {
        var (_, client) = Open(static options => options with { Rate = options.Rate with { MaxMessages = 3 } });

        client.Send([.. Text("one"), .. Text("two")], Text("three"), [.. Text("four"), .. Text("five")]);

        Handler.ExpectText("one");
        Handler.ExpectText("two");
        Handler.ExpectText("three");
        Assert.Equal("more messages a second than this endpoint takes", client.ExpectClose(CloseCode.PolicyViolation));
        client.Socket.ExpectHalfClose();
        var closed = Handler.ExpectClosed(CloseCode.PolicyViolation);
        Assert.Equal((Ws.Side.Local, false), (closed.By, closed.WasClean));
    }

    [Fact]
    public void Messages_at_the_rate_always_pass()
    {
        var (kit, client) = Open(static options => options with
        {
            Rate = options.Rate with { MaxMessages = 2 },
            KeepAlive = options.KeepAlive with { PingInterval = null },
        });

        for (var second = 0; second < 60; second++)
        {
            client.SendText("one");
            client.SendText("two");
            Handler.ExpectText("one");
            Handler.ExpectText("two");
            kit.Advance(Seconds(1));
        }

        client.ExpectNothing();
    }

    [Theory]
    [InlineData(Opcode.Ping)]
    [InlineData(Opcode.Pong)]
    public void Pings_and_pongs_count_like_messages(Opcode opcode)
    {
        var (_, client) = Open(static options => options with { Rate = options.Rate with { MaxMessages = 2 } });
        client.SendText("one");
        client.SendFrame(opcode, []);
        Handler.ExpectText("one");
        if (opcode == Opcode.Ping)
        {
            client.ExpectPong();
        }

        client.ExpectNothing();
        client.SendFrame(opcode, []);

        client.ExpectClose(CloseCode.PolicyViolation);
    }

    [Fact]
    public void A_message_counts_once_in_any_fragmentation()
    {
        var (_, client) = Open(static options => options with { Rate = options.Rate with { MaxMessages = 1 } });

        client.SendFrame(Opcode.Text, "in "u8.ToArray(), fin: false);
        client.SendFrame(Opcode.Continuation, "three "u8.ToArray(), fin: false);
        client.SendFrame(Opcode.Continuation, "fragments"u8.ToArray());

        Handler.ExpectText("in three fragments");
        client.ExpectNothing();
    }

    [Fact]
    public void A_close_frame_is_always_answered_with_its_own_code()
    {
        var (_, client) = Open(static options => options with { Rate = options.Rate with { MaxMessages = 1 } });

        client.SendText("one");
        client.SendClose(3001);

        client.ExpectClose(3001);
        Assert.True(Skip<Ws.Received>().ExpectClosed(3001).WasClean);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void Bytes_count_as_the_socket_delivers_them_frame_headers_included(int wireBytes, bool passes)
    {
        var (_, client) = Open(static options => options with { Rate = options.Rate with { MaxBytes = 100 } });

        client.SendBinary(new byte[wireBytes - FrameHeader]);

        if (passes)
        {
            Assert.Equal(wireBytes - FrameHeader, Handler.Expect<Ws.Received>().Payload.Length);
            client.ExpectNothing();
        }
        else
        {
            Assert.Equal("more bytes a second than this endpoint takes", client.ExpectClose(CloseCode.PolicyViolation));
            Handler.ExpectClosed(CloseCode.PolicyViolation);
        }
    }

    [Fact]
    public void R6_Empty_fragments_do_not_pass_under_the_rate_of_bytes()
    {
        var (_, client) = Open(static options => options with { Rate = options.Rate with { MaxBytes = 10 * FrameHeader } });

        client.SendFrame(Opcode.Text, [], fin: false);
        for (var i = 1; i < 10; i++)
        {
            client.SendFrame(Opcode.Continuation, [], fin: false);
        }

        client.ExpectNothing();
        client.SendFrame(Opcode.Continuation, [], fin: false);

        client.ExpectClose(CloseCode.PolicyViolation);
    }

    [Fact]
    public void Bytes_of_a_partial_frame_count()
    {
        var (_, client) = Open(static options => options with { Rate = options.Rate with { MaxBytes = 1000 } });
        var frame = ClientProbe.Frame(Opcode.Binary, new byte[2000]);

        client.Send(frame[..1000]);
        client.ExpectNothing();
        client.Send(frame[1000..1001]);

        client.ExpectClose(CloseCode.PolicyViolation);
    }

    [Fact]
    public void A_message_longer_than_a_seconds_worth_passes_at_the_rate()
    {
        var (kit, client) = Open(static options => options with
        {
            Rate = options.Rate with { MaxBytes = 1000 },
            KeepAlive = options.KeepAlive with { PingInterval = null },
        });

        foreach (var chunk in ClientProbe.Frame(Opcode.Binary, new byte[50_000]).Chunk(500))
        {
            client.Send(chunk);
            kit.Advance(Seconds(0.5));
        }

        Assert.Equal(50_000, Handler.Expect<Ws.Received>().Payload.Length);
        client.ExpectNothing();
    }

    [Fact]
    public void Frames_received_with_the_request_count()
    {
        var kit = Serve(static options => options with { Rate = options.Rate with { MaxMessages = 1 } });
        var client = kit.Dial();

        client.Send([.. Request, .. Text("one"), .. Text("two")]);

        client.ExpectUpgrade();
        client.ExpectClose(CloseCode.PolicyViolation);
    }

    [Fact]
    public void R19_Bytes_that_waited_during_our_read_pause_are_allowed_for_and_no_more()
    {
        var (kit, client) = Open(static options => options with { Rate = options.Rate with { MaxMessages = 2 } });
        Pause(kit, client, Seconds(10));

        // Two that were saved up, two for each second of the pause; the client sent none of them faster than allowed.
        for (var i = 0; i < 22; i++)
        {
            client.SendText("waited");
        }

        client.Socket.ResumeReading();
        client.ExpectBinary();
        for (var i = 0; i < 22; i++)
        {
            Handler.ExpectText("waited");
        }

        client.ExpectNothing();
        client.SendText("one more");
        client.ExpectClose(CloseCode.PolicyViolation);
    }

    [Fact]
    public void R19_An_unused_pause_allowance_expires()
    {
        var (kit, client) = Open(static options => options with { Rate = options.Rate with { MaxBytes = 1000 } });
        Pause(kit, client, Seconds(10));
        client.Socket.ResumeReading();
        client.ExpectBinary();

        kit.Advance(Seconds(10));
        client.SendBinary(new byte[1001 - 8]);

        client.ExpectClose(CloseCode.PolicyViolation);
    }

    private static byte[] Ping { get; } = ClientProbe.Frame(Opcode.Ping, []);

    private static byte[] Request { get; } = (
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"u8
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"u8).ToArray();

    private static byte[] Text(string text) => ClientProbe.Frame(Opcode.Text, System.Text.Encoding.UTF8.GetBytes(text));

    private (WebSocketTestKit Kit, ClientProbe Client) Open(Func<EndpointOptions, EndpointOptions> configure)
    {
        var kit = Serve(configure);
        var client = kit.Connect();
        Handler.ExpectOpened();
        Handler.IgnoreCongestion();
        return (kit, client);
    }

    private HandlerProbe Skip<TEvent>()
        where TEvent : Ws.IEvent
    {
        Handler.Expect<TEvent>();
        return Handler;
    }

    /// <summary>More waits to be sent than the server reads on behind.</summary>
    private void Pause(WebSocketTestKit kit, ClientProbe client, TimeSpan time)
    {
        client.Socket.StopReading();
        Handler.Tell(Ws.Send.Binary(new byte[900 * 1024]));
        kit.Advance(time);
    }
}
