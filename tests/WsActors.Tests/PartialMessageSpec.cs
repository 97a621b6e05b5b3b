using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>
/// A message that has begun goes on at 240 bytes a second, judged over 30 seconds, or ends the connection with 1008, though each of its
/// frames is whole.
/// </summary>
public sealed class PartialMessageSpec : WebSocketSpec
{
    private static readonly TimeSpan Tick = Seconds(0.5);

    [Theory]
    [InlineData("")]
    [InlineData("begun")]
    public void R17_A_message_that_stops_between_two_frames_is_closed_with_1008_after_30_seconds(string begun)
    {
        var (kit, client) = Open();
        client.SendFrame(Opcode.Text, System.Text.Encoding.UTF8.GetBytes(begun), fin: false);

        kit.Advance(Seconds(30) - Tick);
        client.ExpectNothing();
        kit.Advance(Tick);

        Assert.Equal("a message began and did not go on", client.ExpectClose(CloseCode.PolicyViolation));
        client.Socket.ExpectHalfClose();
        Assert.Equal(Ws.Side.Local, Handler.ExpectClosed(CloseCode.PolicyViolation).By);
    }

    [Fact]
    public void A_message_that_ends_in_time_is_delivered_and_owes_nothing_more()
    {
        var (kit, client) = Open();
        client.SendFrame(Opcode.Text, "be"u8.ToArray(), fin: false);
        kit.Advance(Seconds(30) - Tick);
        client.SendFrame(Opcode.Continuation, "gun"u8.ToArray());

        Handler.ExpectText("begun");
        kit.Advance(Seconds(120));

        client.ExpectNothing();
    }

    [Theory]
    [InlineData(Opcode.Ping)]
    [InlineData(Opcode.Pong)]
    public void R17_Control_frames_alone_do_not_keep_a_message_alive(Opcode opcode)
    {
        var (kit, client) = Open();
        var control = ClientProbe.Frame(opcode, new byte[125]);
        client.SendFrame(Opcode.Text, "begun"u8.ToArray(), fin: false);

        for (var halfSecond = 0; halfSecond < 59; halfSecond++)
        {
            // Far more than 240 bytes a second, however they are cut.
            client.Send([.. control, .. control, .. control[..20]], control[20..]);
            kit.Advance(Tick);
        }

        for (var pong = 0; opcode == Opcode.Ping && pong < 3 * 59; pong++)
        {
            client.ExpectPong();
        }

        client.ExpectNothing();
        kit.Advance(Tick);
        client.ExpectClose(CloseCode.PolicyViolation);
    }

    [Theory]
    [InlineData(250, true)]
    [InlineData(230, false)]
    public void Fragments_above_the_rate_go_on_for_as_long_as_they_take_and_below_it_end_after_30_seconds(int bytesPerSecond, bool goesOn)
    {
        var (kit, client) = Open();
        client.SendFrame(Opcode.Binary, [], fin: false);

        var seconds = 0;
        while (seconds < (goesOn ? 120 : 29))
        {
            SendFragment();
            client.ExpectNothing();
        }

        SendFragment();
        if (goesOn)
        {
            client.SendFrame(Opcode.Continuation, []);
            Assert.Equal(seconds * (bytesPerSecond - 8), Handler.Expect<Ws.Received>().Payload.Length);
        }
        else
        {
            client.ExpectClose(CloseCode.PolicyViolation);
        }

        void SendFragment()
        {
            const int FrameHeader = 8;
            client.SendFrame(Opcode.Continuation, new byte[bytesPerSecond - FrameHeader], fin: false);
            kit.Advance(Seconds(1));
            seconds++;
        }
    }

    [Fact]
    public void A_fast_beginning_does_not_buy_a_long_rest()
    {
        var (kit, client) = Open();
        client.SendFrame(Opcode.Binary, new byte[100_000], fin: false);
        client.SendFrame(Opcode.Continuation, new byte[100_000], fin: false);

        kit.Advance(Seconds(30) - Tick);
        client.ExpectNothing();
        kit.Advance(Tick);

        client.ExpectClose(CloseCode.PolicyViolation);
    }

    [Fact]
    public void Each_message_is_judged_from_its_own_beginning()
    {
        var (kit, client) = Open();
        client.SendFrame(Opcode.Text, "one"u8.ToArray(), fin: false);
        kit.Advance(Seconds(29));
        client.Send([.. ClientProbe.Frame(Opcode.Continuation, []), .. ClientProbe.Frame(Opcode.Text, "two"u8.ToArray(), fin: false)]);
        Handler.ExpectText("one");

        kit.Advance(Seconds(30) - Tick);
        client.ExpectNothing();
        kit.Advance(Tick);

        client.ExpectClose(CloseCode.PolicyViolation);
    }

    [Fact]
    public void The_time_is_a_setting_of_its_own()
    {
        var (kit, client) = Open(static options => options with { PingInterval = null, PartialMessageTimeout = Seconds(300) });
        client.SendFrame(Opcode.Text, "slow"u8.ToArray(), fin: false);

        kit.Advance(Seconds(300) - Tick);
        client.ExpectNothing();
        kit.Advance(Tick);

        client.ExpectClose(CloseCode.PolicyViolation);
    }

    [Fact]
    public void Where_it_is_off_a_message_may_rest_between_frames_and_not_within_one()
    {
        var (kit, client) = Open(static options => options with { PingInterval = null, PartialMessageTimeout = null });
        client.SendFrame(Opcode.Text, "be"u8.ToArray(), fin: false);
        kit.Advance(Seconds(600));
        client.ExpectNothing();

        client.Send(ClientProbe.Frame(Opcode.Continuation, "gun"u8.ToArray())[..3]);
        kit.Advance(Seconds(30));

        client.ExpectClose(CloseCode.PolicyViolation);
    }

    // A silent peer is pinged meanwhile, which is no part of this.
    private (WebSocketTestKit Kit, ClientProbe Client) Open(Func<EndpointOptions, EndpointOptions>? configure = null)
    {
        var kit = Serve(configure ?? (static options => options with { PingInterval = null }));
        var client = kit.Connect();
        Handler.ExpectOpened();
        return (kit, client);
    }
}
