using System.Collections.Concurrent;
using Akka.Actor;
using WsActors.Routing;
using WsActors.Tests.Loopback;
using WsActors.Transport.Polling;
using Wire = WsActors.Tests.Loopback.Wire;

namespace WsActors.Sockets.Tests;

/// <summary>The handlers that run on the polling threads, and that only time differs.</summary>
[Collection(OneByOne.Name)]
public sealed class InlineSpec
{
    private const int Messages = 2000;

    /// <summary>Whether the calling code runs in a run queue.</summary>
    private static bool IsInline
    {
        get
        {
            using var queue = RunQueue.TryOpen();
            return queue is null;
        }
    }

    [Theory]
    [InlineData(false, null, false)]
    [InlineData(true, null, true)]
    [InlineData(true, "akka.actor.default-dispatcher", false)]
    [InlineData(true, "with-own-mailbox", false)]
    public async Task A_handler_runs_on_the_pool_unless_its_route_is_Inline_and_its_Props_have_no_dispatcher(
        bool routeIsInline, string? dispatcher, bool isInline)
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

        // Sometimes a handler still has work, and continues where it is.
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
    public async Task A_handler_gets_all_messages_in_order_from_any_thread(bool isInline)
    {
        await using var server = await Start(Reaction.Echo, isInline);

        await ExpectEchoesInOrder(server);
    }

    [Fact]
    public async Task An_inline_handler_that_awaits_gets_all_messages_in_order()
    {
        await using var server = await Start(Props.Create<Awaiting>(), isInline: true);

        await ExpectEchoesInOrder(server);
    }

    [Fact]
    public async Task A_failing_inline_handler_is_restarted_and_its_connection_stays_open()
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
    public async Task Inline_handlers_that_tell_themselves_endlessly_delay_no_other_connection()
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

    /// <summary>A few at a time, so that one or many messages arrive at once.</summary>
    private static async Task ExpectEchoesInOrder(LoopbackServer server)
    {
        using var client = await server.Connect();
        var sending = Task.Run(async () =>
        {
            for (int first = 0, count = 1; first < Messages; first += count, count = (count % 50) + 1)
            {
                await client.Send(
                    (byte[])[.. Enumerable.Range(first, Math.Min(count, Messages - first)).SelectMany(static i => Wire.Text($"{i}"))]);
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

    /// <summary>Echoes, and tells itself a message to continue.</summary>
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
