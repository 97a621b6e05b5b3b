using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Dispatch;
using WsActors.Dispatch;
using WsActors.Routing;
using WsActors.Tests.Loopback;
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
