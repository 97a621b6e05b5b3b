using System.Collections.Concurrent;
using Akka.Actor;
using WsActors.Routing;

namespace WsActors.Tests.Loopback;

/// <summary>A peer that pushes as fast as it can at a connection that is busy.</summary>
[Collection(OneByOne.Name)]
public sealed class BusyActorSpec
{
    private const string Route = "/busy";

    // Above the kernel's buffers of a connection: a server that reads without limit would take all.
    private const long Endless = 96 * 1024 * 1024;

    private readonly ConcurrentQueue<IActorRef> _opened = [];

    private long _received;

    [Fact]
    public async Task At_most_one_read_waits_behind_a_busy_connection()
    {
        await using var server = await LoopbackServer.Start(_ => RouteTable.Empty.Map(Route, _ => Reaction.PropsFor(Count)));
        using var client = await server.Connect(Route);
        await Eventually.Holds(() => !_opened.IsEmpty, () => "Opened was never told.");
        var connection = ((ActorRefWithCell)_opened.Single()).Underlying;

        // Each message of the peer makes the connection's actor wait here, and inspect its mailbox. No other sender and no deadline is
        // active, so that all waiting messages are reads.
        using var free = new SemaphoreSlim(0);
        var most = 0;
        using var tap = new MeterTap("wsactors.io", Route, _ =>
        {
            free.Wait(Eventually.Patience);
            most = Math.Max(most, connection.NumberOfMessages);
        });

        // Stuck for good, then at each of some messages, then slow until the end.
        var frame = Wire.Binary(new byte[1000]);
        var pushed = await client.PushUntilStuck(frame, Endless);
        Assert.InRange(pushed, 64 * 1024, Endless);
        Assert.InRange(connection.NumberOfMessages, 0, 1);
        for (var i = 0; i < 50; i++)
        {
            free.Release();
            pushed += client.PushWhatFits(frame, pushed, TimeSpan.FromMilliseconds(1));
            Assert.InRange(connection.NumberOfMessages, 0, 1);
        }

        free.Release(int.MaxValue / 2);
        await client.Send(frame.AsMemory((int)(pushed % frame.Length)));
        await Eventually.Holds(
            () => Volatile.Read(ref _received) == (pushed / frame.Length) + 1,
            () => $"{_received} of {(pushed / frame.Length) + 1} messages came.");
        Assert.InRange(most, 0, 1);
    }

    private void Count(Ws.IEvent happened)
    {
        switch (happened)
        {
            case Ws.Opened: _opened.Enqueue(happened.Connection); break;
            case Ws.Received: Interlocked.Increment(ref _received); break;
        }
    }
}
