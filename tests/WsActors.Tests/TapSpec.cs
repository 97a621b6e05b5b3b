using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using WsActors.Handlers;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>A tap of a connection: its frames and events, bounded, and each use logged.</summary>
public sealed class TapSpec : WebSocketSpec
{
    private readonly TestProbe _log;

    public TapSpec()
        : base("ws-actors { admin.allow-tap = on, send-queue { max-size = 4KiB, congested-above = 512B, writable-below = 64B } }")
    {
        _log = CreateTestProbe();
        Sys.EventStream.Subscribe(_log.Ref, typeof(Info));
    }

    // Frames.

    [Fact]
    public void Frames_of_both_directions_are_shown_without_payload()
    {
        var kit = Serve();
        var client = Tapped(kit);

        client.SendFrame(Opcode.Text, "hel"u8.ToArray(), fin: false);
        client.SendFrame(Opcode.Ping, "p"u8.ToArray());
        kit.AwaitIdle();
        client.SendFrame(Opcode.Continuation, "lo"u8.ToArray());
        Handler.ExpectText("hello");
        Handler.Tell(Ws.Send.Binary(new byte[70_000]));
        kit.AwaitIdle();
        client.SendClose(4001, "enough");
        Handler.ExpectClosed(4001);

        var told = Told(kit, client);
        Assert.Equal(
            [
                "Received Text 3 more", "Received Ping 1", "Sent Pong 1", "Received Continuation 2", "Sent Binary 70000",
                "Received Close 8", "Sent Close 2",
            ],
            told.OfType<Ws.TappedFrame>().Select(Show));
        Assert.Equal(
            [(Ws.TapEventKind.HandlerTold, 5, 0, ""), (Ws.TapEventKind.Closed, 0, 4001, "enough")],
            told.OfType<Ws.TappedEvent>().Where(static one => one.Kind is not (Ws.TapEventKind.Congested or Ws.TapEventKind.Writable))
                .Select(static one => (one.Kind, one.Count, one.Code, one.Reason)));
        Assert.All(told.OfType<Ws.TappedFrame>(), frame => Assert.Equal((client.Connection, 0), (frame.Connection, frame.Payload.Length)));
        var ended = Assert.IsType<Ws.TapEnded>(told[^1]);
        Assert.Equal((Ws.TapEndReason.Closed, 7), (ended.Reason, ended.Frames));
        Assert.Equal(told.OfType<Ws.TappedEvent>().Count(), ended.Events);
    }

