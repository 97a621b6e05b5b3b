using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;
using WsActors.TestKit;
using WsActors.Tests.Loopback;

namespace WsActors.Tests;

/// <summary>
/// A message whose parts come from a source leaves as a fragmented one, a part at a time; nothing gets into its middle but control frames.
/// </summary>
public sealed class StreamedSpec : WebSocketSpec
{
    private readonly StreamedSource _source = new();

    private readonly WebSocketTestKit _kit;

    private readonly ClientProbe _client;

    public StreamedSpec()
    {
        _kit = Serve(static options => options with
        {
            SendQueue = options.SendQueue with { MaxBytes = 10_000 },
            CloseTimeout = Seconds(5),
        });
        _client = _kit.Connect();
        Handler.ExpectOpened();
        Handler.IgnoreCongestion();
        _kit.AwaitIdle();
    }

    [Fact]
    public async Task Each_part_is_a_fragment_and_an_empty_one_ends_the_message()
    {
        Handler.Tell(Stream());
        _source.Yield([1, 2], [], [3]);
        _source.End();

        await Expect([0x02, 2, 1, 2, 0x00, 1, 3, 0x80, 0]);
        Handler.ExpectAck("stream");
        await _source.IsDisposed();
    }

    [Fact]
    public async Task A_source_without_a_part_is_an_empty_message()
    {
        Handler.Tell(Stream(MessageKind.Text));
        _source.End();

        await Expect([0x81, 0]);
        Handler.ExpectAck("stream");
    }

    [Fact]
    public async Task The_next_part_is_requested_when_the_previous_one_is_in_a_write()
    {
        _client.Socket.StopReading();
        Handler.Tell(Stream());
        await _source.IsAsked();
        _source.Yield(new byte[60_000], new byte[60_000], new byte[60_000]);
        await _source.IsAsked();
        _kit.AwaitIdle();

        // One is in flight, and one waits behind it: the third is not asked for.
        await ComesToRest();
        Assert.False(_source.TryIsAsked());
        _client.Socket.ReadOnce();
        await _source.IsAsked();
        await ComesToRest();
        Assert.False(_source.TryIsAsked());
    }

    [Fact]
    public async Task A_part_larger_than_a_write_is_one_fragment_in_many_writes()
    {
        var part = new byte[200_000];
        new Random(1).NextBytes(part);
        Handler.Tell(Stream());
        _source.Yield(part);
        _source.End();

        Assert.Equal(part, _client.ExpectBinary());
        Handler.ExpectAck("stream");
        await _source.IsDisposed();
    }

    [Fact]
    public async Task Messages_behind_a_stream_wait_for_its_end_and_control_frames_pass()
    {
        Handler.Tell(Stream());
        Handler.Tell(Ws.Send.Text("behind") with { Ack = "behind" });
        _source.Yield([1]);
        await Expect([0x02, 1, 1]);
        _client.SendFrame(Opcode.Ping, [7]);
        await Expect([0x8A, 1, 7]);
        Handler.Tell(Ws.Ping.Instance);
        Assert.Equal(0x89, (await Read(10))[0]);
        Handler.ExpectNothing();

        _source.End();

        await Expect([0x80, 0, 0x81, 6, .. "behind"u8]);
        Handler.ExpectAck("stream");
        Handler.ExpectAck("behind");
    }

    [Fact]
    public async Task A_control_frame_queued_behind_a_stream_is_sent_before_its_next_fragment()
    {
        _client.Socket.StopReading();
        Handler.Tell(Ws.Send.Text("in flight"));
        Handler.Tell(Stream());
        Handler.Tell(Ws.Send.Text("behind"));
        _client.SendFrame(Opcode.Ping, [7]);
        _kit.AwaitIdle();
        _client.Socket.ResumeReading();

        await Expect([0x81, 9, .. "in flight"u8, 0x8A, 1, 7]);
        _source.End();
        await Expect([0x82, 0, 0x81, 6, .. "behind"u8]);
    }

    [Fact]
    public async Task Streams_are_sent_one_after_the_other()
    {
        var second = new StreamedSource();
        Handler.Tell(Stream());
        Handler.Tell(Ws.Send.Stream(MessageKind.Text, second.Parts) with { Ack = "second" });
        second.Yield("two"u8.ToArray());
        second.End();
        _source.Yield([1]);
        await Expect([0x02, 1, 1]);
        Assert.False(second.IsOpened);

        _source.End();

        await Expect([0x80, 0, 0x01, 3, .. "two"u8, 0x80, 0]);
        Handler.ExpectAck("stream");
        Handler.ExpectAck("second");
    }

