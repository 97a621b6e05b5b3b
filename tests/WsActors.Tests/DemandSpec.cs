using Akka.Actor;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Routing;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>A handler on a route in pull mode gets messages by demand; the socket waits for the rest.</summary>
public sealed class DemandSpec : WebSocketSpec
{
    private static readonly WebSocketRouteOptions Pull = new() { Pull = true };

    [Fact]
    public void Nothing_is_read_before_demand()
    {
        var client = Open();

        client.SendText("one");

        Assert.False(client.Socket.IsReadAskedFor);
        Handler.ExpectNothing();
        Handler.Tell(new Ws.Demand(1));
        Handler.ExpectText("one");
    }

    [Fact]
    public void Messages_are_delivered_up_to_the_demand()
    {
        var client = Open();

        Handler.Tell(new Ws.Demand(1));
        Handler.Tell(new Ws.Demand(2));
        foreach (var text in new[] { "1", "2", "3", "4" })
        {
            client.SendText(text);
        }

        Handler.ExpectText("1");
        Handler.ExpectText("2");
        Handler.ExpectText("3");
        client.ExpectNothing();
        Handler.ExpectNothing();
        Assert.False(client.Socket.IsReadAskedFor);

        Handler.Tell(Ws.Demand.One);
        Handler.ExpectText("4");
    }

    [Fact]
    public void Further_messages_of_one_read_wait_in_order_for_demand()
    {
        var client = Open();
        Handler.Tell(Ws.Demand.One);

        client.Send([.. Text("1"), .. Text("2"), .. Text("3")]);

        Handler.ExpectText("1");
        client.ExpectNothing();
        Handler.ExpectNothing();
        Handler.Tell(new Ws.Demand(5));
        Handler.ExpectText("2");
        Handler.ExpectText("3");
        client.SendText("4");
        Handler.ExpectText("4");
    }

    [Fact]
    public void Pings_already_read_are_answered_while_the_handler_lags()
    {
        var client = OpenAndAskForOne();

        client.Send([.. Text("1"), .. Ping(7), .. Text("2"), .. Ping(8), .. Text("3"), .. Ping(9)]);

        Assert.Equal([7], client.ExpectPong());
        Assert.Equal([8], client.ExpectPong());
        Assert.Equal([9], client.ExpectPong());
        Handler.ExpectText("1");
        Handler.ExpectNothing();
    }

    [Fact]
    public void Deadlines_of_the_peer_pause_while_the_handler_lags()
    {
        var (kit, client) = OpenKit(static options => options with
        {
            KeepAlive = options.KeepAlive with { PingInterval = Seconds(10), PongTimeout = Seconds(5), IdleTimeout = Seconds(100) },
        });
        Handler.Tell(Ws.Demand.One);
        kit.Advance(Seconds(4));
        client.SendText("1"); // Received at 4.
        Handler.ExpectText("1");

        kit.Advance(Seconds(1000));
        client.ExpectNothing();

        Handler.Tell(Ws.Demand.One);
        kit.Advance(Seconds(9.5));
        client.ExpectNothing();
        kit.Advance(Seconds(0.5));
        client.ExpectPing();
    }

    [Fact]
    public void A_frame_interrupted_by_our_pause_does_not_violate_the_progress_rule()
    {
        var (kit, client) = OpenKit();
        Handler.Tell(Ws.Demand.One);
        var second = Text("the second");
        client.Send([.. Text("1"), .. second[..5]]);
        Handler.ExpectText("1");

        kit.Advance(Seconds(1000));
        Handler.Tell(Ws.Demand.One);
        client.Send(second[5..]);

        Handler.ExpectText("the second");
    }

    [Fact]
    public void Complete_messages_before_the_peers_close_are_always_delivered()
    {
        var client = OpenAndAskForOne();

        client.Send([.. Text("1"), .. Text("2"), .. ClientProbe.Frame(Opcode.Close, [0x03, 0xE8])]);

        Handler.ExpectText("1");
        Handler.ExpectText("2");
        client.ExpectClose(CloseCode.Normal);
        client.Socket.ExpectHalfClose();
        Assert.True(Handler.ExpectClosed(CloseCode.Normal).WasClean);
    }

