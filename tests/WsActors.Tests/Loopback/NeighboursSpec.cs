using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;
using WsActors.Routing;

namespace WsActors.Tests.Loopback;

/// <summary>A failing connection actor affects no other connection.</summary>
[Collection(OneByOne.Name)]
public sealed class NeighboursSpec
{
    private const int Poison = 666;

    private readonly ConcurrentQueue<Ws.Closed> _closed = [];

    public static TheoryData<string, string> Failures => new()
    {
        { "/neighbours/reading", "receive" },
        { "/neighbours/sending", "transmit" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failing_connection_affects_no_other(string route, string direction)
    {
        await using var server = await LoopbackServer.Start(
            system => RouteTable.Empty.MapShared(route, system.ActorOf(Reaction.PropsFor(EchoAndNote))),
            static options => options with { CloseTimeout = TimeSpan.FromSeconds(1) });
        var neighbours = new List<RawClient>();
        for (var i = 0; i < 10; i++)
        {
            neighbours.Add(await server.Connect(route));
        }

        using var failing = await server.Connect(route);
        await EchoAll(neighbours, "before");

        // A metrics listener of the application throws inside the connection's actor.
        using (new MeterTap("wsactors.io", route, FailAtPoison, direction))
        {
            await failing.Send(Wire.Binary(new byte[Poison]));

            // A message that was complete when its count failed is still sent, before the close frame.
            if (direction == "transmit")
            {
                Assert.Equal(Poison, (await failing.ReadFrame()).Payload.Length);
            }

            Assert.Equal(1011, await failing.ReadClose());
            await failing.ReadEnd();
            await EchoAll(neighbours, "after");
        }

        await Eventually.Holds(() => !_closed.IsEmpty, () => "Closed was never told.");
        var closed = Assert.Single(_closed);
        Assert.Equal((1011, Ws.Side.Local), (closed.Code, closed.By));
        await Eventually.Holds(() => server.Connections == 10, () => $"{server.Connections} connections.");
        Assert.Equal(10, (await server.Health()).Connections);
        await Eventually.Holds(() => server.WebSockets.RentedBuffers == 0, () => $"{server.WebSockets.RentedBuffers} buffers are rented.");
        await Eventually.Holds(() => server.Log.OfType<Error>().Any(), () => "The failure was not logged.");

        neighbours.ForEach(static client => client.Dispose());
        await server.WaitUntilEmpty();
        await Eventually.Holds(() => _closed.Count == 11, () => $"{_closed.Count} of 11 were told Closed.");
    }

    [Fact]
    public async Task A_failing_connection_closes_its_socket_to_a_peer_that_never_reads()
    {
        const string Route = "/neighbours/stalled";
        await using var server = await LoopbackServer.Start(
            system => RouteTable.Empty.MapShared(Route, system.ActorOf(ObedientHandler.PropsFor(new Tally()))),
            static options => options with { Progress = options.Progress with { WriteTimeout = TimeSpan.FromSeconds(1) } },
            source: Props.Create<SmallSendBuffers>());
        long queued = 0;
        using var queue = new MeterTap("wsactors.send_queue.size", Route, change => Interlocked.Add(ref queued, change));
        using var tap = new MeterTap("wsactors.io", Route, FailAtPoison, "receive");
        using var client = await server.Connect(Route, receiveBuffer: 4096);
        await client.Send(Wire.Text("much"));
        await Eventually.Holds(() => Volatile.Read(ref queued) > 128 * 1024, () => "Nothing waits to be sent.");
        Assert.Equal(1, server.Sockets);

        await client.Send(Wire.Binary(new byte[Poison]));

        await server.WaitUntilEmpty();
    }

    private static void FailAtPoison(long bytes)
    {
        if (bytes == Poison)
        {
            throw new InvalidOperationException("poison");
        }
    }

    private void EchoAndNote(Ws.IEvent happened)
    {
        Reaction.EchoBack(happened);
        if (happened is Ws.Closed closed)
        {
            _closed.Enqueue(closed);
        }
    }

    private static async Task EchoAll(List<RawClient> clients, string text)
    {
        foreach (var client in clients)
        {
            await client.Send(Wire.Text(text));
        }

        foreach (var client in clients)
        {
            Assert.Equal(text, (await client.ReadFrame()).Text);
        }
    }
}
