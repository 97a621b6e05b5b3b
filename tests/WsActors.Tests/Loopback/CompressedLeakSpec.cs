using Akka.Actor;
using WsActors.Protocol.Frames;
using WsActors.Routing;

namespace WsActors.Tests.Loopback;

/// <summary>Every end within a compressed message returns its compressor, its decompressor and its buffers.</summary>
[Collection(OneByOne.Name)]
public sealed class CompressedLeakSpec
{
    private const string Offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n";

    private static readonly byte[] Message = [.. Enumerable.Range(0, 1500).Select(static i => (byte)(i * i / 7))];

    /// <summary>The position in the message at the end: within a frame, or between two.</summary>
    private static readonly byte[][] Halves = [Wire.Compressed(Message)[0][..^10], Wire.Compressed(Message, Message)[0]];

    private delegate Task End(LoopbackServer server, RawClient client);

    private static readonly Dictionary<string, End> Ends = new()
    {
        ["reset"] = Now((_, client) => client.Reset()),
        ["FIN"] = Now((_, client) => client.Dispose()),
        ["half-close"] = async (_, client) =>
        {
            client.HalfClose();
            await client.ReadEnd();
        },
        ["silence"] = Now((_, _) => { }),
        ["our close"] = Now((server, _) => Connection(server).Tell(new Ws.Close(4000))),
        ["failure of ours"] = Now((server, _) => Connection(server).Tell(Kill.Instance)),
        ["failure of the handler"] = Now((server, _) => Connection(server).Children.Single().Tell(Kill.Instance)),
    };

    /// <summary>These are frames, so they are between two.</summary>
    private static readonly Dictionary<string, (byte[] Sent, int Code)> LastWords = new()
    {
        ["close"] = (Wire.Close(1000), 1000),
        ["a frame without a mask"] = ([0x80, 0x00], 1002),
        ["a message within the message"] = (Wire.Text("new"), 1002),
        ["no DEFLATE data"] = (Wire.Frame(Opcode.Continuation, [.. Enumerable.Repeat((byte)0xFF, 300)]), 1007),
        ["too large a frame"] = (Wire.Frame(Opcode.Continuation, new byte[2 * 1024 * 1024]), 1009),
        ["a bomb"] = (Wire.Compressed(Message, new byte[4 * 1024 * 1024])[1], 1009),
    };

    public static TheoryData<MessageCompression> Modes => [MessageCompression.Shared, MessageCompression.Dedicated];

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task R13_Every_end_within_a_compressed_message_returns_its_decompressor(MessageCompression mode)
    {
        var time = new ManualTime();
        using var pool = new PoolTap();
        await using var server = await LoopbackServer.Start(
            _ => RouteTable.Empty.Map("/", _ => Reaction.Echo),
            options => options with
            {
                Compression = options.Compression with { Mode = mode, ThresholdBytes = 0 },
                Handler = options.Handler with { MaxRestarts = 0 },
            },
            time: time);
        foreach (var half in Halves)
        {
            foreach (var (name, end) in Ends)
            {
                await VisitAsync(name, half, end);
            }
        }

        foreach (var (name, (sent, code)) in LastWords)
        {
            await VisitAsync(name, Halves[1], async (_, client) =>
            {
                var sending = client.Send(sent);
                Assert.Equal(code, await client.ReadClose());
                await sending;
            });
        }

        async Task VisitAsync(string name, byte[] half, End end)
        {
            // A whole message in both directions: with a context that is kept, both directions have one now.
            using var client = await RawClient.Connect(server.EndPoint, headers: Offer);
            await client.Send(Wire.Compressed(Message)[0]);
            Assert.Equal(Opcode.Binary, (await client.ReadFrame()).Opcode);
            await client.Send(half);
            await Eventually.Holds(
                () => pool.Lent == (mode == MessageCompression.Shared ? 1 : 2), () => $"{name}: {pool.Lent} are at work.");

            await end(server, client);
            await Eventually.Holds(
                () =>
                {
                    time.Advance(TimeSpan.FromSeconds(1));
                    return server.Connections == 0;
                },
                () => $"{name}: the connection lives on.");
            Assert.True(pool.Lent == 0, $"{name}: {pool.Lent} did not come back.");
            Assert.True(server.WebSockets.RentedBuffers == 0, $"{name}: {server.WebSockets.RentedBuffers} buffers are rented.");
        }
    }

    [Fact]
    public async Task R7_No_decompressor_is_created_before_the_guard_has_accepted()
    {
        var asked = new TaskCompletionSource();
        var decision = new TaskCompletionSource<GuardDecision>();
        Task<GuardDecision> Guard(UpgradeRequest request, CancellationToken cancellation)
        {
            asked.SetResult();
            return decision.Task;
        }

        using var pool = new PoolTap();
        await using var server = await LoopbackServer.Start(
            _ => RouteTable.Empty.Map("/", _ => Reaction.Echo, new WebSocketRouteOptions { Guard = Guard }),
            static options => options with { Compression = options.Compression with { Mode = MessageCompression.Shared } });
        using var client = await RawClient.Dial(server.EndPoint);
        await client.Send((byte[])[.. Wire.Request("/", Offer), .. Halves[0]]);
        await asked.Task.WaitAsync(Eventually.Patience);
        Assert.Equal(0, pool.Lent);

        decision.SetResult(GuardDecision.Accept());
        await client.ReadUpgrade();
        await Eventually.Holds(() => pool.Lent == 1, () => $"{pool.Lent} are at work.");
    }

    private static End Now(Action<LoopbackServer, RawClient> end) => (server, client) =>
    {
        end(server, client);
        return Task.CompletedTask;
    };

    private static ActorRefWithCell Connection(LoopbackServer server) =>
        (ActorRefWithCell)((ActorRefWithCell)server.WebSockets.Manager).Children.Single();
}
