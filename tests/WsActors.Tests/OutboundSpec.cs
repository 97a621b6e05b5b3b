using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>Messages are sent in order, in as few writes as possible, and within the queue's budget.</summary>
public sealed class OutboundSpec : WebSocketSpec
{
    private const int Budget = 1024 * 1024;

    private const int LargeHeader = 10;

    private readonly WebSocketTestKit _kit;

    private readonly ClientProbe _client;

    public OutboundSpec()
    {
        _kit = Serve();
        _client = _kit.Connect();
        Handler.ExpectOpened();
        Handler.IgnoreCongestion();
        _kit.AwaitIdle();
    }

    [Fact]
    public void One_write_is_in_flight_and_messages_sent_meanwhile_are_one_write()
    {
        _client.Socket.StopReading();
        var before = _client.Socket.Writes;

        for (var i = 0; i < 100; i++)
        {
            Handler.Tell(Ws.Send.Text($"{i}"));
        }

        _kit.AwaitIdle();
        Assert.Equal(before + 1, _client.Socket.Writes);
        _client.Socket.ResumeReading();
        for (var i = 0; i < 100; i++)
        {
            _client.ExpectText($"{i}");
        }

        Assert.Equal(before + 2, _client.Socket.Writes);
    }

    [Fact]
    public void The_answers_to_the_frames_of_one_chunk_are_one_write()
    {
        var before = _client.Socket.Writes;

        _client.Send([.. Enumerable.Range(0, 10).SelectMany(static i => ClientProbe.Frame(Opcode.Ping, [(byte)i]))]);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal([(byte)i], _client.ExpectPong());
        }

        Assert.Equal(before + 1, _client.Socket.Writes);
    }

    [Fact]
    public void A_large_message_is_sent_in_writes_of_at_most_64_KiB()
    {
        var before = _client.Socket.Writes;
        var payload = new byte[Budget];
        new Random(1).NextBytes(payload);

        Handler.Tell(Ws.Send.Binary(payload));

        Assert.Equal(payload, _client.ExpectBinary());
        Assert.Equal(before + 17, _client.Socket.Writes);
    }

    [Fact]
    public void A_message_that_exactly_fills_the_queue_is_accepted()
    {
        _client.Socket.StopReading();
        Handler.Tell(Ws.Send.Binary(new byte[Budget - LargeHeader - 3]));
        Handler.Tell(Ws.Send.Text("x"));

        _kit.Advance(Seconds(3));
        _client.Socket.ResumeReading();

        _client.ExpectBinary();
        _client.ExpectText("x");
        _client.ExpectNothing();
    }

    [Fact]
    public void One_byte_above_the_queue_limit_closes_with_1013()
    {
        _client.Socket.StopReading();
        Handler.Tell(Ws.Send.Binary(new byte[Budget - LargeHeader - 3]));
        Handler.Tell(Ws.Send.Text("xy"));

        _client.Socket.ResumeReading();

        _client.ExpectBinary();
        _client.ExpectClose(CloseCode.TryAgainLater);
        _client.SendClose(CloseCode.TryAgainLater);
        Assert.True(Handler.ExpectClosed(CloseCode.TryAgainLater).WasClean);
    }

    [Fact]
    public void A_message_larger_than_the_queue_is_accepted_only_by_an_empty_queue()
    {
        Handler.Tell(Ws.Send.Binary(new byte[3 * Budget]));
        Assert.Equal(3 * Budget, _client.ExpectBinary().Length);

        _client.Socket.StopReading();
        Handler.Tell(Ws.Send.Text("first"));
        Handler.Tell(Ws.Send.Binary(new byte[3 * Budget]));
        _client.Socket.ResumeReading();

        _client.ExpectText("first");
        _client.ExpectClose(CloseCode.TryAgainLater);
    }

    [Fact]
    public void A_message_larger_than_the_queue_is_accepted_while_the_101_is_being_written()
    {
        var client = _kit.Dial();
        client.Socket.StopReading();
        client.RequestUpgrade();
        Handler.ExpectOpened();

        Handler.Tell(Ws.Send.Binary(new byte[3 * Budget]));
        client.Socket.ResumeReading();

        client.ExpectUpgrade();
        Assert.Equal(3 * Budget, client.ExpectBinary().Length);
    }

    [Fact]
    public void Pings_of_the_peer_are_answered_with_a_full_queue()
    {
        _client.Socket.StopReading();
        Handler.Tell(Ws.Send.Binary(new byte[Budget - LargeHeader]));
        _client.SendFrame(Opcode.Ping, "there?"u8.ToArray());
        _kit.AwaitIdle();

        _client.Socket.ResumeReading();

        _client.ExpectBinary();
        Assert.Equal("there?"u8.ToArray(), _client.ExpectPong());
        _client.ExpectNothing();
    }

    [Fact]
    public void A_close_frame_is_sent_after_all_earlier_messages()
    {
        _client.Socket.StopReading();
        Handler.Tell(Ws.Send.Text("one"));
        Handler.Tell(Ws.Send.Binary(new byte[200_000]));
        Handler.Tell(Ws.Send.Text("two"));
        Handler.Tell(new Ws.Close(4001));

        _client.Socket.ResumeReading();

        _client.ExpectText("one");
        _client.ExpectBinary();
        _client.ExpectText("two");
        _client.ExpectClose(4001);
    }

    [Fact]
    public void An_idle_connection_holds_no_buffer()
    {
        Handler.Tell(Ws.Send.Binary(new byte[300_000]));
        _client.ExpectBinary();
        _kit.AwaitIdle();

        Assert.Equal(0, Sys.WebSockets().RentedBuffers);
    }
}
