using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using WsActors.Protocol.Frames;
using WsActors.Routing;
using WsActors.Tests.Loopback;
using WsActors.Transport.Polling;
using Wire = WsActors.Tests.Loopback.Wire;

namespace WsActors.Sockets.Tests;

/// <summary>Blocking handlers delay no connection, unless their route is Inline; then a log line says so.</summary>
[Collection(OneByOne.Name)]
public sealed class BlockingHandlerSpec
{
    private const string BoundedMailbox = """
        bounded { mailbox-type = "Akka.Dispatch.BoundedMailbox, Akka", mailbox-capacity = 1, mailbox-push-timeout-time = 10m }
        """;

    /// <summary>
    /// Each handler sleeps for one message a round, in turn. All sleeps need more threads than the pool starts without delay, as 400 of 8
    /// ms each 1.1 s need three where two processors give two.
    /// </summary>
    [Fact]
    public async Task An_echo_beside_sleeping_handlers_does_not_wait_for_a_thread_of_the_pool()
    {
        const int Sleepers = 400;
        const double Overload = 1.4;
        var round = TimeSpan.FromMilliseconds(1100);
        ThreadPool.GetMinThreads(out var threads, out _);
        var sleep = round * (Overload * threads / Sleepers);
        await using var server = await LoopbackServer.Start(_ => RouteTable.Empty
            .Map("/echo", static _ => Reaction.Echo)
            .Map("/sleep", _ => Reaction.PropsFor(happened =>
            {
                if (happened is Ws.Received)
                {
                    Thread.Sleep(sleep);
                }
            })));
        using var echo = await server.Connect("/echo");
        var sleepers = new List<RawClient>();
        for (var i = 0; i < Sleepers; i++)
        {
            sleepers.Add(await server.Connect("/sleep"));
        }

        using var over = new CancellationTokenSource();
        var sending = Task.Run(async () =>
        {
            for (var (clock, sent) = (Stopwatch.StartNew(), 0); !over.IsCancellationRequested; sent++)
            {
                await sleepers[sent % Sleepers].Send(Wire.Text("sleep"));
                var early = (round * ((double)sent / Sleepers)) - clock.Elapsed;
                await Task.Delay(early > TimeSpan.Zero ? early : TimeSpan.Zero);
            }
        });

        // By then, without more threads, an echo waits for over a second.
        await Task.Delay(4 * round);
        var took = new List<TimeSpan>();
        for (var measuring = Stopwatch.StartNew(); took.Count < 5 || measuring.Elapsed < 3 * round;)
        {
            var one = Stopwatch.StartNew();
            await echo.Send(Wire.Text("hi"));
            Assert.Equal("hi", (await echo.ReadFrame()).Text);
            took.Add(one.Elapsed);
            await Task.Delay(10);
        }

        await over.CancelAsync();
        await sending;
        sleepers.ForEach(static client => client.Dispose());
        took.Sort();
        var median = took[took.Count / 2];
        Assert.True(median < TimeSpan.FromMilliseconds(50), $"An echo took {median.TotalMilliseconds:F0} ms.");
    }

    /// <summary>More of them than threads that read sockets.</summary>
    [Fact]
    public async Task Connections_answer_pings_while_all_handlers_block()
    {
        using var gate = new ManualResetEventSlim();
        var waiting = 0;
        await using var server = await LoopbackServer.Start(Reaction.PropsFor(happened =>
        {
            if (happened is Ws.Received)
            {
                Interlocked.Increment(ref waiting);
                Assert.True(gate.Wait(Eventually.Patience), "Nobody opened the gate.");
            }

            Reaction.EchoBack(happened);
        }));
        var clients = await Task.WhenAll(Enumerable.Range(0, 4 * Environment.ProcessorCount).Select(_ => server.Connect()));
        foreach (var client in clients)
        {
            await client.Send(Wire.Text("wait"));
        }

        await Eventually.Holds(
            () => Volatile.Read(ref waiting) > Environment.ProcessorCount, () => $"{Volatile.Read(ref waiting)} handlers wait.");
        foreach (var client in clients)
        {
            await client.Send(Wire.Frame(Opcode.Ping, "there?"u8.ToArray()));
            Assert.Equal("there?", (await client.ReadFrame()).Text);
        }

        gate.Set();
        foreach (var client in clients)
        {
            Assert.Equal("wait", (await client.ReadFrame()).Text);
            client.Dispose();
        }

        await server.WaitUntilEmpty();
        Assert.Empty(server.Log);
    }

