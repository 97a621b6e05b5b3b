using Akka.Actor;
using Akka.Event;
using WsActors.Routing;

namespace WsActors.Tests.Loopback;

/// <summary>Connections that end in every possible way leak nothing.</summary>
[Collection(OneByOne.Name)]
public sealed class NoLeakSpec
{
    private const int Connections = 2000;

    private const int Batch = 100;

    private static readonly byte[] HalfAFrame = Wire.Text("this is a frame of which only a part is sent")[..20];

    private static readonly byte[] HalfARequest = Wire.Request("/own")[..60];

    private static readonly byte[] Unmasked = [0x81, 0x02, .. "hi"u8];

    /// <summary>
    /// One connection of a client. A silent one is returned: it stays open until the server has closed it.
    /// </summary>
    private delegate Task<RawClient?> Visit(LoopbackServer server, string path);

    private static readonly Visit[] Visits =
    [
        // Orderly.
        Open(async client =>
        {
            await client.Send(Wire.Close(1000));
            Assert.Equal(1000, await client.ReadClose());
            await client.ReadEnd();
        }),
        Open(async client =>
        {
            await client.Send(Wire.Text("close"));
            Assert.Equal(4000, await client.ReadClose());
            await client.Send(Wire.Close(4000));
            await client.ReadEnd();
        }),
        Open(async client =>
        {
            await client.Send(Unmasked);
            Assert.Equal(1002, await client.ReadClose());
            await client.ReadEnd();
        }),
        Ask(Wire.Request("/nowhere"), "HTTP/1.1 404 "),
        Ask("utter nonsense\r\n\r\n"u8.ToArray(), "HTTP/1.1 400 "),

        // Silent disconnects: at once, in a frame, in the request, after it, before an answer.
        Open(static client => client.Reset()),
        Open(static client => client.Dispose()),
        Open(HalfAFrame, static client => client.Reset()),
        Open(HalfAFrame, static client => client.Dispose()),
        Open(Wire.Text("echo"), static client => client.Reset()),
        Open(Wire.Text("close"), static client => client.Reset()),
        Open(Wire.Close(1000), static client => client.Reset()),
        Open(Unmasked, static client => client.Reset()),
        Open(Wire.Text("much"), static client => client.Reset()),
        Open(Wire.Text("too much"), static client => client.Dispose()),
        Dial([], static client => client.Reset()),
        Dial([], static client => client.Dispose()),
        Dial(HalfARequest, static client => client.Reset()),
        Dial(HalfARequest, static client => client.Dispose()),
        Dial(Wire.Request("/own"), static client => client.Reset()),
        Dial(Wire.Request("/guarded"), static client => client.Reset()),

        // A FIN, and all bytes are read.
        Open(static client => client.HalfClose(), static client => client.ReadEnd()),
        Open(HalfAFrame, static client => client.HalfClose(), static client => client.ReadEnd()),
        Dial(HalfARequest, static client => client.HalfClose(), ReadEndOfPartOfRequest),

        // Silence: nothing tells the server but its clock.
        Silent(),
        Silent(HalfAFrame),
        Silent(Wire.Text("close")),
        Silent(Wire.Text("much")),
        Silent(Wire.Text("too much")),
        Silent(Unmasked),
        Silent(HalfAFrame, static client => client.HalfClose()),
        SilentInTheHandshake([]),
        SilentInTheHandshake(HalfARequest),
        SilentInTheHandshake(Wire.Request("/guarded")),
        SilentInTheHandshake(Wire.Request("/nowhere")),

        // A child handler that stops before the connection.
        HandlerEnds("stop", 1000),
        HandlerEnds("fail", 1011),
    ];

    private readonly Tally _tally = new();

