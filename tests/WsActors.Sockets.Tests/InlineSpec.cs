using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Dispatch;
using WsActors.Dispatch;
using WsActors.Protocol.Frames;
using WsActors.Routing;
using WsActors.Tests.Loopback;
using WsActors.Transport.Sockets;
using Wire = WsActors.Tests.Loopback.Wire;

namespace WsActors.Sockets.Tests;

/// <summary>Who runs in the turn of a socket, and that it makes no difference to anybody but the clock.</summary>
[Collection(OneByOne.Name)]
public sealed class InlineSpec
{
    private const int Messages = 2000;

    /// <summary>Whether the code that asks runs in a turn.</summary>
    private static bool IsInline
    {
        get
        {
            using var turn = Turn.Begin();
            return turn is null;
        }
    }

    [Theory]
    [InlineData("off", null, false)]
    [InlineData("connections", null, false)]
    [InlineData("connections", InlineDispatcher.Name, true)]
    [InlineData("handlers", null, true)]
    [InlineData("handlers", "akka.actor.default-dispatcher", false)]
    public async Task A_handler_runs_where_its_Props_say_or_else_the_setting(string inline, string? dispatcher, bool isInline)
    {
        // Where the pool reads, nobody relieves a thread of it.
        isInline &= dispatcher is not null || ByteSourceUnderTest.HasPollers;
        var seen = new ConcurrentQueue<(bool IsInline, bool IsOfPool)>();
        var handler = Reaction.PropsFor(happened =>
        {
            if (happened is Ws.Received)
            {
                seen.Enqueue((IsInline, Thread.CurrentThread.IsThreadPoolThread));
            }

            Reaction.EchoBack(happened);
        });
        await using var server = await Start(inline, dispatcher is null ? handler : handler.WithDispatcher(dispatcher));
        using var client = await server.Connect();

        // Now and then a handler has still something else to do, and goes on with it where it is.
        for (var i = 0; i < 20 || (isInline && !seen.Any(static one => one.IsInline) && i < 1000); i++)
        {
            await client.Send(Wire.Text($"{i}"));
            Assert.Equal($"{i}", (await client.ReadFrame()).Text);
        }

        Assert.Equal(isInline, seen.Any(static one => one.IsInline));
        Assert.All(seen, static one => Assert.NotEqual(one.IsInline && ByteSourceUnderTest.HasPollers, one.IsOfPool));
    }

    [Fact]
    public async Task A_handler_in_the_turn_is_told_all_in_order_however_it_comes()
    {
        await using var server = await Start("handlers", Reaction.Echo);

        await ExpectEchoesInOrder(server);
    }

    [Fact]
    public async Task So_is_one_that_awaits_something_in_between()
    {
        await using var server = await Start("handlers", Props.Create<Awaiting>());

        await ExpectEchoesInOrder(server);
    }

    [Fact]
    public async Task A_handler_that_fails_in_the_turn_is_restarted_and_its_connection_lives_on()
    {
        var resumed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await Start("handlers", Reaction.PropsFor(happened =>
        {
            switch (happened)
            {
                case Ws.Opened { Resumed: true }: resumed.SetResult(); break;
                case Ws.Received { Text: "fail" }: throw new InvalidOperationException("as ordered");
                default: Reaction.EchoBack(happened); break;
            }
        }));
        using var client = await server.Connect();

        await client.Send((byte[])[.. Wire.Text("before"), .. Wire.Text("fail"), .. Wire.Text("after")]);

        Assert.Equal("before", (await client.ReadFrame()).Text);
        Assert.Equal("after", (await client.ReadFrame()).Text);
        await resumed.Task.WaitAsync(Eventually.Patience);
    }

    /// <summary>More of them than threads that wait for sockets, and than may be held up at a time.</summary>
    [Fact]
    public async Task However_many_wait_for_something_each_goes_on_when_it_came()
    {
        if (!ByteSourceUnderTest.HasPollers)
        {
            return;
        }

        using var gate = new ManualResetEventSlim();
        var waiting = 0;
        await using var server = await Start("handlers", Waiting(gate, () => Interlocked.Increment(ref waiting)));
        var clients = await Task.WhenAll(Enumerable.Range(0, 80).Select(_ => server.Connect()));
        foreach (var client in clients)
        {
            await client.Send(Wire.Text("wait"));
        }

        await Eventually.Holds(() => Volatile.Read(ref waiting) > Relief.MostHeldUp, () => $"{Volatile.Read(ref waiting)} threads wait.");
        gate.Set();
        foreach (var client in clients)
        {
            Assert.Equal("waits", (await client.ReadFrame()).Text);
            Assert.Equal("has waited", (await client.ReadFrame()).Text);
            client.Dispose();
        }

        await server.WaitUntilEmpty();
        await Eventually.Holds(
            static () => Proc.Pollers(Environment.ProcessId) == Environment.ProcessorCount,
            static () => $"{Proc.Pollers(Environment.ProcessId)} threads wait for sockets.");
    }

