using WsActors.Protocol;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>A peer that does not read, and one that does not close, hold their socket for a while and no longer.</summary>
public sealed class WriteDeadlineSpec : WebSocketSpec
{
    private static readonly TimeSpan Tick = Seconds(0.5);

    private readonly WebSocketTestKit _kit;

    private readonly ClientProbe _client;

    public WriteDeadlineSpec()
    {
        _kit = Serve(options => options with { KeepAlive = options.KeepAlive with { PingInterval = null } });
        _client = _kit.Connect();
        Handler.ExpectOpened();
    }

    [Fact]
    public void R14_A_write_pending_for_30_seconds_resets_the_socket_with_1006()
    {
        _client.Socket.StopReading();
        Handler.Tell(Ws.Send.Text("unread"));

        _kit.Advance(Seconds(29.5));
        _client.ExpectNothing();
        _kit.Advance(Tick);

        _client.Socket.ExpectReset();
        Assert.Equal(Ws.Side.Peer, Handler.ExpectClosed(CloseCode.Abnormal).By);
        AssertNothingRented();
    }

    [Fact]
    public void A_slow_peer_that_takes_each_write_in_time_is_served_without_limit()
    {
        _client.Socket.StopReading();
        Handler.Tell(Ws.Send.Binary(new byte[300_000]));

        for (var write = 0; write < 5; write++)
        {
            _kit.Advance(Seconds(29.5));
            _client.ExpectNothing();
            _client.Socket.ReadOnce();
        }

        Assert.Equal(300_000, _client.ExpectBinary().Length);
    }

    [Fact]
    public void R14_A_close_frame_that_is_not_answered_within_5_seconds_of_leaving_resets_the_socket()
    {
        Handler.Tell(new Ws.Close(4000, "enough"));
        _client.ExpectClose(4000);

        _kit.Advance(Seconds(4.5));
        _client.ExpectNothing();
        _kit.Advance(Tick);

        _client.Socket.ExpectReset();
        var closed = Handler.ExpectClosed(4000);
        Assert.False(closed.WasClean);
        Assert.Equal(Ws.Side.Local, closed.By);
        Assert.Equal("enough", closed.Reason);
    }

    [Fact]
    public void The_close_timeout_starts_when_the_close_frame_is_written()
    {
        _client.Socket.StopReading();
        Handler.Tell(Ws.Send.Text("before"));
        Handler.Tell(new Ws.Close());
        _kit.Advance(Seconds(20));
        _client.Socket.ResumeReading();
        _client.ExpectText("before");
        _client.ExpectClose(CloseCode.Normal);

        _kit.Advance(Seconds(4.5));
        _client.ExpectNothing();
        _kit.Advance(Tick);

        _client.Socket.ExpectReset();
    }

    [Fact]
    public void R14_A_blocked_close_frame_resets_the_socket_at_the_write_deadline()
    {
        _client.Socket.StopReading();
        Handler.Tell(Ws.Send.Text("unread"));
        Handler.Tell(new Ws.Close(4000));

        _kit.Advance(Seconds(29.5));
        _client.ExpectNothing();
        _kit.Advance(Tick);

        _client.Socket.ExpectReset();
        Assert.False(Handler.ExpectClosed(4000).WasClean);
    }

    [Fact]
    public void R14_A_close_does_not_extend_the_deadline_of_the_write_in_flight()
    {
        _client.Socket.StopReading();
        Handler.Tell(Ws.Send.Text("unread"));
        _kit.Advance(Seconds(20));

        Handler.Tell(new Ws.Close(4000));
        _kit.Advance(Seconds(9.5));
        _client.ExpectNothing();
        _kit.Advance(Tick);

        _client.Socket.ExpectReset();
    }

    [Fact]
    public void Bytes_after_our_close_frame_do_not_extend_the_close_timeout()
    {
        Handler.Tell(new Ws.Close());
        _client.ExpectClose(CloseCode.Normal);

        for (var second = 0; second < 4; second++)
        {
            _kit.Advance(Seconds(1));
            _client.SendText("still talking");
        }

        _kit.Advance(Seconds(1));

        _client.Socket.ExpectReset();
        Handler.ExpectClosed(CloseCode.Normal);
    }

    [Fact]
    public void A_half_close_without_an_answer_for_5_seconds_resets_the_socket()
    {
        _client.Socket.AnswersClose = false;
        _client.SendClose();
        _client.ExpectClose(CloseCode.Normal);
        _client.Socket.ExpectHalfClose();

        _kit.Advance(Seconds(4.5));
        Assert.False(_client.Socket.IsReset);
        _kit.Advance(Tick);

        _client.Socket.ExpectReset();
        Assert.True(Handler.ExpectClosed(CloseCode.Normal).WasClean);
    }

    [Fact]
    public void A_refused_client_that_does_not_close_is_reset_after_5_seconds()
    {
        var refused = _kit.Dial();
        refused.Socket.AnswersClose = false;
        refused.RequestUpgrade("/nowhere");
        refused.ExpectResponse(404);
        refused.Socket.ExpectHalfClose();

        _kit.Advance(Seconds(4.5));
        Assert.False(refused.Socket.IsReset);
        _kit.Advance(Tick);

        refused.Socket.ExpectReset();
        refused.Socket.ExpectStopped();
    }

    private void AssertNothingRented() => Assert.Equal(0, Sys.WebSockets().RentedBuffers);
}
