using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>
/// The process is frozen for 100 seconds, half a second before a deadline. Bytes that the peer sent meanwhile are in its socket and count;
/// a silent peer has the remaining half second.
/// </summary>
public sealed class FrozenProcessSpec : WebSocketSpec
{
    private static readonly TimeSpan Tick = Seconds(0.5);

    [Fact]
    public void A_pong_received_during_a_freeze_counts()
    {
        var (kit, client) = Open();
        kit.Advance(Seconds(25));
        var ping = client.ExpectPing();

        FreezeBefore(Seconds(20), kit, client);

        client.SendFrame(Opcode.Pong, ping);
        kit.Advance(Seconds(10));
        Assert.False(client.Socket.IsReset);
    }

    [Fact]
    public void The_deadline_of_a_pong_is_extended_by_the_freeze()
    {
        var (kit, client) = Open();
        kit.Advance(Seconds(25));
        client.ExpectPing();

        FreezeBefore(Seconds(20), kit, client);
        Assert.False(client.Socket.IsReset);
        kit.Advance(Tick);

        client.Socket.ExpectReset();
    }

    [Fact]
    public void The_rest_of_a_frame_received_during_a_freeze_counts()
    {
        var (kit, client) = Open(WithoutPings);
        var frame = ClientProbe.Frame(Opcode.Text, "whole"u8.ToArray());
        client.Send(frame[..3]);

        FreezeBefore(Seconds(30), kit, client);

        client.Send(frame[3..]);
        Handler.ExpectText("whole");
    }

    [Fact]
    public void The_rest_of_a_message_received_during_a_freeze_counts()
    {
        var (kit, client) = Open(WithoutPings);
        client.SendFrame(Opcode.Text, "who"u8.ToArray(), fin: false);

        FreezeBefore(Seconds(30), kit, client);

        client.SendFrame(Opcode.Continuation, "le"u8.ToArray());
        Handler.ExpectText("whole");
    }

    [Fact]
    public void The_rest_of_a_request_received_during_a_freeze_counts()
    {
        var kit = Serve();
        var client = kit.Dial();
        client.Send("GET /nowhere HTTP/1.1\r\nHost: 127.0.0"u8.ToArray());

        FreezeBefore(Seconds(10), kit, client);

        client.Send(".1\r\n\r\n"u8.ToArray());
        client.ExpectResponse(404);
    }

    [Fact]
    public void A_message_received_during_a_freeze_restarts_the_idle_timeout()
    {
        var (kit, client) = Open(static options => options with
        {
            KeepAlive = options.KeepAlive with { PingInterval = null, IdleTimeout = Seconds(60) },
        });

        FreezeBefore(Seconds(60), kit, client);

        client.SendText("not idle");
        kit.Advance(Seconds(59.5));
        client.ExpectNothing();
    }

    [Fact]
    public void A_write_completed_during_a_freeze_does_not_time_out()
    {
        var (kit, client) = Open(WithoutPings);
        client.Socket.StopReading();
        Handler.Tell(Ws.Send.Text("read late"));

        FreezeBefore(Seconds(30), kit, client);

        Assert.False(client.Socket.IsReset);
        client.Socket.ResumeReading();
        client.ExpectText("read late");
    }

    [Fact]
    public void A_close_answer_received_during_a_freeze_counts()
    {
        var (kit, client) = Open();
        Handler.Tell(new Ws.Close());
        client.ExpectClose(CloseCode.Normal);

        FreezeBefore(Seconds(5), kit, client);

        Assert.False(client.Socket.IsReset);
        client.SendClose();
        Assert.True(Handler.ExpectClosed(CloseCode.Normal).WasClean);
    }

    [Fact]
    public void A_guard_may_answer_after_a_freeze()
    {
        var answer = new TaskCompletionSource<GuardDecision>();
        var kit = Serve(route: new WebSocketRouteOptions { Guard = (_, _) => answer.Task });
        var client = kit.Dial();
        client.RequestUpgrade();

        FreezeBefore(Seconds(5), kit, client);

        answer.SetResult(GuardDecision.Accept());
        client.ExpectUpgrade();
    }

    [Fact]
    public void A_drain_does_not_reset_a_connection_whose_close_frame_came_during_a_freeze()
    {
        var (kit, client) = Open(static options => WithoutPings(options) with { CloseTimeout = Seconds(60) });
        kit.Manager.Tell(new Ws.Drain { Lead = TimeSpan.Zero, Spread = TimeSpan.Zero }, TestActor);
        client.ExpectClose(CloseCode.ServiceRestart);

        FreezeBefore(Seconds(5), kit, client);

        Assert.False(client.Socket.IsReset);
        client.SendClose(CloseCode.ServiceRestart);
        kit.Advance(Tick);
        Assert.Equal(new Ws.Drained { Closed = 1, Aborted = 0 }, ExpectMsg<Ws.Drained>());
    }

    [Fact]
    public void An_unbind_does_not_reset_a_connection_whose_close_frame_came_during_a_freeze()
    {
        var (kit, client) = Open();
        kit.Manager.Tell(new Ws.Unbind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 8080)), TestActor);
        client.ExpectClose(CloseCode.GoingAway);

        FreezeBefore(Seconds(5), kit, client);

        ExpectNoMsg(TimeSpan.Zero);
        client.SendClose(CloseCode.GoingAway);
        ExpectMsg<Ws.Unbound>();
        Assert.True(Handler.ExpectClosed(CloseCode.GoingAway).WasClean);
    }

    [Fact]
    public void The_inbound_rate_allows_for_the_time_of_a_freeze()
    {
        var (kit, client) = Open(static options => options with
        {
            Rate = options.Rate with { MaxMessages = 10 },
            KeepAlive = options.KeepAlive with { PingInterval = null },
        });
        kit.Advance(Seconds(10));

        kit.StandStill(Seconds(100));
        for (var message = 0; message < 1000; message++)
        {
            client.SendText("on time");
        }

        for (var message = 0; message < 1000; message++)
        {
            Handler.ExpectText("on time");
        }

        client.ExpectNothing();
    }

    [Fact]
    public void The_duration_of_a_connection_includes_freezes()
    {
        var (kit, client) = Open();
        kit.StandStill(Seconds(100));

        client.SendClose();

        Assert.Equal(Seconds(100), Handler.ExpectClosed(CloseCode.Normal).Duration);
    }

    private (WebSocketTestKit Kit, ClientProbe Client) Open(Func<EndpointOptions, EndpointOptions>? configure = null)
    {
        var kit = Serve(configure);
        kit.Advance(Tick); // The clock stands only between ticks.
        var client = kit.Connect();
        Handler.ExpectOpened();
        return (kit, client);
    }

    private static EndpointOptions WithoutPings(EndpointOptions options) => options with
    {
        KeepAlive = options.KeepAlive with { PingInterval = null },
    };

    private static void FreezeBefore(TimeSpan deadline, WebSocketTestKit kit, ClientProbe client)
    {
        kit.Advance(deadline - Tick);
        kit.StandStill(Seconds(100));
        client.ExpectNothing();
    }
}
