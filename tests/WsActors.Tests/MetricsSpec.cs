using Akka.Actor;
using WsActors.Protocol.Frames;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>
/// The instruments of the meter WsActors, and their few attributes. A meter is visible to the whole process, so this runs alone.
/// </summary>
[Collection(nameof(MetricsSpec))]
public sealed class MetricsSpec : WebSocketSpec
{
    private const string Endpoint = "server.address=127.0.0.1 server.port=8080 url.scheme=ws";

    private const string Request = Endpoint + " network.protocol.version=1.1";

    private const string Room = Request + " http.route=/chat/{room}";

    private const string Receive = Room + " network.io.direction=receive";

    private const string Transmit = Room + " network.io.direction=transmit";

    private readonly MeasurementLog _log;

    private readonly WebSocketTestKit _kit;

    public MetricsSpec()
        : base("ws-actors.connections.max-handshakes = 2")
    {
        _log = new MeasurementLog(Sys);
        _kit = Serve(RouteTable.Empty
            .MapShared("/chat/{room}", Handler.Ref)
            .MapShared(
                "/closed",
                Handler.Ref,
                new WebSocketRouteOptions { Guard = static (_, _) => Task.FromResult(GuardDecision.Reject(401, "no")) }));
    }

    [Fact]
    public void Opened_and_closed_connections_are_counted()
    {
        var (first, second) = (Open(), Open());
        Assert.Equal((2, 2), (Count("handshake.duration", Room + " http.response.status_code=101"), Sum("active_connections", Room)));
        _kit.Advance(Seconds(2));

        first.SendClose(1000);
        first.Socket.ExpectStopped();
        second.Socket.Reset();
        second.Socket.ExpectStopped();

        Assert.Equal(0, Sum("active_connections", Room));
        Assert.Equal(2, Sum("connection.duration", Room + " wsactors.close.code=1000"), precision: 1);
        Assert.Equal(2, Sum("connection.duration", Room + " wsactors.close.code=1006 error.type=abnormal_closure"), precision: 1);
    }

    [Theory]
    [InlineData(3000, "3xxx")]
    [InlineData(3999, "3xxx")]
    [InlineData(4000, "4xxx")]
    [InlineData(4999, "4xxx")]
    [InlineData(1014, "1014")]
    public void Codes_of_applications_are_counted_in_two_buckets(int code, string bucket)
    {
        var client = Open();

        client.SendClose(code);
        client.Socket.ExpectStopped();

        Assert.Equal(1, Count("connection.duration", $"{Room} wsactors.close.code={bucket}"));
    }

    [Fact]
    public void Refusals_are_counted_by_status()
    {
        foreach (var target in new[] { "/nowhere?token=s3cret", "/nowhere/else", "/closed" })
        {
            var client = _kit.Dial();
            client.RequestUpgrade(target);
            client.ExpectResponse(target == "/closed" ? 401 : 404);
            client.Socket.ExpectStopped();
        }

        _kit.AwaitIdle();
        Assert.Equal(
            (2, 1), (Refused(Request, 404), Refused(Request + " http.route=/closed", 401)));

        int Refused(string attributes, int status) =>
            Count("handshake.duration", $"{attributes} http.response.status_code={status} error.type={status}");
    }

    [Fact]
    public void An_unfinished_request_is_counted_as_408_with_its_duration()
    {
        _kit.Dial().Send("GET / HTTP/1.1\r\n"u8.ToArray());

        _kit.Advance(Seconds(10));

        var refused = Sum("handshake.duration", Request + " http.response.status_code=408 error.type=408");
        Assert.Equal(10, refused, precision: 1);
    }

    [Fact]
    public void A_socket_without_a_request_is_counted_as_rejected()
    {
        _kit.Dial();

        _kit.Advance(Seconds(10));

        Assert.Equal(1, Sum("rejected_connections", Endpoint + " error.type=timeout"));
    }

    [Fact]
    public void A_socket_over_a_limit_is_counted_as_rejected()
    {
        for (var i = 0; i < 3; i++)
        {
            _kit.Dial();
        }

        _kit.AwaitIdle();
        Assert.Equal(1, Sum("rejected_connections", Endpoint + " error.type=too_many_handshakes"));
    }

    [Fact]
    public void Messages_and_their_bytes_are_counted_in_both_directions()
    {
        var client = Open();

        client.SendText("12345");
        client.SendFrame(Opcode.Text, "67"u8.ToArray(), fin: false);
        client.SendFrame(Opcode.Continuation, "8"u8.ToArray());
        client.SendFrame(Opcode.Ping, [1, 2, 3]);
        Handler.ExpectText("12345");
        Handler.ExpectText("678");
        client.ExpectPong();
        Handler.Tell(Ws.Send.Binary(new byte[100]));
        client.ExpectBinary();

        Assert.Equal((2, 8, 8), (Sum("messages", Receive), Sum("io", Receive), Sum("message.size", Receive)));
        Assert.Equal((1, 100, 100), (Sum("messages", Transmit), Sum("io", Transmit), Sum("message.size", Transmit)));
    }

