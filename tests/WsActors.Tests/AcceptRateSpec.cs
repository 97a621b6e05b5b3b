using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>Sockets past the accept rate of an endpoint are answered 503, and cost no other a place.</summary>
public sealed class AcceptRateSpec() : WebSocketSpec("ws-actors.connections { max-handshakes = 6, retry-after = 7s }")
{
    private static readonly TimeSpan Tick = Seconds(0.5);

    [Fact]
    public void Sockets_up_to_the_rate_are_accepted_at_once_and_the_next_is_answered_503_with_Retry_After()
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
    public void Without_a_rate_no_socket_is_refused()
    {
        var kit = Serve();

        for (var i = 0; i < 100; i++)
        {
            kit.Connect();
        }
    }

    [Fact]
    public void Clients_at_the_rate_are_always_accepted_even_after_many_refusals()
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
    public void The_503_is_sent_after_the_first_bytes_of_a_request_and_later_bytes_are_discarded()
    {
        var client = Late();
        client.Socket.AnswersClose = false;
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
    public void R14_A_socket_past_the_rate_that_sends_no_request_is_reset_after_5_seconds()
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
    public void Half_of_all_places_are_reserved_for_sockets_within_the_rate()
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
    public void A_socket_past_the_rate_does_not_delay_the_unbind()
    {
        var kit = Serve(Two);
        var client = Late(kit);

        kit.Manager.Tell(new Ws.Drain { Lead = TimeSpan.Zero }, TestActor);

        client.ExpectEnd();
        client.Socket.ExpectStopped();
    }

    private static EndpointOptions Two(EndpointOptions options) => options with { MaxAcceptsPerSecond = 2 };

    private ClientProbe Late() => Late(Serve(Two));

    /// <summary>A socket past the rate.</summary>
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
