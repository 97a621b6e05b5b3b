using System.Net.WebSockets;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using WsActors.Routing;

namespace WsActors.AspNetCore.Tests;

/// <summary>Flow control, large messages, and everything else that a connection has, over the app's server.</summary>
public sealed class FlowTests
{
    /// <summary>64 MiB arrive; at no time do more than a few lie with the connection.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_slow_handler_slows_its_client(bool isHttp2)
    {
        const int Count = 256;
        await using var app = await App.StartAsync(static web => web.MapWebSocketActor<Slow>("/slow"), isHttp2);
        using var client = await app.ConnectAsync("/slow");

        var sending = SendAsync(client, Count, new byte[256 * 1024]);
        for (var i = 1; i <= Count; i++)
        {
            var parts = (await client.HearAsync()).Split(' ');
            Assert.Equal(i, int.Parse(parts[0], null));
            Assert.InRange(long.Parse(parts[1], null), 0, 2 * 1024 * 1024);
        }

        await sending;
        await client.CloseAsync();
    }

    /// <summary>It blocks the thread that the server read with, unless that thread reads in a loop (isInline).</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_handler_that_blocks_holds_up_neither_its_sends_nor_its_connection_nor_another(bool isHttp2, bool isInline)
    {
        using var isOver = new ManualResetEventSlim();
        await using var app = await App.StartAsync(
            web =>
            {
                web.MapWebSocketActor("/block", Props.Create<Blocking>(isOver));
                web.MapWebSocketActor<Echo>("/echo");
            },
            isHttp2,
            services => services.Configure<SocketTransportOptions>(sockets => sockets.UnsafePreferInlineScheduling = isInline));
        using var client = await RawClient.OpenAsync(app, "/block");
        using var other = await app.ConnectAsync("/echo");

        await client.SayAsync("go");
        for (var i = 0; i < Blocking.Messages; i++)
        {
            Assert.Equal(Blocking.Size, (await client.ReadAsync())?.Payload.Length);
        }

        const byte Ping = 9;
        const byte Pong = 10;
        await client.SendAsync(Ping, []);
        Assert.Equal(Pong, (await client.ReadAsync())?.Opcode);
        Assert.Equal("hello", await other.AskAsync("hello"));
        isOver.Set();
        Assert.Equal("over", await client.HearAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_does_not_read_is_closed_with_1013(bool isHttp2)
    {
        await using var app = await App.StartAsync(
            static web => web.MapWebSocketActor<Flood>("/flood"), isHttp2, hocon: "ws-actors.send-queue.grace = 100ms");
        using var client = await RawClient.OpenAsync(app, "/flood");

        await client.SayAsync("start");
        Assert.Equal(1013, await client.ReadCloseAsync());
        await client.SendCloseAsync(1013);
        await client.AssertEndAsync();
        await app.EmptyAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_of_4_MiB_goes_both_ways_and_an_idle_connection_holds_no_buffer(bool isHttp2)
    {
        await using var app = await App.StartAsync(
            static web => web.MapWebSocketActor<Echo>("/echo"), isHttp2, hocon: "ws-actors.message.max-size = 8MiB");
        using var client = await app.ConnectAsync("/echo");
        var large = RandomNumberGenerator.GetBytes(4 * 1024 * 1024);

        for (var i = 0; i < 3; i++)
        {
            var sending = client.SendAsync(large, WebSocketMessageType.Binary, endOfMessage: true, App.Limit());
            Assert.Equal(large, await client.ReceiveAsync());
            await sending;
        }

        // The buffer of the last write returns after the client has read it.
        var limit = App.Limit();
        while (app.Actors.WebSockets().RentedBuffers > 0)
        {
            limit.ThrowIfCancellationRequested();
            await app.ListAsync();
        }

        Assert.Equal("hello", await client.AskAsync("hello"));
        await client.CloseAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_are_compressed_when_both_ends_agree(bool isHttp2)
    {
        await using var app = await App.StartAsync(
            static web => web.MapWebSocketActor<Echo>("/echo"), isHttp2, hocon: "ws-actors.compression.mode = dedicated");
        using var client = await app.ConnectAsync(
            "/echo", static options => options.DangerousDeflateOptions = new WebSocketDeflateOptions());

        var text = string.Concat(Enumerable.Range(0, 20_000).Select(static i => $"{i % 100} "));
        Assert.Equal(text, await client.AskAsync(text));
        Assert.True((await app.ListAsync()).Single().IsCompressed);
        await client.CloseAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_inline_handler_answers(bool isHttp2)
    {
        await using var app = await App.StartAsync(
            static web => web.MapWebSocketActor(
                "/echo", Props.Create<Echo>(), new WebSocketRouteOptions { Inline = true }), isHttp2);
        using var client = await app.ConnectAsync("/echo");

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal($"{i}", await client.AskAsync($"{i}"));
        }

        await client.CloseAsync();
    }

    [Fact]
    public async Task A_shared_actor_serves_all_connections()
    {
        await using var app = await App.StartAsync(
            static web => web.MapSharedWebSocketActor<Lobby>("/lobby"),
            akka: static akka => akka.WithActors(static (system, registry) =>
                registry.Register<Lobby>(system.ActorOf<Lobby>("lobby"))));
        using var first = await app.ConnectAsync("/lobby");
        Assert.Equal("1", await first.HearAsync());
        using var second = await app.ConnectAsync("/lobby");
        Assert.Equal("2", await second.HearAsync());

        app.Actors.ActorSelection("/user/lobby").Tell(PoisonPill.Instance);
        Assert.Equal("closed with 1011", await first.HearAsync());
        Assert.Equal("closed with 1011", await second.HearAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_topic_reaches_mapped_routes_and_own_ports_and_operations_see_both(bool isHttp2)
    {
        await using var app = await App.StartAsync(
            static web => web.MapWebSocketActor<Member>("/mapped"),
            isHttp2,
            sockets: static sockets => sockets.Listen("ws://127.0.0.1:0").Map<Member>("/own"));
        using var mapped = await app.ConnectAsync("/mapped");
        Assert.Equal("joined", await mapped.HearAsync());
        var health = await app.Actors.WebSockets().Manager.Ask<Ws.Health>(Ws.GetHealth.Instance, App.Limit());
        using var own = new ClientWebSocket();
        await own.ConnectAsync(new Uri($"ws://{health.Endpoints.Single()}/own"), App.Limit());
        Assert.Equal("joined", await own.HearAsync());

        await mapped.SayAsync("to all");
        Assert.Equal("to all", await mapped.HearAsync());
        Assert.Equal("to all", await own.HearAsync());
        var listed = (await app.ListAsync()).ToDictionary(static one => one.Route, static one => one.Endpoint);
        Assert.Equal("ws://127.0.0.1:0", listed["/own"]);
        Assert.Equal(app.Address.GetLeftPart(UriPartial.Authority), listed["/mapped"]);

        await KickAsync(app, "/mapped");
        Assert.Equal("closed with 4001", await mapped.HearAsync());
        await KickAsync(app, "/own");
        Assert.Equal("closed with 4001", await own.HearAsync());
    }

    [Fact]
    public async Task A_session_outlives_its_connection()
    {
        await using var app = await App.StartAsync(
            static web => web.MapWebSocketActor<Echo>("/echo", new WebSocketRouteOptions { Sessions = true }));
        var inbox = Inbox.Create(app.Actors);
        var connect = new Ws.Connect($"ws://{app.Address.Authority}/echo", inbox.Receiver)
        {
            Configure = static options => options with { Session = options.Session with { Enabled = true } },
        };

        var connected = await app.Actors.WebSockets().ConnectAsync(connect, App.Limit());
        connected.Connection.Tell(Ws.Send.Text("before"), inbox.Receiver);
        Assert.Equal("before", await ReceiveAsync(inbox));
        await KickAsync(app, "/echo", 1012);
        connected.Connection.Tell(Ws.Send.Text("after"), inbox.Receiver);
        Assert.Equal("after", await ReceiveAsync(inbox));
        connected.Connection.Tell(new Ws.Close(1000));
    }

    private static async Task<string> ReceiveAsync(Inbox inbox)
    {
        while (true)
        {
            if (await inbox.ReceiveAsync(TimeSpan.FromSeconds(30)) is var message && message is not Ws.IEvent or Ws.Received)
            {
                return message is Ws.Received received ? received.Text : $"{message}";
            }
        }
    }

    private static async Task KickAsync(App app, string route, int code = 4001)
    {
        var kick = new Ws.Kick(new Ws.ConnectionFilter { Route = route }, new Ws.Close(code, "kicked"));
        Assert.Equal(1, (await app.Actors.WebSockets().Manager.Ask<Ws.Kicked>(kick, App.Limit())).Count);
    }

    private static async Task SendAsync(ClientWebSocket client, int count, byte[] message)
    {
        for (var i = 0; i < count; i++)
        {
            await client.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, App.Limit());
        }
    }

    /// <summary>Answers each message with its number and the bytes that wait, and takes the next after that.</summary>
    public sealed class Slow : WebSocketHandler
    {
        private int _count;

        protected override int Window => 1;

        protected override void OnBinary(ReadOnlyMemory<byte> payload) => RunTask(async () =>
        {
            var stats = await Connection.Ask<Ws.Stats>(Ws.GetStats.Instance);
            Connection.Tell(Ws.Send.Text($"{++_count} {stats.UnhandledBytes}"));
        });
    }

    /// <summary>Sends, and blocks its thread until the test has received all of it.</summary>
    public sealed class Blocking(ManualResetEventSlim isOver) : UntypedActor
    {
        public const int Messages = 3;

        public const int Size = 256 * 1024;

        protected override void OnReceive(object message)
        {
            if (message is Ws.Received)
            {
                for (var i = 0; i < Messages; i++)
                {
                    Sender.Tell(Ws.Send.Binary(new byte[Size]));
                }

                Assert.True(isOver.Wait(TimeSpan.FromMinutes(1)), "The client did not receive what was sent.");
                Sender.Tell(Ws.Send.Text("over"));
            }
        }
    }

    public sealed class Flood : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Ws.Received)
            {
                for (var i = 0; i < 512; i++)
                {
                    Sender.Tell(Ws.Send.Binary(new byte[64 * 1024]));
                }
            }
        }
    }

    public sealed class Lobby : UntypedActor
    {
        private int _count;

        protected override void OnReceive(object message)
        {
            if (message is Ws.Opened)
            {
                Sender.Tell(Ws.Send.Text($"{++_count}"));
            }
        }
    }

    public sealed class Member : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Ws.Opened: Sender.Tell(new Ws.Join("all")); break;
                case Ws.Joined: Sender.Tell(Ws.Send.Text("joined")); break;
                case Ws.Received received:
                    Context.System.WebSockets().Topics.Tell(new Ws.Publish("all", Ws.Send.Text(received.Text)));
                    break;
            }
        }
    }
}