    [Fact]
    public void A_source_that_runs_out_of_memory_fails_like_any()
    {
        _source.End(Record.Exception(static () => new byte[(long)int.MaxValue]));

        Handler.Tell(Stream());

        Handler.ExpectSendFailed("stream", Ws.SendFailure.SourceFailed);
    }

    [Fact]
    public async Task A_source_that_throws_before_its_first_part_fails_only_its_message()
    {
        Handler.Tell(Stream());
        Handler.Tell(Ws.Send.Text("behind"));
        _source.End(new InvalidOperationException("no such file"));

        await Expect([0x81, 6, .. "behind"u8]);
        Handler.ExpectSendFailed("stream", Ws.SendFailure.SourceFailed);
        await _source.IsDisposed();
    }

    [Fact]
    public async Task A_source_that_throws_in_the_middle_closes_with_1011()
    {
        Handler.Tell(Stream());
        Handler.Tell(Ws.Send.Text("behind") with { Ack = "behind" });
        _source.Yield([1]);
        await Expect([0x02, 1, 1]);
        _source.End(new InvalidOperationException("the disk is gone"));

        Handler.ExpectSendFailed("stream", Ws.SendFailure.SourceFailed);
        Handler.ExpectSendFailed("behind", Ws.SendFailure.Closing);
        _client.ExpectClose(CloseCode.InternalError);
        _client.SendClose(CloseCode.InternalError);
        Handler.ExpectClosed(CloseCode.InternalError);
        await _source.IsDisposed();
    }

    [Theory]
    [InlineData(new byte[] { 0xE2, 0x82 }, new byte[] { 0xAC }, true)]
    [InlineData(new byte[] { 0xE2, 0x82 }, new byte[] { 0x20 }, false)]
    [InlineData(new byte[] { 0x20 }, new byte[] { 0xE2, 0x82 }, false)]
    public async Task UTF_8_is_validated_across_parts(byte[] first, byte[] second, bool isText)
    {
        Handler.Tell(Stream(MessageKind.Text));
        _source.Yield(first, second);
        _source.End();

        if (isText)
        {
            _client.ExpectText("€");
            Handler.ExpectAck("stream");
        }
        else
        {
            Handler.ExpectSendFailed("stream", Ws.SendFailure.SourceFailed);
            _client.ExpectClose(CloseCode.InternalError);
        }

        await _source.IsDisposed();
    }

    [Fact]
    public async Task A_close_ends_a_stream_after_its_current_fragment()
    {
        _client.Socket.StopReading();
        Handler.Tell(Stream());
        Handler.Tell(Ws.Send.Text("behind") with { Ack = "behind" });
        await _source.IsAsked();
        var before = _client.Socket.Writes;
        _source.Yield(new byte[100_000]);
        _source.Yield(new byte[10]);
        await Eventually.Holds(() => _client.Socket.Writes > before, () => "Nothing is in flight.");
        Handler.Tell(new Ws.Close(4000));

        Handler.ExpectSendFailed("stream", Ws.SendFailure.Closing);
        Handler.ExpectSendFailed("behind", Ws.SendFailure.Closing);
        await _source.IsDisposed();
        Assert.True(_source.IsCancelled);
        _client.Socket.ResumeReading();
        var bytes = await Read(10 + 100_000 + 4);
        Assert.Equal([0x02, 127, 0x88, 2, 0x0F, 0xA0], [bytes[0], bytes[1], .. bytes[^4..]]);
    }

    [Fact]
    public async Task A_close_does_not_wait_for_a_source_without_a_part()
    {
        var second = new StreamedSource();
        Handler.Tell(Stream());
        Handler.Tell(Ws.Send.Text("behind") with { Ack = "behind" });
        Handler.Tell(Ws.Send.Stream(MessageKind.Binary, second.Parts) with { Ack = "second" });
        await _source.IsAsked();
        Handler.Tell(new Ws.Close(4000));

        Handler.ExpectSendFailed("stream", Ws.SendFailure.Closing);
        Handler.ExpectSendFailed("second", Ws.SendFailure.Closing);
        _client.ExpectText("behind");
        Handler.ExpectAck("behind");
        _client.ExpectClose(4000);
        await _source.IsDisposed();
        Assert.False(second.IsOpened);
    }

