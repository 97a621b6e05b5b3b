using WsActors.Protocol.Frames;
using WsActors.Routing;
using Xunit.Abstractions;

namespace WsActors.Tests.Loopback;

/// <summary>A peer that pings and never reads: its pongs take bounded memory, and it is reset.</summary>
[Collection(OneByOne.Name)]
public sealed class PingFloodSpec : IDisposable
{
    private const string Route = "/ping-flood";

    private readonly ManualTime _time = new();

    private readonly LiveMemory _memory = new();

    private readonly ITestOutputHelper _output;

    private readonly MeterTap _tap;

    private long _queued;

    private long _mostQueued;

    private int _closedWith;

    public PingFloodSpec(ITestOutputHelper output)
    {
        _output = output;
        _tap = new MeterTap("wsactors.send_queue.size", Route, change =>
        {
            var queued = Interlocked.Add(ref _queued, change);
            Volatile.Write(ref _mostQueued, Math.Max(_mostQueued, queued));
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    public async Task R14_A_peer_that_pings_and_never_reads_is_reset(int payloadBytes)
    {
        await using var server = await LoopbackServer.Start(
            system => RouteTable.Empty.MapShared(Route, system.ActorOf(Reaction.PropsFor(NoteClosed))),
            static options => options with { SendQueue = options.SendQueue with { MaxBytes = 8 * 1024 * 1024 } },
            time: _time,
            source: Akka.Actor.Props.Create<SmallSendBuffers>());
        using var client = await server.Connect(Route, receiveBuffer: 4096);
        _memory.Begin();

        var pings = Enumerable.Repeat(Wire.Frame(Opcode.Ping, new byte[payloadBytes]), 1000).SelectMany(static ping => ping).ToArray();
        await client.PushUntilStuck(pings, most: 256 * 1024 * 1024);
        _memory.Measure();
        _output.WriteLine($"Of {payloadBytes} bytes each: {_mostQueued} bytes of pongs were queued, memory grew by {_memory.MostGrowth}.");
        Assert.InRange(Volatile.Read(ref _mostQueued), 1, 1024 * 1024);
        Assert.InRange(_memory.MostGrowth, long.MinValue, 2 * 1024 * 1024);

        await Eventually.Holds(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return Volatile.Read(ref _closedWith) != 0;
            },
            () => "Closed was never told.");
        Assert.Equal(1006, _closedWith);
        await server.WaitUntilEmpty();
        Assert.Equal((0, 0), (Volatile.Read(ref _queued), server.WebSockets.RentedBuffers));
    }

    public void Dispose() => _tap.Dispose();

    private void NoteClosed(Ws.IEvent happened)
    {
        if (happened is Ws.Closed closed)
        {
            Volatile.Write(ref _closedWith, closed.Code);
        }
    }
}