    /// <summary>With such a mailbox a Tell waits for room, in the connection: here that of frames received after the request.</summary>
    [Theory]
    [InlineData("/made")]
    [InlineData("/fixed")]
    [InlineData("/shared")]
    public async Task A_handler_with_a_blocking_mailbox_delays_no_other_connection(string path)
    {
        using var gate = new ManualResetEventSlim();
        var held = 0;
        var bounded = Reaction.PropsFor(happened =>
        {
            if (happened is Ws.Received)
            {
                Interlocked.Increment(ref held);
                Assert.True(gate.Wait(Eventually.Patience), "Nobody opened the gate.");
            }
        }).WithMailbox("bounded");
        await using var server = await LoopbackServer.Start(
            system => RouteTable.Empty
                .Map("/", Reaction.Echo)
                .Map("/made", _ => bounded)
                .Map("/fixed", bounded)
                .MapShared("/shared", system.ActorOf(bounded)),
            config: BoundedMailbox);
        var others = await Task.WhenAll(Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => server.Connect()));
        var waiting = new List<RawClient>();
        for (var i = 0; i < 2 * Environment.ProcessorCount; i++)
        {
            var client = await RawClient.Dial(server.LocalEndPoint);
            await client.Send((byte[])[.. Wire.Request(path), .. Enumerable.Range(0, 5).SelectMany(static _ => Wire.Text("wait"))]);
            waiting.Add(client);
        }

        await Eventually.Holds(() => held == (path == "/shared" ? 1 : waiting.Count), () => $"{held} handlers wait.");
        foreach (var other in others)
        {
            await EchoOn(other);
        }