    [Fact]
    public void The_round_trip_of_a_ping_is_recorded_in_seconds()
    {
        var client = Open();
        _kit.Advance(Seconds(25));
        var ping = client.ExpectPing();
        _kit.Advance(Seconds(1.5));

        client.SendFrame(Opcode.Pong, ping);
        _kit.AwaitIdle();

        Assert.Equal(1.5, Sum("ping.duration", Room));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Queued_bytes_are_counted_while_they_wait_and_return_to_zero(bool isRead)
    {
        var client = Open();
        _kit.AwaitIdle();
        client.Socket.StopReading();

        Handler.Tell(Ws.Send.Binary(new byte[1000]));
        _kit.AwaitIdle();
        Assert.Equal(1004, Sum("send_queue.size", Room));

        if (isRead)
        {
            client.Socket.ResumeReading();
            client.ExpectBinary();
        }
        else
        {
            client.Socket.Reset();
            client.Socket.ExpectStopped();
        }

        _kit.AwaitIdle();
        Assert.Equal(0, Sum("send_queue.size", Room));
    }

    [Fact]
    public void Queued_bytes_are_counted_while_a_connection_closes()
    {
        var client = Open();
        _kit.AwaitIdle();
        client.Socket.StopReading();
        Handler.Tell(Ws.Send.Binary(new byte[1000]));
        _kit.AwaitIdle();
        Handler.Tell(Ws.Send.Binary(new byte[1000]));
        Handler.Tell(new Ws.Close());
        _kit.AwaitIdle();
        Assert.Equal(1004 + 1004 + 4, Sum("send_queue.size", Room));

        client.Socket.ReadOnce();
        _kit.AwaitIdle();
        Assert.Equal(1004 + 4, Sum("send_queue.size", Room));
        client.Socket.ResumeReading();
        _kit.AwaitIdle();
        Assert.Equal(0, Sum("send_queue.size", Room));
    }

    [Fact]
    public void Messages_that_are_not_sent_are_counted_by_reason()
    {
        var client = Open();
        _kit.AwaitIdle();
        client.Socket.StopReading();
        Handler.Tell(Ws.Send.Binary(new byte[100]));
        _kit.AwaitIdle();
        Handler.Tell(Ws.Send.Text("old") with { Overflow = Ws.OverflowPolicy.Conflate("key") });
        Handler.Tell(Ws.Send.Binary(new byte[(1024 * 1024) - 102 - 5 - 10]));
        Handler.Tell(Ws.Send.Binary(new byte[200]) with { Overflow = Ws.OverflowPolicy.Drop });
        Handler.Tell(Ws.Send.Text("new") with { Overflow = Ws.OverflowPolicy.Conflate("key") });
        Handler.Tell(Ws.Send.Text(new string('x', 90)) with { Overflow = Ws.OverflowPolicy.Conflate("key") });
        Handler.Tell(Ws.Send.Binary(new byte[200]));
        Handler.Tell(Ws.Send.Binary(new byte[200]));
        _kit.AwaitIdle();
        client.Socket.Reset();
        client.Socket.ExpectStopped();

        Assert.Equal(
            (1, 1, 1, 2, 2),
            (Dropped("dropped"), Dropped("replaced"), Dropped("queue_full"), Dropped("closing"), Dropped("closed")));
        Assert.Equal(0, Sum("send_queue.size", Room));

        double Dropped(string reason) => Sum("dropped_messages", $"{Room} wsactors.drop.reason={reason}");
    }

    [Fact]
    public async Task Two_systems_of_one_process_are_told_apart()
    {
        using var other = ActorSystem.Create("other", WebSocketTestKit.Setup);
        using var both = new MeasurementLog(Sys, other);
        await other.WebSockets().BindAsync("ws://127.0.0.1:8080", RouteTable.Empty.MapShared("/chat/{room}", Handler.Ref));
        var client = new WebSocketTestKit(other).Connect("/chat/blue");
        Handler.ExpectOpened();
        client.SendText("12345");
        Handler.ExpectText("12345");
        Open();

        Assert.Equal((1, 1), (both.Sum(Sys, "active_connections", Room), both.Sum(other, "active_connections", Room)));
        Assert.Equal((0, 5), (both.Sum(Sys, "io", Receive), both.Sum(other, "io", Receive)));
        await other.Terminate();
    }

    protected override void AfterAll()
    {
        _log.Dispose();
        base.AfterAll();
    }

    private ClientProbe Open()
    {
        var client = _kit.Connect("/chat/blue");
        Handler.ExpectOpened();
        return client;
    }

    private double Sum(string instrument, string attributes) => _log.Sum(Sys, instrument, attributes);

    private int Count(string instrument, string attributes) => _log.Count(Sys, instrument, attributes);

    [CollectionDefinition(nameof(MetricsSpec), DisableParallelization = true)]
    public sealed class Alone;
}
