using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>
/// A message must progress at 240 bytes a second, measured over 30 seconds, or the connection is closed with 1008, even if each of its
/// frames is complete.
/// </summary>
public sealed class PartialMessageSpec : WebSocketSpec
{
    private static readonly TimeSpan Tick = Seconds(0.5);

    [Theory]
    [InlineData("")]
    [InlineData("begun")]
    public void R17_A_message_stalled_between_frames_is_closed_with_1008_after_30_seconds(string begun)
    {
        var (kit, client) = Open();
        client.SendFrame(Opcode.Text, System.Text.Encoding.UTF8.GetBytes(begun), fin: false);

        kit.Advance(Seconds(30) - Tick);
        client.ExpectNothing();
        kit.Advance(Tick);

        Assert.Equal("a message made too little progress", client.ExpectClose(CloseCode.PolicyViolation));
        client.Socket.ExpectHalfClose();
        Assert.Equal(Ws.Side.Local, Handler.ExpectClosed(CloseCode.PolicyViolation).By);
    }

    [Fact]
    public void A_message_that_ends_in_time_is_delivered_and_has_no_deadline_any_more()
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
    public void R17_Control_frames_do_not_extend_the_deadline_of_a_message(Opcode opcode)
    {
        var (kit, client) = Open();
        var control = ClientProbe.Frame(opcode, new byte[125]);
        client.SendFrame(Opcode.Text, "begun"u8.ToArray(), fin: false);

        for (var halfSecond = 0; halfSecond < 59; halfSecond++)
        {
            // Far more than 240 bytes a second, in any cut.
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
    public void Fragments_above_the_minimum_rate_may_take_any_time_and_below_it_30_seconds(int bytesPerSecond, bool goesOn)
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
    public void Fast_initial_fragments_do_not_allow_a_long_pause()
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
    public void The_rate_of_each_message_is_measured_from_its_start()
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
    public void The_message_timeout_is_a_separate_setting()
    {
        var (kit, client) = Open(static options => options with
        {
            KeepAlive = options.KeepAlive with { PingInterval = null },
            Progress = options.Progress with { PartialMessageTimeout = Seconds(300) },
        });
        client.SendFrame(Opcode.Text, "slow"u8.ToArray(), fin: false);

        kit.Advance(Seconds(300) - Tick);
        client.ExpectNothing();
        kit.Advance(Tick);

        client.ExpectClose(CloseCode.PolicyViolation);
    }

    [Fact]
    public void With_the_timeout_off_a_message_may_pause_between_frames_and_not_within_one()
    {
        var (kit, client) = Open(static options => options with
        {
            KeepAlive = options.KeepAlive with { PingInterval = null },
            Progress = options.Progress with { PartialMessageTimeout = null },
        });
        client.SendFrame(Opcode.Text, "be"u8.ToArray(), fin: false);
        kit.Advance(Seconds(600));
        client.ExpectNothing();

        client.Send(ClientProbe.Frame(Opcode.Continuation, "gun"u8.ToArray())[..3]);
        kit.Advance(Seconds(30));

        client.ExpectClose(CloseCode.PolicyViolation);
    }

    // A silent peer is pinged, which is not under test here.
    private (WebSocketTestKit Kit, ClientProbe Client) Open(Func<EndpointOptions, EndpointOptions>? configure = null)
    {
        var kit = Serve(configure ?? (static options => options with { KeepAlive = options.KeepAlive with { PingInterval = null } }));
        var client = kit.Connect();
        Handler.ExpectOpened();
        return (kit, client);
    }
}
