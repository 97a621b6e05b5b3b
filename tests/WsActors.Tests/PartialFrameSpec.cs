using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>A frame must progress at 240 bytes a second, measured over 30 seconds, or the connection is closed with 1008.</summary>
public sealed class PartialFrameSpec : WebSocketSpec
{
    private readonly byte[] _frame = ClientProbe.Frame(Opcode.Binary, new byte[100_000]);

    private readonly WebSocketTestKit _kit;

    private readonly ClientProbe _client;

    public PartialFrameSpec()
    {
        // A silent peer is pinged, and messages have their own deadline: both are not under test here.
        _kit = Serve(options => options with
        {
            KeepAlive = options.KeepAlive with { PingInterval = null },
            Progress = options.Progress with { PartialMessageTimeout = null },
        });
        _client = _kit.Connect();
        Handler.ExpectOpened();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(14)]
    [InlineData(1000)]
    public void R17_A_stalled_frame_is_closed_with_1008_after_30_seconds(int bytes)
    {
        _client.Send(_frame[..bytes]);

        _kit.Advance(Seconds(29.5));
        _client.ExpectNothing();
        _kit.Advance(Seconds(0.5));

        _client.ExpectClose(CloseCode.PolicyViolation);
        _client.Socket.ExpectHalfClose();
        Assert.Equal(Ws.Side.Local, Handler.ExpectClosed(CloseCode.PolicyViolation).By);
    }

    [Fact]
    public void A_frame_above_the_minimum_rate_may_take_any_time()
    {
        _client.Send(_frame[..1]);
        var sent = Drip(from: 1, bytesPerSecond: 250, seconds: 90);

        _client.ExpectNothing();
        _client.Send(_frame[sent..]);
        Assert.Equal(100_000, Handler.Expect<Ws.Received>().Payload.Length);
    }

    [Fact]
    public void A_frame_below_the_minimum_rate_is_closed_with_1008()
    {
        _client.Send(_frame[..1]);
        var sent = Drip(from: 1, bytesPerSecond: 230, seconds: 29);
        _client.ExpectNothing();

        Drip(sent, bytesPerSecond: 230, seconds: 1);

        _client.ExpectClose(CloseCode.PolicyViolation);
    }

    [Fact]
    public void Between_frames_there_is_no_frame_deadline()
    {
        _client.SendFrame(Opcode.Text, "be"u8.ToArray(), fin: false);

        _kit.Advance(Seconds(120));

        _client.ExpectNothing();
        _client.SendFrame(Opcode.Continuation, "gun"u8.ToArray());
        Handler.ExpectText("begun");
    }

    [Fact]
    public void The_rate_of_each_frame_is_measured_from_its_start()
    {
        var first = ClientProbe.Frame(Opcode.Text, "one"u8.ToArray());
        _client.Send(first[..4]);
        _kit.Advance(Seconds(29));
        _client.Send([.. first[4..], .. _frame[..10]]);
        Handler.ExpectText("one");

        _kit.Advance(Seconds(29.5));
        _client.ExpectNothing();
        _kit.Advance(Seconds(0.5));

        _client.ExpectClose(CloseCode.PolicyViolation);
    }

    [Fact]
    public void The_rate_of_a_fragment_is_measured_from_its_start_within_a_chunk()
    {
        // Every fragment is complete within two seconds, yet no chunk ends where a fragment does.
        byte[] wire = [.. ClientProbe.Frame(Opcode.Binary, [1], fin: false)];
        for (var i = 0; i < 30; i++)
        {
            wire = [.. wire, .. ClientProbe.Frame(Opcode.Continuation, [1], fin: false)];
        }

        _client.Send(wire[..1]);
        foreach (var chunk in wire[1..].Chunk(7))
        {
            _kit.Advance(Seconds(2));
            _client.Send(chunk);
        }

        _client.ExpectNothing();
    }

    private int Drip(int from, int bytesPerSecond, int seconds)
    {
        for (; seconds > 0; seconds--, from += bytesPerSecond)
        {
            _client.Send(_frame[from..(from + bytesPerSecond)]);
            _kit.Advance(Seconds(1));
        }

        return from;
    }
}