    [Fact]
    public void Messages_conflated_by_a_stream_are_sent_before_the_close_frame()
    {
        _client.Socket.StopReading();
        Handler.Tell(Ws.Send.Text("in flight"));
        _kit.AwaitIdle();
        Handler.Tell(Ws.Send.Text("one") with { Overflow = Ws.OverflowPolicy.Conflate("key") });
        Handler.Tell(Ws.Send.Text("two") with { Overflow = Ws.OverflowPolicy.Conflate("key") });
        Handler.Tell(Stream() with { Overflow = Ws.OverflowPolicy.Conflate("key") });
        Handler.Tell(new Ws.Close(4000));
        Handler.ExpectSendFailed("stream", Ws.SendFailure.Closing);

        _client.Socket.ResumeReading();

        _client.ExpectText("in flight");
        _client.ExpectText("one");
        _client.ExpectText("two");
        _client.ExpectClose(4000);
        Assert.False(_source.IsOpened);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task On_every_end_the_source_is_cancelled_and_disposed_and_the_sender_told_once(int how)
    {
        Handler.Tell(Stream());
        await _source.IsAsked();
        _source.Yield([1]);
        await Expect([0x02, 1, 1]);

        switch (how)
        {
            case 0: _client.Socket.Reset(); break;
            case 1: _client.Connection.Tell(Akka.Actor.Kill.Instance, Akka.Actor.ActorRefs.NoSender); break;
            case 2: _client.Socket.HalfClose(); break;
            case 3: _client.SendClose(); break;
        }

        await _source.IsDisposed();
        Assert.True(_source.IsCancelled);
        Handler.ExpectSendFailed("stream", how < 2 ? Ws.SendFailure.Closed : Ws.SendFailure.Closing);
        Handler.Expect<Ws.Closed>();
        Handler.ExpectNothing();
        Assert.Equal(0, Sys.WebSockets().RentedBuffers);
    }

    [Fact]
    public async Task Messages_behind_a_stalled_source_follow_their_own_overflow_policy()
    {
        Handler.Tell(Stream());
        await _source.IsAsked();
        _source.Yield([1]);
        await Expect([0x02, 1, 1]);
        Handler.Tell(Ws.Send.Binary(new byte[9000]) with { Ack = "waits" });
        Handler.Tell(Ws.Send.Binary(new byte[2000]) with { Ack = "dropped", Overflow = Ws.OverflowPolicy.Drop });
        Handler.ExpectSendFailed("dropped", Ws.SendFailure.Dropped);
        Handler.Expect<Ws.Dropped>();

        Handler.Tell(Ws.Send.Binary(new byte[2000]) with { Ack = "too much" });
        Handler.ExpectSendFailed("too much", Ws.SendFailure.QueueFull);
        _kit.Advance(Seconds(2));

        Handler.ExpectSendFailed("stream", Ws.SendFailure.QueueFull);
        Handler.ExpectSendFailed("waits", Ws.SendFailure.QueueFull);
        _client.ExpectClose(CloseCode.TryAgainLater);
        await _source.IsDisposed();
    }

    [Fact]
    public void A_stream_without_room_in_the_queue_is_refused_before_its_source_is_opened()
    {
        _client.Socket.StopReading();
        Handler.Tell(Ws.Send.Binary(new byte[9_996]));
        Handler.Tell(Stream() with { Overflow = Ws.OverflowPolicy.Drop });

        Handler.ExpectSendFailed("stream", Ws.SendFailure.Dropped);
        Assert.False(_source.IsOpened);
    }

    private Ws.Send Stream(MessageKind kind = MessageKind.Binary) => Ws.Send.Stream(kind, _source.Parts) with { Ack = "stream" };

    /// <summary>Gives the source's thread time: the kit does not await it.</summary>
    private async Task ComesToRest()
    {
        await Task.Delay(10);
        _kit.AwaitIdle();
    }

    private async Task Expect(byte[] bytes) => Assert.Equal(bytes, await Read(bytes.Length));

    private async Task<byte[]> Read(int count)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < 3000 && bytes.Count < count; i++)
        {
            bytes.AddRange(_client.Socket.ReadBytes());
            if (bytes.Count < count)
            {
                await Task.Delay(10);
            }
        }

        return [.. bytes];
    }
}