    [Fact]
    public void Complete_messages_before_a_violation_are_always_delivered()
    {
        var client = OpenAndAskForOne();

        client.Send([.. Text("1"), .. Text("2"), 0x83]);

        Handler.ExpectText("1");
        Handler.ExpectText("2");
        client.ExpectClose(CloseCode.ProtocolError);
        client.SendClose(CloseCode.ProtocolError);
        Handler.ExpectClosed(CloseCode.ProtocolError);
    }

    [Fact]
    public void Complete_messages_before_a_reset_are_always_delivered()
    {
        var client = OpenAndAskForOne();
        client.Send([.. Text("1"), .. Text("2")]);
        client.ExpectNothing();
        Handler.ExpectText("1");
        Handler.ExpectNothing();

        client.Socket.Reset();

        Handler.ExpectText("2");
        Handler.ExpectClosed(CloseCode.Abnormal);
    }

    [Fact]
    public void Held_and_later_messages_are_discarded_after_our_close()
    {
        var client = OpenAndAskForOne();
        client.Send([.. Text("1"), .. Text("2")]);
        client.ExpectNothing();
        Handler.ExpectText("1");

        Handler.Tell(new Ws.Close(4000));
        client.ExpectClose(4000);
        client.SendClose(4000);

        Handler.ExpectClosed(4000);
    }

    [Fact]
    public void R19_Held_messages_are_bounded_and_the_rest_of_a_read_is_not_parsed()
    {
        var (kit, client) = OpenKit(static options => options with
        {
            SendQueue = options.SendQueue with { PauseReadingAboveBytes = 1000 },
        });
        Handler.Tell(Ws.Demand.One);

        // 128 bytes each beside the payload: delivered and held bytes exceed the limit with the eighth.
        client.Send([.. Enumerable.Range(0, 50).SelectMany(static i => Text($"{i}")), .. Ping(7)]);
        client.ExpectNothing();
        Assert.InRange(UnhandledBytes(kit), 1000 - 130, 1000 + 130);

        Handler.Tell(new Ws.Demand(49));
        for (var i = 0; i < 50; i++)
        {
            Handler.ExpectText($"{i}");
        }

        Assert.Equal([7], client.ExpectPong());
    }

    [Fact]
    public void Without_pull_mode_demand_has_no_effect()
    {
        var client = Serve().Connect();
        Handler.ExpectOpened();
        Handler.Tell(Ws.Demand.One);

        client.SendText("1");
        client.SendText("2");

        Handler.ExpectText("1");
        Handler.ExpectText("2");
    }

    [Fact]
    public void Late_demand_is_ignored()
    {
        var client = Open();
        Handler.Tell(new Ws.Close());
        client.ExpectClose(CloseCode.Normal);

        Handler.Tell(Ws.Demand.One);
        client.SendClose();

        Handler.ExpectClosed(CloseCode.Normal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Demand_below_one_is_refused(int messages) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ws.Demand(messages));

    private static byte[] Ping(byte number) => ClientProbe.Frame(Opcode.Ping, [number]);

    private static byte[] Text(string text) => ClientProbe.Frame(Opcode.Text, System.Text.Encoding.UTF8.GetBytes(text));

    private static long UnhandledBytes(WebSocketTestKit kit)
    {
        var list = kit.Manager.Ask<Ws.ConnectionList>(new Ws.ListConnections()).GetAwaiter().GetResult();
        return Assert.Single(list.Connections).UnhandledBytes;
    }

    private ClientProbe Open() => OpenKit().Client;

    private ClientProbe OpenAndAskForOne()
    {
        var client = Open();
        Handler.Tell(Ws.Demand.One);
        return client;
    }

    private (WebSocketTestKit Kit, ClientProbe Client) OpenKit(Func<EndpointOptions, EndpointOptions>? configure = null)
    {
        var kit = Serve(configure, Pull);
        var client = kit.Connect();
        Handler.ExpectOpened();
        return (kit, client);
    }
}
