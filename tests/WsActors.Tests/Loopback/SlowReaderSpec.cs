using System.Collections.Concurrent;
using Akka.Actor;
using WsActors.Protocol.Frames;
using WsActors.Routing;

namespace WsActors.Tests.Loopback;

/// <summary>A client that stops reading while its handler keeps sending: memory is bounded, and the client is closed.</summary>
[Collection(OneByOne.Name)]
public sealed class SlowReaderSpec : IDisposable
{
    private const string Route = "/slow-reader";

    private const int MessageBytes = 40_000;

    private const int MaxQueuedBytes = 1024 * 1024;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly ManualTime _time = new();

    private readonly ConcurrentQueue<Ws.Closed> _closed = [];

    private readonly MeterTap _tap;

    private readonly MeterTap _refusals;

    private long _queued;

    private long _mostQueued;

    private long _refused;

    // Only the connection's actor measures, so that nothing here needs more than being seen by the test.
    public SlowReaderSpec()
    {
        _tap = new MeterTap("wsactors.send_queue.size", Route, change =>
        {
            var queued = Interlocked.Add(ref _queued, change);
            Volatile.Write(ref _mostQueued, Math.Max(_mostQueued, queued));
        });
        _refusals = new MeterTap("wsactors.dropped_messages", Route, count => Interlocked.Add(ref _refused, count));
    }

    [Fact]
    public async Task A_client_that_reads_again_within_the_grace_gets_all_queued_messages_and_1013()
    {
        await using var server = await Start();
        using var client = await server.Connect(Route, receiveBuffer: 4096);
        await UntilTheQueueIsOverrun();

        // The kernel's buffers and the queue, to the byte.
        var (count, code) = await ReadToClose(client);

        Assert.Equal(1013, code);
        Assert.InRange(count * MessageBytes, MaxQueuedBytes - MessageBytes, MaxQueuedBytes * 2);
        await client.Send(Wire.Close(1013));
        await client.ReadEnd();
        client.Dispose();
        await ExpectClosed(server, wasClean: true);
    }

    [Fact]
    public async Task A_client_that_reads_again_after_the_grace_gets_only_whole_messages_and_1013()
    {
        await using var server = await Start();
        using var client = await server.Connect(Route, receiveBuffer: 4096);
        await UntilTheQueueIsOverrun();

        _time.Advance(Grace);
        await Eventually.Holds(() => Volatile.Read(ref _queued) < MaxQueuedBytes / 2, () => $"{_queued} bytes are queued.");
        var (count, code) = await ReadToClose(client);

        Assert.Equal(1013, code);
        Assert.InRange(count * MessageBytes, 0, MaxQueuedBytes - MessageBytes);
        await client.Send(Wire.Close(1013));
        await client.ReadEnd();
        client.Dispose();
        await ExpectClosed(server, wasClean: true);
    }

    [Fact]
    public async Task A_client_that_never_reads_again_is_reset_with_1013()
    {
        await using var server = await Start();
        using var client = await server.Connect(Route, receiveBuffer: 4096);
        await UntilTheQueueIsOverrun();

        await Eventually.Holds(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return server.Connections == 0;
            },
            () => "The connection lives on.");

        await client.ReadToAnyEnd();
        await ExpectClosed(server, wasClean: false);
    }

    public void Dispose()
    {
        _tap.Dispose();
        _refusals.Dispose();
    }

    private Task<LoopbackServer> Start() => LoopbackServer.Start(
        system => RouteTable.Empty.MapShared(Route, system.ActorOf(Reaction.PropsFor(SendOnAndOn))),
        static options => options with { SendQueue = options.SendQueue with { MaxBytes = MaxQueuedBytes, Grace = Grace } },
        time: _time,
        source: Props.Create<SmallSendBuffers>());

    private void SendOnAndOn(Ws.IEvent happened)
    {
        switch (happened)
        {
            case Ws.Opened:
                var message = Ws.Send.Binary(new byte[MessageBytes]);
                for (var sent = 0; sent < 16 * MaxQueuedBytes; sent += MessageBytes)
                {
                    happened.Connection.Tell(message);
                }

                break;
            case Ws.Closed closed:
                _closed.Enqueue(closed);
                break;
        }
    }

    // The first that did not fit is refused before the grace starts, the second after that.
    private Task UntilTheQueueIsOverrun() => Eventually.Holds(
        () => Volatile.Read(ref _refused) >= 2,
        () => $"{_queued} bytes are queued, and {_refused} messages were refused.");

    private static async Task<(int Messages, int Code)> ReadToClose(RawClient client)
    {
        for (var count = 0; ; count++)
        {
            var frame = await client.ReadFrame();
            if (frame.Opcode == Opcode.Close)
            {
                return (count, frame.CloseCode);
            }

            Assert.Equal((Opcode.Binary, MessageBytes), (frame.Opcode, frame.Payload.Length));
        }
    }

    private async Task ExpectClosed(LoopbackServer server, bool wasClean)
    {
        await server.WaitUntilEmpty();
        await Eventually.Holds(() => !_closed.IsEmpty, () => "Closed was never told.");
        var closed = Assert.Single(_closed);
        Assert.Equal((1013, Ws.Side.Local, wasClean), (closed.Code, closed.By, closed.WasClean));
        Assert.InRange(Volatile.Read(ref _mostQueued), 1, MaxQueuedBytes + MessageBytes);
        Assert.Equal(0, Volatile.Read(ref _queued));
        Assert.Equal(0, server.WebSockets.RentedBuffers);
    }
}