    [Fact]
    public void Payloads_are_unmasked_and_cut_and_reach_no_text()
    {
        var kit = Serve();
        var client = Tapped(kit, tap => tap with { Payload = 4 });
        var frame = ClientProbe.Frame(Opcode.Text, "secretly"u8.ToArray());

        // The bytes of the frame arrive one by one.
        client.Send([.. frame.Select(static one => new[] { one })]);
        Handler.ExpectText("secretly");
        Handler.Tell(Ws.Send.Text("se"));

        var frames = Told(kit, client).OfType<Ws.TappedFrame>().ToList();
        Assert.Equal(["secr", "se"], frames.Select(static one => System.Text.Encoding.UTF8.GetString(one.Payload.Span)));
        Assert.Equal([8, 2], frames.Select(static one => one.Length));
        Assert.All(frames, static one => Assert.DoesNotContain("sec", one.ToString(), StringComparison.Ordinal));
        Assert.All(Logs(), static line => Assert.DoesNotContain("sec", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Compressed_messages_are_shown_as_on_the_wire()
    {
        var kit = Serve(static options => options with { Compression = options.Compression with { Mode = MessageCompression.Shared } });
        var client = kit.Connect("/", "Sec-WebSocket-Extensions: permessage-deflate");
        Handler.ExpectOpened();
        Tap(client, static tap => tap with { Payload = 256 });
        byte[] hello = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];

        client.SendFrame(Opcode.Text, hello, rsv1: true);
        Handler.ExpectText("Hello");
        Handler.Tell(Ws.Send.Text(new string('a', 3000)) with { Compress = true });
        client.ExpectText(new string('a', 3000));

        var frames = Told(kit, client).OfType<Ws.TappedFrame>().ToList();
        Assert.Equal((true, 7), (frames[0].Rsv1, frames[0].Length));
        Assert.Equal(hello, frames[0].Payload.ToArray());
        Assert.True(frames[1] is { Rsv1: true, Direction: Ws.TapDirection.Sent, Length: < 100 }, Show(frames[1]));
    }

    [Fact]
    public void A_tap_that_starts_within_frames_shows_the_next_ones()
    {
        var kit = Serve();
        var client = kit.Connect();
        Handler.ExpectOpened();
        Handler.IgnoreCongestion();
        var received = ClientProbe.Frame(Opcode.Binary, new byte[200]);
        client.Send(received[..50]);
        client.Socket.StopReading();
        Handler.Tell(Ws.Send.Binary(new byte[100_000]));
        kit.AwaitIdle();

        Tap(client);
        client.Send(received[50..], ClientProbe.Frame(Opcode.Text, "x"u8.ToArray())[..1]);
        client.Connection.Tell(Ws.Ping.Instance);
        client.Socket.ResumeReading();
        Assert.Equal(["Sent Ping 8"], Told(kit, client).OfType<Ws.TappedFrame>().Select(static frame => Show(frame)));

        // The first byte of a header has arrived.
        Tap(client);
        client.Send(ClientProbe.Frame(Opcode.Text, "x"u8.ToArray())[1..]);
        Assert.Equal(["Received Text 1"], Told(kit, client).OfType<Ws.TappedFrame>().Select(static frame => Show(frame)));
    }

    [Fact]
    public void Bytes_that_were_read_and_not_parsed_before_the_tap_are_shown()
    {
        var kit = Serve(static options => options with { SendQueue = options.SendQueue with { PauseReadingAboveBytes = 1000 } });
        var client = kit.Connect();
        Handler.ExpectOpened();
        Handler.IgnoreCongestion();
        client.Socket.StopReading();
        Handler.Tell(Ws.Send.Binary(new byte[2000]));
        kit.AwaitIdle();
        client.Send([.. ClientProbe.Frame(Opcode.Text, "a"u8.ToArray()), .. ClientProbe.Frame(Opcode.Text, "bc"u8.ToArray())]);
        Handler.ExpectText("a");
        kit.AwaitIdle();

        Tap(client);
        client.Socket.ResumeReading();
        Handler.ExpectText("bc");

        var told = Told(kit, client);
        Assert.Equal("Received Text 2", Show(Assert.Single(told.OfType<Ws.TappedFrame>())));
        Assert.Equal(
            [Ws.TapEventKind.Writable, Ws.TapEventKind.HandlerTold], told.OfType<Ws.TappedEvent>().Select(static one => one.Kind));
    }

    // Events.

    [Fact]
    public void Congestion_demand_and_failures_of_the_handler_are_shown()
    {
        var kit = ServeEach(Props.Create<Failing>());
        var client = kit.Connect();
        Tap(client);

        client.Socket.StopReading();
        client.Connection.Tell(Ws.Send.Binary(new byte[1000]));
        kit.AwaitIdle();
        client.Connection.Tell(new Ws.Demand(3));
        kit.AwaitIdle();
        client.Socket.ResumeReading();
        kit.AwaitIdle();
        client.SendText("fail");

        Assert.Equal(
            [
                (Ws.TapEventKind.Congested, 0), (Ws.TapEventKind.Demanded, 3), (Ws.TapEventKind.Writable, 0),
                (Ws.TapEventKind.HandlerTold, 4), (Ws.TapEventKind.HandlerRestarted, 0),
            ],
            Told(kit, client).OfType<Ws.TappedEvent>().Select(static one => (one.Kind, (int)one.Count)));
    }

    // Bounds.

    [Fact]
    public void A_tap_ends_at_its_time()
    {
        var kit = Serve();
        var client = Tapped(kit, static tap => tap with { Duration = TimeSpan.FromSeconds(3) });

        kit.Advance(Seconds(2.5));
        ExpectNoMsg(TimeSpan.Zero);
        kit.Advance(Seconds(0.5));

        Assert.Equal((Ws.TapEndReason.Time, 0), (ExpectMsg<Ws.TapEnded>() is var ended ? ended.Reason : default, ended.Frames));
        client.SendText("later");
        Handler.ExpectText("later");
        kit.AwaitIdle();
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Theory]
    [InlineData(3, 100, 3, Ws.TapEndReason.Entries)]
    [InlineData(100, 25, 5, Ws.TapEndReason.Bytes)]
    public void A_tap_ends_at_its_bounds(int maxEntries, int maxBytes, int entries, Ws.TapEndReason reason)
    {
        var kit = Serve();
        var client = Tapped(kit, tap => tap with { MaxEntries = maxEntries, MaxBytes = maxBytes, Payload = 10 });

        for (var i = 0; i < 10; i++)
        {
            client.SendText("0123456789");
            Handler.ExpectText("0123456789");
        }

        var told = Told(kit, client);
        Assert.Equal((entries, reason), (told.Count - 1, Assert.IsType<Ws.TapEnded>(told[^1]).Reason));
        Assert.InRange(told.OfType<Ws.TappedFrame>().Sum(static frame => frame.Payload.Length), 0, maxBytes);
        Tap(client);
    }

    [Fact]
    public void A_connection_has_one_tap_and_a_node_ten()
    {
        var kit = Serve();
        var clients = Enumerable.Range(0, 11).Select(_ => kit.Connect()).ToList();
        clients.Take(10).ToList().ForEach(client => Tap(client));

        Assert.Equal("Another tap is on this connection.", Refusal(kit, clients[0].Connection));
        Assert.Equal("The node has 10 taps already.", Refusal(kit, clients[10].Connection));
        End(clients[3]);
        Tap(clients[10]);
    }

    // Ends.

    [Fact]
    public void Another_ends_a_tap_and_both_are_told()
    {
        var kit = Serve();
        var client = Tapped(kit);
        var other = CreateTestProbe();

        kit.Manager.Tell(new Ws.EndTap(client.Connection), other.Ref);

        Assert.Equal(other.ExpectMsg<Ws.TapEnded>(), ExpectMsg<Ws.TapEnded>());
        Assert.Contains(Logs(), line => line.Contains($"ended (Cancelled by {other.Ref.Path})", StringComparison.Ordinal));
        kit.Manager.Tell(new Ws.EndTap(client.Connection), other.Ref);
        Assert.Equal("No tap is on this connection.", other.ExpectMsg<Status.Failure>().Cause.Message);
    }

    [Fact]
    public void A_tap_ends_with_its_receiver()
    {
        var kit = Serve();
        var client = kit.Connect();
        var receiver = CreateTestProbe();
        kit.Manager.Tell(new Ws.Tap(client.Connection), receiver.Ref);
        receiver.ExpectMsg<Ws.TapStarted>();

        Sys.Stop(receiver.Ref);
        kit.AwaitIdle();

        Assert.Contains(Logs(), static line => line.Contains("ended (ReceiverStopped)", StringComparison.Ordinal));
        Tap(client);
    }

    [Fact]
    public void A_reset_connection_ends_its_tap_with_1006()
    {
        var kit = Serve();
        var client = Tapped(kit);

        client.Socket.Reset();

        Assert.Equal((Ws.TapEventKind.Closed, 1006), ExpectMsg<Ws.TappedEvent>() is var one ? (one.Kind, one.Code) : default);
        Assert.Equal(Ws.TapEndReason.Closed, ExpectMsg<Ws.TapEnded>().Reason);
        client.Socket.ExpectStopped();
        Assert.Equal("There is no such open connection.", Refusal(kit, client.Connection));
        Assert.Equal("There is no such open connection.", Refusal(kit, TestActor));
    }

    // Log.

    [Fact]
    public void The_log_says_who_asked_for_which_connection()
    {
        var kit = Serve();
        var client = Tapped(kit, static tap => tap with { Who = "eve\nroot", Payload = 8 });
        End(client);

        var (name, asker) = (client.Connection.Path.Name, TestActor.Path);
        Assert.Equal(
            [
                $"A tap of {name} (/) starts, asked for by {asker} (eve\\u000aroot), for 30 s, with 8 bytes of each payload",
                $"The tap of {name} by {asker} ended (Cancelled) after 0 frames and 0 events",
            ],
            Logs());
    }

    [Fact]
    public void Arguments_out_of_range_are_refused_where_they_are_made()
    {
        var tap = new Ws.Tap(TestActor);

        Assert.Throws<ArgumentNullException>(static () => new Ws.Tap(null!));
        Assert.Throws<ArgumentNullException>(static () => new Ws.EndTap(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => tap with { Duration = TimeSpan.FromMinutes(6) });
        Assert.Throws<ArgumentOutOfRangeException>(() => tap with { Duration = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => tap with { MaxEntries = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => tap with { MaxBytes = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => tap with { Payload = 257 });
        Assert.Throws<ArgumentException>(() => tap with { Who = new string('w', 257) });
    }

    private ClientProbe Tapped(WebSocketTestKit kit, Func<Ws.Tap, Ws.Tap>? configure = null)
    {
        var client = kit.Connect();
        Handler.ExpectOpened();
        Handler.IgnoreCongestion();
        Tap(client, configure);
        return client;
    }

    private void Tap(ClientProbe client, Func<Ws.Tap, Ws.Tap>? configure = null)
    {
        var tap = new Ws.Tap(client.Connection);
        Sys.WebSockets().Manager.Tell(configure?.Invoke(tap) ?? tap, TestActor);
        Assert.Equal(client.Connection, ExpectMsg<Ws.TapStarted>().Connection);
    }

    private void End(ClientProbe client)
    {
        Sys.WebSockets().Manager.Tell(new Ws.EndTap(client.Connection), TestActor);
        Assert.Equal(Ws.TapEndReason.Cancelled, FishForMessage<Ws.TapEnded>(static _ => true).Reason);
    }

    private string Refusal(WebSocketTestKit kit, IActorRef connection)
    {
        var asker = CreateTestProbe();
        kit.Manager.Tell(new Ws.Tap(connection), asker.Ref);
        return asker.ExpectMsg<Status.Failure>().Cause.Message;
    }

    /// <summary>All that the test's actor was told, until the tap ends or is ended.</summary>
    private List<object> Told(WebSocketTestKit kit, ClientProbe client)
    {
        kit.AwaitIdle();
        kit.Manager.Tell(new Ws.EndTap(client.Connection), CreateTestProbe().Ref);
        var told = new List<object>();
        while (told.Count == 0 || told[^1] is not Ws.TapEnded)
        {
            told.Add(ExpectMsg<object>());
        }

        return told;
    }

    private List<string> Logs() =>
    [
        .. _log.ReceiveWhile<object>(static message => message, TimeSpan.FromSeconds(1), TimeSpan.Zero).OfType<Info>()
            .Select(static info => $"{info.Message}").Where(static line => line.Contains("tap", StringComparison.Ordinal)),
    ];

    private static string Show(Ws.TappedFrame frame) =>
        $"{frame.Direction} {frame.Opcode} {frame.Length}{(frame.Fin ? "" : " more")}{(frame.Rsv1 ? " compressed" : "")}";

    private sealed class Failing : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Ws.Received)
            {
                throw new InvalidOperationException("told to fail");
            }
        }
    }
}
