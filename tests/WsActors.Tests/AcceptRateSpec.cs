using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>More sockets a second than an endpoint accepts are answered 503, and cost nobody else a place.</summary>
public sealed class AcceptRateSpec() : WebSocketSpec("ws-actors.connections { max-handshakes = 6, retry-after = 7s }")
{
    private static readonly TimeSpan Tick = Seconds(0.5);

    [Fact]
    public void As_many_as_the_rate_are_let_in_at_once_and_the_next_is_answered_503_with_when_to_come_back()
    {
        var kit = Serve(Two);
        kit.Connect();
        kit.Connect();

        var late = kit.Dial();
        late.RequestUpgrade();

        Assert.Equal("7", late.ExpectResponse(503).Headers["Retry-After"]);
        Assert.Equal("The server takes no more connections this second; come back later.\n", late.ReadBody());
        late.Socket.ExpectHalfClose();
        late.Socket.ExpectStopped();
        Handler.ExpectOpened();
        Handler.ExpectOpened();
        Handler.ExpectNothing();
    }

    [Fact]
    public void Without_a_rate_nobody_is_turned_away()
    {
        var kit = Serve();

        for (var i = 0; i < 100; i++)
        {
            kit.Connect();
        }
    }

    [Fact]
    public void Clients_at_the_rate_are_accepted_for_ever_however_many_were_refused_meanwhile()
    {
        var kit = Serve(Two);
        kit.Connect();
        kit.Connect();

        for (var i = 0; i < 20; i++)
        {
            TurnAway(kit);
            TurnAway(kit);
            kit.Advance(Seconds(0.5));
            kit.Connect();
        }
    }

    [Fact]
    public void An_answer_waits_until_something_was_asked_and_what_still_comes_is_discarded()
    {
        var client = Late();
        client.Socket.ClosesInTurn = false;
        client.ExpectNothing();

        client.Send("G"u8.ToArray(), new byte[100_000], new byte[100_000]);

        client.ExpectResponse(503);
        Assert.True(client.Socket.IsReadAskedFor);
    }

    [Fact]
    public void The_answer_to_HEAD_has_no_body()
    {
        var client = Late();

        client.SendRequest("HEAD / HTTP/1.0");

        client.ExpectResponse(503);
        Assert.Equal("", client.ReadBody());
    }

    [Fact]
    public void R14_A_socket_past_the_rate_that_asks_nothing_is_reset_after_5_seconds()
    {
        var kit = Serve(Two);
        var client = Late(kit);

        kit.Advance(Seconds(5) - Tick);
        client.ExpectNothing();
        kit.Advance(Tick);

        client.Socket.ExpectReset();
        client.Socket.ExpectStopped();
    }

    [Fact]
    public void A_socket_past_the_rate_that_is_half_closed_is_closed()
    {
        var client = Late();

        client.Socket.HalfClose();

        client.ExpectEnd();
        client.Socket.ExpectStopped();
    }

    [Fact]
    public void Half_of_all_places_are_kept_for_those_that_are_not_turned_away()
    {
        var kit = Serve(Two);
        var late = Enumerable.Range(0, 3).Select(_ => Late(kit)).ToArray();

        Assert.True(kit.Dial().Socket.IsReset);
        kit.Advance(Seconds(1));
        kit.Connect();
        kit.Connect();

        late[0].RequestUpgrade();
        late[0].ExpectResponse(503);
        late[0].Socket.ExpectStopped();
        Assert.False(kit.Dial().Socket.IsReset);
    }

    [Fact]
    public void A_socket_past_the_rate_does_not_hold_up_the_end()
    {
        var kit = Serve(Two);
        var client = Late(kit);

        kit.Manager.Tell(new Ws.Drain { Lead = TimeSpan.Zero }, TestActor);

        client.ExpectEnd();
        client.Socket.ExpectStopped();
    }

    private static EndpointOptions Two(EndpointOptions options) => options with { MaxAcceptsPerSecond = 2 };

    private ClientProbe Late() => Late(Serve(Two));

    /// <summary>A socket that comes when as many came as may.</summary>
    private static ClientProbe Late(WebSocketTestKit kit)
    {
        for (var i = 0; i < 2; i++)
        {
            var other = kit.Dial();
            other.RequestUpgrade();
        }

        kit.AwaitIdle();
        return kit.Dial();
    }

    private static void TurnAway(WebSocketTestKit kit)
    {
        var client = kit.Dial();
        client.RequestUpgrade();
        client.ExpectResponse(503);
        client.Socket.ExpectStopped();
    }
}