    [Fact]
    public async Task R13_Two_thousand_connections_that_end_in_every_way_leak_nothing()
    {
        var time = new ManualTime();
        await using var server = await LoopbackServer.Start(
            Routes,
            static options => options with
            {
                Handler = options.Handler with { MaxRestarts = 0 },

                // Ends those that fell silent after the handshake.
                KeepAlive = options.KeepAlive with { PingInterval = TimeSpan.FromSeconds(25) },
            },
            time: time,
            source: Props.Create<SmallSendBuffers>());
        var mostBuffers = 0;
        for (var first = 0; first < Connections; first += Batch)
        {
            var silent = await Task.WhenAll(Enumerable.Range(first, Batch).Select(i => Task.Run(() =>
                Visits[i % Visits.Length](server, i / Visits.Length % 2 == 0 ? "/own" : "/shared"))));
            mostBuffers = Math.Max(mostBuffers, server.WebSockets.RentedBuffers);
            await Eventually.Holds(
                () =>
                {
                    time.Advance(TimeSpan.FromSeconds(1));
                    return server.Connections == 0;
                },
                () => $"{server.Connections} connections live on.");
            foreach (var client in silent)
            {
                client?.Dispose();
            }
        }

        await server.WaitUntilEmpty();
        await Eventually.Holds(() => _tally.Open == 0, () => $"{_tally.Open} connections were not told Closed.");
        await Eventually.Holds(() => _tally.Handlers == 1, () => $"{_tally.Handlers} handlers live, the shared one among them.");
        Assert.Equal(0, (await server.Health()).Connections);
        Assert.Equal(0, server.WebSockets.RentedBuffers);
        Assert.True(_tally.IsBalanced, _tally.ToString());

        // Beside guards that do not answer in time, as ordered too.
        Assert.All(
            server.Log.OfType<Error>().Where(static error => !error.ToString().Contains("guard.timeout", StringComparison.Ordinal)),
            static error => Assert.Equal("as ordered", error.Cause?.Message));

        // All kinds of end occurred.
        Assert.InRange(_tally.Opened, Connections / 2, Connections);
        Assert.Superset(new HashSet<int> { 1000, 1002, 1006, 1013, 4000 }, _tally.Codes.ToHashSet());
        Assert.True(mostBuffers > 0, "Nothing ever waited to be sent.");
    }

    private RouteTable Routes(ActorSystem system) => RouteTable.Empty
        .Map("/own", _ => ObedientHandler.PropsFor(_tally))
        .MapShared("/shared", system.ActorOf(ObedientHandler.PropsFor(_tally)))
        .Map("/guarded", _ => ObedientHandler.PropsFor(_tally), new WebSocketRouteOptions { Guard = NeverAnswer });

    private static async Task<GuardDecision> NeverAnswer(UpgradeRequest request, CancellationToken cancellation)
    {
        await Task.Delay(Timeout.Infinite, cancellation);
        return GuardDecision.Accept();
    }

    private static Task ReadEndOfPartOfRequest(RawClient client) =>
        LoopbackServer.AnswersPartOfRequest ? client.ReadToAnyEnd() : client.ReadEnd();

    private static Visit Open(Func<RawClient, Task> then) => async (server, path) =>
    {
        using var client = await server.Connect(path);
        await then(client);
        return null;
    };

    private static Visit Open(Action<RawClient> leave) => Open([], leave);

    private static Visit Open(Action<RawClient> halfLeave, Func<RawClient, Task> then) => Open([], halfLeave, then);

    private static Visit Open(byte[] said, Action<RawClient> leave, Func<RawClient, Task>? then = null) => async (server, path) =>
    {
        using var client = await server.Connect(path, receiveBuffer: 4096);
        await client.Send(said);
        leave(client);
        await (then?.Invoke(client) ?? Task.CompletedTask);
        return null;
    };

    private static Visit Dial(byte[] said, Action<RawClient> leave, Func<RawClient, Task>? then = null) => async (server, _) =>
    {
        using var client = await RawClient.Dial(server.EndPoint);
        await client.Send(said);
        leave(client);
        await (then?.Invoke(client) ?? Task.CompletedTask);
        return null;
    };

    private static Visit Ask(byte[] request, string status) => async (server, _) =>
    {
        using var client = await RawClient.Dial(server.EndPoint);
        await client.Send(request);
        Assert.StartsWith(status, await client.ReadHead());
        return null;
    };

    private static Visit Silent(byte[]? said = null, Action<RawClient>? then = null) => async (server, path) =>
    {
        var client = await server.Connect(path, receiveBuffer: 4096);
        await client.Send(said ?? []);
        then?.Invoke(client);
        return client;
    };

    private static Visit SilentInTheHandshake(byte[] said) => async (server, _) =>
    {
        var client = await RawClient.Dial(server.EndPoint);
        await client.Send(said);
        return client;
    };

    private static Visit HandlerEnds(string order, int code) => async (server, _) =>
    {
        using var client = await server.Connect("/own");
        await client.Send(Wire.Text(order));
        Assert.Equal(code, await client.ReadClose());
        await client.Send(Wire.Close(code));
        await client.ReadEnd();
        return null;
    };
}
