using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>
/// While the connection does not read, because too much waits to be sent, the peer's deadlines pause, and then continue. Only the write
/// deadline runs.
/// </summary>
public sealed class StandingStillSpec : WebSocketSpec
{
    // Four writes of 64 KiB less, it still is above the 512 KiB.
    private const int MoreThanPausesReading = 900 * 1024;

    private static readonly TimeSpan Tick = Seconds(0.5);

    [Fact]
    public void R19_Reading_pauses_while_too_much_waits_to_be_sent_and_then_resumes()
    {
        var (_, client) = Open();

        Pause(client);
        client.SendText("one");
        client.SendText("two");
        Handler.ExpectText("one"); // The read that was asked for before.

        Assert.False(client.Socket.IsReadAskedFor);
        Handler.ExpectNothing();
        client.Socket.ResumeReading();
        client.ExpectBinary();
        Handler.ExpectText("two");
    }

    [Fact]
    public void R19_One_read_is_outstanding_at_a_time()
    {
        var (kit, client) = Open();

        // A second read request before the first read arrived is an error of the socket probe.
        for (var i = 0; i < 50; i++)
        {
            Handler.Tell(Ws.Send.Text("out"));
            Handler.Tell(Ws.Ping.Instance);
            client.SendText("in");
        }

        kit.AwaitIdle();
        Assert.True(client.Socket.IsReadAskedFor);
    }

    [Theory]
    [InlineData(512 * 1024, true)]
    [InlineData((512 * 1024) + 1, false)]
    public void R19_Reading_pauses_above_512_KiB_and_not_at_it(int queuedBytes, bool reads)
    {
        var (_, client) = Open();
        client.Socket.StopReading();

        const int FrameHeader = 10;
        Handler.Tell(Ws.Send.Binary(new byte[queuedBytes - FrameHeader]));
        client.SendText("the read that was asked for before");

        Assert.Equal(reads, client.Socket.IsReadAskedFor);
    }

    [Theory]
    [InlineData(996, true)]
    [InlineData(997, false)]
    public void R19_A_queue_smaller_than_that_pauses_reading_when_it_is_full(int payloadBytes, bool reads)
    {
        var (_, client) = Open(static options => options with { SendQueue = options.SendQueue with { MaxBytes = 1000 } });
        client.Socket.StopReading();

        Handler.Tell(Ws.Send.Binary(new byte[payloadBytes]));
        client.SendText("the read that was asked for before");

        Assert.Equal(reads, client.Socket.IsReadAskedFor);
    }

    [Fact]
    public void The_ping_deadline_pauses()
    {
        var (kit, client) = Open();
        kit.Advance(Seconds(20));

        StandStill(kit, client);

        ExpectSilenceUntil(kit, client, Seconds(5));
        client.ExpectPing();
    }

    [Fact]
    public void The_pong_deadline_pauses()
    {
        var (kit, client) = Open();
        kit.Advance(Seconds(25));
        client.ExpectPing();
        kit.Advance(Seconds(15));

        StandStill(kit, client);

        ExpectSilenceUntil(kit, client, Seconds(5));
        client.Socket.ExpectReset();
    }

    [Fact]
    public void The_frame_deadline_pauses()
    {
        var (kit, client) = Open(static options => options with { KeepAlive = options.KeepAlive with { PingInterval = null } });
        client.Send(ClientProbe.Frame(Opcode.Text, "half"u8.ToArray())[..3]);
        kit.Advance(Seconds(20));

        StandStill(kit, client);

        ExpectSilenceUntil(kit, client, Seconds(10));
        client.ExpectClose(CloseCode.PolicyViolation);
    }

    [Fact]
    public void The_message_deadline_pauses()
    {
        var (kit, client) = Open(static options => options with { KeepAlive = options.KeepAlive with { PingInterval = null } });
        client.SendFrame(Opcode.Text, "half"u8.ToArray(), fin: false);
        kit.Advance(Seconds(20));

        StandStill(kit, client);

        ExpectSilenceUntil(kit, client, Seconds(10));
        client.ExpectClose(CloseCode.PolicyViolation);
    }

    [Fact]
    public void The_idle_deadline_pauses()
    {
        var (kit, client) = Open(static options => options with
        {
            KeepAlive = options.KeepAlive with { PingInterval = null, IdleTimeout = Seconds(40) },
        });

        // The pause is caused by a message, from which the deadline counts.
        StandStill(kit, client);

        ExpectSilenceUntil(kit, client, Seconds(40));
        client.ExpectClose(CloseCode.GoingAway);
    }

    [Fact]
    public void A_message_sent_during_the_pause_does_not_advance_the_idle_deadline()
    {
        var (kit, client) = Open(static options => options with
        {
            KeepAlive = options.KeepAlive with { PingInterval = null, IdleTimeout = Seconds(40) },
        });
        Pause(client);
        kit.Advance(Seconds(20));
        Handler.Tell(Ws.Send.Text("more"));

        client.Socket.ResumeReading();
        client.ExpectBinary();
        client.ExpectText("more");

        ExpectSilenceUntil(kit, client, Seconds(40));
        client.ExpectClose(CloseCode.GoingAway);
    }

    [Fact]
    public void Bytes_received_during_the_pause_do_not_advance_the_ping_deadline()
    {
        var (kit, client) = Open();
        Pause(client);
        kit.Advance(Seconds(20));
        client.SendText("the read that was asked for before");
        Handler.ExpectText("the read that was asked for before");

        client.Socket.ResumeReading();
        client.ExpectBinary();

        ExpectSilenceUntil(kit, client, Seconds(25));
        client.ExpectPing();
    }

    [Fact]
    public void The_write_deadline_runs_during_the_pause()
    {
        var (kit, client) = Open();
        Pause(client);

        ExpectSilenceUntil(kit, client, Seconds(30));

        client.Socket.ExpectReset();
        Handler.ExpectClosed(CloseCode.Abnormal);
    }

    private (WebSocketTestKit Kit, ClientProbe Client) Open(Func<EndpointOptions, EndpointOptions>? configure = null)
    {
        var kit = Serve(configure);
        var client = kit.Connect();
        Handler.ExpectOpened();
        Handler.IgnoreCongestion();
        return (kit, client);
    }

    private void Pause(ClientProbe client)
    {
        client.Socket.StopReading();
        Handler.Tell(Ws.Send.Binary(new byte[MoreThanPausesReading]));
    }

    /// <summary>For 100 seconds the client reads so slowly that the queue stays long; then it reads all that waits.</summary>
    private void StandStill(WebSocketTestKit kit, ClientProbe client)
    {
        Pause(client);
        for (var write = 0; write < 4; write++)
        {
            kit.Advance(Seconds(25));
            client.ExpectNothing();
            client.Socket.ReadOnce();
        }

        client.Socket.ResumeReading();
        client.ExpectBinary();
    }

    private static void ExpectSilenceUntil(WebSocketTestKit kit, ClientProbe client, TimeSpan deadline)
    {
        kit.Advance(deadline - Tick);
        client.ExpectNothing();
        kit.Advance(Tick);
    }
}