        gate.Set();
        waiting.ForEach(static client => client.Dispose());
    }

    /// <summary>The same for a connection that was dialed; here the sockets of both ends are on the same pollers.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clients_handler_with_a_blocking_mailbox_delays_no_other_connection(bool isShared)
    {
        using var gate = new ManualResetEventSlim();
        var held = 0;
        await using var server = await LoopbackServer.Start(
            static _ => RouteTable.Empty
                .Map("/", Reaction.Echo)
                .Map("/burst", static _ => Reaction.PropsFor(static happened =>
                {
                    for (var i = 0; happened is Ws.Opened && i < 5; i++)
                    {
                        happened.Connection.Tell(Ws.Send.Text("wait"), ActorRefs.NoSender);
                    }
                })),
            config: BoundedMailbox);
        var others = await Task.WhenAll(Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => server.Connect()));
        var bounded = Reaction.PropsFor(happened =>
        {
            if (happened is Ws.Received)
            {
                Interlocked.Increment(ref held);
                Assert.True(gate.Wait(Eventually.Patience), "Nobody opened the gate.");
            }
        }).WithMailbox("bounded");
        var clients = 2 * Environment.ProcessorCount;
        for (var i = 0; i < clients; i++)
        {
            var uri = $"ws://{server.EndPoint}/burst";
            var connect = isShared ? new Ws.Connect(uri, server.System.ActorOf(bounded)) : new Ws.Connect(uri, bounded);
            server.WebSockets.Clients.Tell(connect, ActorRefs.NoSender);
        }

        await Eventually.Holds(() => Volatile.Read(ref held) == clients, () => $"{Volatile.Read(ref held)} handlers wait.");
        foreach (var other in others)
        {
            await EchoOn(other);
        }

        gate.Set();
    }

    [Fact]
    public async Task An_inline_handler_that_takes_over_5_ms_is_counted_each_time_and_logged_once_a_minute()
    {
        const string Route = "/held-up/slow";
        var counted = 0L;
        using var count = new MeterTap("wsactors.slow_inline_runs", Route, one => Interlocked.Add(ref counted, one));
        var time = new ManualTime();
        await using var server = await Start(
            Route,
            Reaction.PropsFor(static happened =>
            {
                if (happened is Ws.Received)
                {
                    Thread.Sleep(20);
                }

                Reaction.EchoBack(happened);
            }),
            time);
        using var client = await server.Connect(Route);

        // Sometimes a handler is told a message while it still runs, and handles it on the pool.
        while (Interlocked.Read(ref counted) < 3)
        {
            await EchoOn(client);
        }

        await Eventually.Holds(() => server.Log.Count > 0, () => "It is not logged.");
        var line = Assert.IsType<Warning>(Assert.Single(server.Log)).ToString();
        Assert.Matches($"ws://127.0.0.1:0: a handler of {Route} (took|has not returned for) [0-9]+ ms ", line);
        Assert.Contains("leave out WebSocketRouteOptions.Inline where a handler may wait", line, StringComparison.Ordinal);
        Assert.Contains("(0 more ", line, StringComparison.Ordinal);

        time.Advance(TimeSpan.FromMinutes(1));
        while (server.Log.Count < 2)
        {
            await EchoOn(client);
        }

        Assert.Matches(@"\([1-9]\d* more ", server.Log.Last().ToString());
    }

    /// <summary>By then it may never be counted.</summary>
    [Fact]
    public async Task A_blocked_inline_handler_is_logged_and_the_manager_answers()
    {
        if (!ByteSourceUnderTest.HasPollers)
        {
            return;
        }

        const string Route = "/held-up/stuck";
        using var gate = new ManualResetEventSlim();
        var stuck = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var time = new ManualTime();
        await using var server = await Start(Route, Reaction.PropsFor(happened =>
        {
            if (happened is Ws.Received && Thread.CurrentThread.Name == EventPoller.Name)
            {
                stuck.SetResult();
                Assert.True(gate.Wait(Eventually.Patience), "Nobody opened the gate.");
            }

            Reaction.EchoBack(happened);
        }), time);
        using var client = await server.Connect(Route);

        // A message that arrives while the handler still runs is handled on the pool.
        do
        {
            await client.Send(Wire.Text("wait"));
        }
        while (await Task.WhenAny(stuck.Task, client.ReadFrame()) != stuck.Task);

        await Eventually.Holds(IsLogged, () => "It is not logged.");
        Assert.Equal(1, (await server.Health()).Connections);
        gate.Set();

        // On a busy machine the minute may have had a line already.
        bool IsLogged()
        {
            time.Advance(TimeSpan.FromMinutes(1));
            return server.Log.Any(
                static line => line.ToString().Contains($"a handler of {Route} has not returned for ", StringComparison.Ordinal));
        }
    }

    /// <summary>A blocking query of operators: wrong in an event loop, and no reason to lose the node.</summary>
    [Fact]
    public async Task An_inline_handler_that_blocks_on_the_manager_gets_its_answer()
    {
        const string Route = "/held-up/asking";
        LoopbackServer? server = null;
        await using (server = await Start(Route, Reaction.PropsFor(happened =>
        {
            if (happened is Ws.Received message)
            {
                var health = server!.Health().GetAwaiter().GetResult();
                message.Connection.Tell(Ws.Send.Text($"{health.Connections} open"), ActorRefs.NoSender);
            }
        })))
        {
            using var client = await server.Connect(Route);
            await client.Send(Wire.Text("how many?"));
            Assert.Equal("1 open", (await client.ReadFrame()).Text);
        }
    }

    private static async Task EchoOn(RawClient client)
    {
        await client.Send(Wire.Text("hi"));
        Assert.Equal("hi", (await client.ReadFrame()).Text);
    }

    private static Task<LoopbackServer> Start(string route, Props handler, TimeProvider? time = null) =>
        LoopbackServer.Start(_ => RouteTable.Empty.Map(route, _ => handler, new WebSocketRouteOptions { Inline = true }), time: time);
}
