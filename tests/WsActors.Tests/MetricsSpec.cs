using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using WsActors.Protocol.Frames;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>The counters of the meter WsActors, and their few tags. A meter is visible to the whole process, so this runs alone.</summary>
[Collection(nameof(MetricsSpec))]
public sealed class MetricsSpec : WebSocketSpec
{
    private const string Endpoint = "endpoint=ws://127.0.0.1:8080";

    private const string Room = Endpoint + " route=/chat/{room}";

    private readonly ConcurrentDictionary<string, double> _sums = new();

    private readonly MeterListener _listener = new();

    private readonly WebSocketTestKit _kit;

    public MetricsSpec()
        : base("ws-actors.connections.max-handshakes = 2")
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "WsActors")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.Start();
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
        Assert.Equal((2, 2), (Sum("connections.opened", Room), Sum("connections.open", Room)));

        first.SendClose(1000);
        first.Socket.ExpectStopped();
        second.Socket.Reset();
        second.Socket.ExpectStopped();

        Assert.Equal((2, 0), (Sum("connections.opened", Room), Sum("connections.open", Room)));
        Assert.Equal((1, 1), (Sum("connections.closed", Room + " code=1000"), Sum("connections.closed", Room + " code=1006")));
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

        Assert.Equal(1, Sum("connections.closed", $"{Room} code={bucket}"));
    }

    [Fact]
    public void Refusals_are_counted_by_status_alone()
    {
        foreach (var target in new[] { "/nowhere?token=s3cret", "/nowhere/else", "/closed" })
        {
            var client = _kit.Dial();
            client.RequestUpgrade(target);
            client.ExpectResponse(target == "/closed" ? 401 : 404);
            client.Socket.ExpectStopped();
        }

        _kit.AwaitIdle();
        Assert.Equal((2, 1), (Sum("handshakes.refused", Endpoint + " status=404"), Sum("handshakes.refused", Endpoint + " status=401")));
        Assert.Equal(0, Sum("connections.opened", Room));
    }

    [Fact]
    public void An_unfinished_request_is_counted_as_408()
    {
        _kit.Dial();

        _kit.Advance(Seconds(10));

        Assert.Equal(1, Sum("handshakes.refused", Endpoint + " status=408"));
    }

    [Fact]
    public void A_socket_refused_unread_is_counted_as_503()
    {
        for (var i = 0; i < 3; i++)
        {
            _kit.Dial();
        }

        _kit.AwaitIdle();
        Assert.Equal(1, Sum("handshakes.refused", Endpoint + " status=503"));
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

        Assert.Equal((2, 8), (Sum("messages", Room + " direction=in"), Sum("bytes", Room + " direction=in")));
        Assert.Equal((1, 100), (Sum("messages", Room + " direction=out"), Sum("bytes", Room + " direction=out")));
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

        Assert.Equal(1.5, Sum("roundtrip", Room));
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
        Assert.Equal(1004, Sum("queued", Room));

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
        Assert.Equal(0, Sum("queued", Room));
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
        Assert.Equal(1004 + 1004 + 4, Sum("queued", Room));

        client.Socket.ReadOnce();
        _kit.AwaitIdle();
        Assert.Equal(1004 + 4, Sum("queued", Room));
        client.Socket.ResumeReading();
        _kit.AwaitIdle();
        Assert.Equal(0, Sum("queued", Room));
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
            (Dropped("dropped"), Dropped("replaced"), Dropped("queue-full"), Dropped("closing"), Dropped("closed")));
        Assert.Equal(0, Sum("queued", Room));

        double Dropped(string reason) => Sum("dropped", $"{Room} reason={reason}");
    }

    [Fact]
    public void Only_the_documented_tags_are_used()
    {
        var client = Open();
        client.SendText("hello");
        Handler.ExpectText("hello");
        Handler.Tell(Ws.Ping.Instance);
        client.SendFrame(Opcode.Pong, client.ExpectPing());
        client.SendClose(4001);
        client.Socket.ExpectStopped();
        var refused = _kit.Dial();
        refused.RequestUpgrade("/nowhere");
        refused.ExpectResponse(404);
        _kit.AwaitIdle();

        var tags = _sums.Keys.SelectMany(static name => name.Split(' ')[1..]).Distinct().Order();
        Assert.Equal(["code=4xxx", "direction=in", Endpoint, "route=/chat/{room}", "status=404"], tags);
    }

    protected override void AfterAll()
    {
        _listener.Dispose();
        base.AfterAll();
    }

    private ClientProbe Open()
    {
        var client = _kit.Connect("/chat/blue");
        Handler.ExpectOpened();
        return client;
    }

    private double Sum(string instrument, string tags) => _sums.GetValueOrDefault($"wsactors.{instrument} {tags}");

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = instrument.Name;
        foreach (var (key, tag) in tags)
        {
            name += $" {key}={tag}";
        }

        _sums.AddOrUpdate(name, value, (_, sum) => sum + value);
    }

    [CollectionDefinition(nameof(MetricsSpec), DisableParallelization = true)]
    public sealed class Alone;
}
