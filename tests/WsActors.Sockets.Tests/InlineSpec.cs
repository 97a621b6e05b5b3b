using System.Collections.Concurrent;
using Akka.Actor;
using WsActors.Dispatch;
using WsActors.Routing;
using WsActors.Tests.Loopback;
using Wire = WsActors.Tests.Loopback.Wire;

namespace WsActors.Sockets.Tests;

/// <summary>Which handlers run on the threads that read sockets, and that it makes no difference to anybody but the clock.</summary>
[Collection(OneByOne.Name)]
public sealed class InlineSpec
{
    private const int Messages = 2000;

    /// <summary>Whether the code that asks runs in a turn.</summary>
    private static bool IsInline
    {
        get
        {
            using var turn = RunQueue.TryOpen();
            return turn is null;
        }
    }

    [Theory]
    [InlineData(false, null, false)]
    [InlineData(true, null, true)]
    [InlineData(true, "akka.actor.default-dispatcher", false)]
    [InlineData(true, "with-own-mailbox", false)]
    public async Task A_handler_runs_on_the_pool_unless_its_route_says_Inline_and_its_Props_nothing_else(bool routeIsInline, string? dispatcher, bool isInline)
    {
        var seen = new ConcurrentQueue<(bool IsInline, bool IsOfPool)>();
        var handler = Reaction.PropsFor(happened =>
        {
            if (happened is Ws.Received)
            {
                seen.Enqueue((IsInline, Thread.CurrentThread.IsThreadPoolThread));
            }

            Reaction.EchoBack(happened);
        });
        handler = dispatcher switch
        {
            null => handler,
            "with-own-mailbox" => handler.WithMailbox("akka.actor.default-mailbox"),
            _ => handler.WithDispatcher(dispatcher),
        };
        await using var server = await Start(handler, routeIsInline);
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_handler_is_told_all_in_order_however_it_comes(bool isInline)
    {
        await using var server = await Start(Reaction.Echo, isInline);

        await ExpectEchoesInOrder(server);
    }

    [Fact]
    public async Task So_is_an_inline_one_that_awaits_something_in_between()
    {
        await using var server = await Start(Props.Create<Awaiting>(), isInline: true);

        await ExpectEchoesInOrder(server);
    }

    [Fact]
    public async Task An_inline_handler_that_fails_is_restarted_and_its_connection_lives_on()
    {
        var resumed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await Start(
            Reaction.PropsFor(happened =>
            {
                switch (happened)
                {
                    case Ws.Opened { IsRestart: true }: resumed.SetResult(); break;
                    case Ws.Received { Text: "fail" }: throw new InvalidOperationException("as ordered");
                    default: Reaction.EchoBack(happened); break;
                }
            }),
            isInline: true);
        using var client = await server.Connect();

        await client.Send((byte[])[.. Wire.Text("before"), .. Wire.Text("fail"), .. Wire.Text("after")]);

        Assert.Equal("before", (await client.ReadFrame()).Text);
        Assert.Equal("after", (await client.ReadFrame()).Text);
        await resumed.Task.WaitAsync(Eventually.Patience);
    }

    /// <summary>More of them than threads that read sockets.</summary>
    [Fact]
    public async Task Inline_handlers_that_tell_themselves_for_ever_hold_up_no_other_connection()
    {
        await using var server = await Start(Props.Create<Restless>(), isInline: true);
        var clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => server.Connect()));
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

    private static Task<LoopbackServer> Start(Props handler, bool isInline) =>
        LoopbackServer.Start(_ => RouteTable.Empty.Map("/", _ => handler, new WebSocketRouteOptions { Inline = isInline }));

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
