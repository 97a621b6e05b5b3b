using WsActors.Protocol;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>
/// A queue past its budget may drain for 2 seconds; then it is dropped at a frame's end, so that the close frame can leave and the
/// client can read all that it gets.
/// </summary>
public sealed class OverflowSpec : WebSocketSpec
{
    private static readonly TimeSpan Tick = Seconds(0.5);

    private readonly WebSocketTestKit _kit;

    private readonly ClientProbe _client;

    public OverflowSpec()
    {
        _kit = Serve(static options => options with
        {
            SendQueue = options.SendQueue with { MaxBytes = 200_000, PauseReadingAboveBytes = 200_000 },
        });
        _client = _kit.Connect();
        Handler.ExpectOpened();
        Handler.IgnoreCongestion();
        _client.Socket.StopReading();
    }

    [Fact]
    public void Within_the_grace_all_queued_messages_are_sent_before_the_close_frame()
    {
        Overflow();
        _kit.Advance(Seconds(2) - Tick);

        _client.Socket.ResumeReading();

        for (var i = 0; i < 19; i++)
        {
            Assert.Equal(10_000, _client.ExpectBinary().Length);
        }

        ExpectEnd();
    }

    [Fact]
    public void After_the_grace_only_the_write_in_flight_precedes_the_close_frame()
    {
        Overflow();
        _kit.Advance(Seconds(2));

        _client.Socket.ResumeReading();

        Assert.Equal(10_000, _client.ExpectBinary().Length);
        ExpectEnd();
    }

    [Fact]
    public void A_partly_written_frame_is_completed()
    {
        Handler.Tell(Ws.Send.Binary(new byte[140_000]));
        Handler.Tell(Ws.Send.Binary(new byte[57_000]));
        Handler.Tell(Ws.Send.Binary(new byte[57_000]));
        _client.Socket.ReadOnce();
        _kit.Advance(Seconds(2));

        _client.Socket.ResumeReading();

        Assert.Equal(140_000, _client.ExpectBinary().Length);
        ExpectEnd();
    }

    [Fact]
    public void A_queue_of_one_frame_is_followed_by_one_close_frame()
    {
        Handler.Tell(Ws.Send.Binary(new byte[300_000]));
        Handler.Tell(Ws.Send.Text("too much"));
        _kit.Advance(Seconds(2));

        _client.Socket.ResumeReading();

        Assert.Equal(300_000, _client.ExpectBinary().Length);
        ExpectEnd();
    }

    [Fact]
    public void A_queue_that_is_all_in_flight_is_followed_by_one_close_frame()
    {
        Handler.Tell(Ws.Send.Binary(new byte[60_000]));
        _kit.AwaitIdle();
        Handler.Tell(Ws.Send.Binary(new byte[150_000]));
        _kit.Advance(Seconds(2));

        _client.Socket.ResumeReading();

        Assert.Equal(60_000, _client.ExpectBinary().Length);
        ExpectEnd();
    }

    [Fact]
    public void R14_A_peer_that_never_reads_is_reset_at_the_write_deadline_in_spite_of_the_overflow()
    {
        Overflow();

        _kit.Advance(Seconds(30) - Tick);
        _client.ExpectNothing();
        _kit.Advance(Tick);

        _client.Socket.ExpectReset();
        Handler.ExpectClosed(CloseCode.TryAgainLater);
        Assert.Equal(0, Sys.WebSockets().RentedBuffers);
    }

    [Fact]
    public void Messages_sent_after_the_overflow_are_dropped()
    {
        Overflow();
        Handler.Tell(Ws.Send.Text("too late"));
        _client.Socket.ResumeReading();

        for (var i = 0; i < 19; i++)
        {
            _client.ExpectBinary();
        }

        ExpectEnd();
    }

    private void Overflow()
    {
        Handler.Tell(Ws.Send.Binary(new byte[10_000])); // In flight.
        _kit.AwaitIdle();
        for (var i = 1; i < 20; i++)
        {
            Handler.Tell(Ws.Send.Binary(new byte[10_000]));
        }
    }

    private void ExpectEnd()
    {
        _client.ExpectClose(CloseCode.TryAgainLater);
        _client.SendClose(CloseCode.TryAgainLater);
        _client.ExpectEnd();
        Handler.ExpectClosed(CloseCode.TryAgainLater);
        Assert.Equal(0, Sys.WebSockets().RentedBuffers);
    }
}