    [Fact]
    public async Task One_that_waits_holds_up_neither_another_nor_what_it_said_itself()
    {
        if (!ByteSourceUnderTest.HasPollers)
        {
            return;
        }

        using var gate = new ManualResetEventSlim();
        await using var server = await Start("handlers", Waiting(gate));
        var waiting = await Task.WhenAll(Enumerable.Range(0, 4 * Environment.ProcessorCount).Select(_ => server.Connect()));
        foreach (var client in waiting)
        {
            await client.Send(Wire.Text("wait"));
            Assert.Equal("waits", (await client.ReadFrame()).Text);
        }

        // Each of them is held up now. Their connections are not.
        foreach (var client in waiting)
        {
            await client.Send(Wire.Frame(Opcode.Ping, "there?"u8.ToArray()));
            Assert.Equal("there?", (await client.ReadFrame()).Text);
        }

        using (var another = await server.Connect())
        {
            await another.Send(Wire.Text("hi"));
            Assert.Equal("hi", (await another.ReadFrame()).Text);
        }

        gate.Set();
        foreach (var client in waiting)
        {
            Assert.Equal("has waited", (await client.ReadFrame()).Text);
            client.Dispose();
        }

        await server.WaitUntilEmpty();
    }

    [Fact]
    public async Task One_that_takes_long_each_time_runs_elsewhere_soon()
    {
        if (!ByteSourceUnderTest.HasPollers)
        {
            return;
        }

        var seen = new ConcurrentQueue<bool>();
        await using var server = await Start("handlers", Reaction.PropsFor(happened =>
        {
            if (happened is Ws.Received)
            {
                seen.Enqueue(IsInline);
                Thread.Sleep(2);
            }

            Reaction.EchoBack(happened);
        }));
        using var client = await server.Connect();

        for (var i = 0; i < 1000 && !HasLeft(); i++)
        {
            await client.Send(Wire.Text($"{i}"));
            Assert.Equal($"{i}", (await client.ReadFrame()).Text);
        }

        Assert.True(HasLeft(), "It never left the thread that waits for sockets.");

        bool HasLeft() => seen.SkipWhile(static isInline => !isInline).Contains(false);
    }

    [Fact]
    public async Task One_that_tells_itself_for_ever_holds_up_no_other_connection()
    {
        await using var server = await Start("handlers", Props.Create<Restless>());
        var clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => server.Connect()));

        // More of them than threads that wait for sockets.
        foreach (var client in clients)
        {
            await client.Send(Wire.Text("go"));
        }

        foreach (var client in clients)
        {
            await client.Send(Wire.Text("are you there?"));
            Assert.Equal("are you there?", (await client.ReadFrame()).Text);
            client.Dispose();
        }
    }

    /// <summary>Told to wait it says so, and then waits until it may go on. All else it echoes.</summary>
    private static Props Waiting(ManualResetEventSlim gate, Action? before = null) => Reaction.PropsFor(happened =>
    {
        if (happened is Ws.Received { Text: "wait" } message)
        {
            before?.Invoke();
            message.Connection.Tell(Ws.Send.Text("waits"), ActorRefs.NoSender);
            Assert.True(gate.Wait(Eventually.Patience), "Nobody opened the gate.");
            message.Connection.Tell(Ws.Send.Text("has waited"), ActorRefs.NoSender);
        }
        else
        {
            Reaction.EchoBack(happened);
        }
    });

    private static Task<LoopbackServer> Start(string inline, Props handler) =>
        LoopbackServer.Start(_ => RouteTable.Empty.Map("/", _ => handler), config: $"ws-actors.sockets.inline = {inline}");

    /// <summary>Some at a time, so that what comes is now one message, now many.</summary>
    private static async Task ExpectEchoesInOrder(LoopbackServer server)
    {
        using var client = await server.Connect();
        var sending = Task.Run(async () =>
        {
            for (int first = 0, count = 1; first < Messages; first += count, count = (count % 50) + 1)
            {
                await client.Send((byte[])[.. Enumerable.Range(first, Math.Min(count, Messages - first)).SelectMany(static i => Wire.Text($"{i}"))]);
            }
        });
        for (var i = 0; i < Messages; i++)
        {
            Assert.Equal($"{i}", (await client.ReadFrame()).Text);
        }

        await sending;
    }

    private sealed class Awaiting : ReceiveActor
    {
        public Awaiting() => ReceiveAsync<Ws.Received>(static async message =>
        {
            await Task.Yield();
            Reaction.EchoBack(message);
        });
    }

    /// <summary>Echoes, and tells itself to go on, and goes on.</summary>
    private sealed class Restless : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Ws.Received { Text: "go" } or "go on": Self.Tell("go on"); break;
                case Ws.IEvent happened: Reaction.EchoBack(happened); break;
            }
        }
    }
}
