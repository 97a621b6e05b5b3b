using System.Net.WebSockets;

namespace WsActors.Tests.Loopback;

/// <summary>Many clients at once, each with its own conversation.</summary>
[Collection(OneByOne.Name)]
public sealed class LoadSpec
{
    private const int Clients = 50;

    private const int Messages = 200;

    // At their largest they fit the send queue together.
    private const int InFlight = 8;

    [Fact]
    public async Task Fifty_clients_get_all_their_echoes_in_order_and_intact()
    {
        await using var server = await LoopbackServer.Start(Reaction.Echo);
        var seed = Environment.TickCount;

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(i =>
            Task.Run(() => Converse(server, new Random(seed + i), $"seed {seed}, client {i}"))));

        await server.WaitUntilEmpty();
        Assert.Equal(0, server.WebSockets.RentedBuffers);
    }

    [Fact]
    public async Task The_client_of_NET_sends_receives_and_closes()
    {
        await using var server = await LoopbackServer.Start(Reaction.Echo);
        using var client = new ClientWebSocket();
        using var deadline = new CancellationTokenSource(Eventually.Patience);
        await client.ConnectAsync(new Uri($"ws://{server.EndPoint}/"), deadline.Token);
        var random = new Random(1);
        foreach (var message in Enumerable.Range(0, Messages).Select(_ => SomeMessage(random)))
        {
            await client.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, deadline.Token);
            var echo = new byte[message.Length];
            WebSocketReceiveResult read;
            var count = 0;
            do
            {
                read = await client.ReceiveAsync(new ArraySegment<byte>(echo, count, echo.Length - count), deadline.Token);
                count += read.Count;
            }
            while (!read.EndOfMessage);

            Assert.Equal(message, echo);
        }

        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", deadline.Token);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
        await server.WaitUntilEmpty();
    }

    private static async Task Converse(LoopbackServer server, Random random, string who)
    {
        using var client = await server.Connect();
        foreach (var some in Enumerable.Range(0, Messages).Select(_ => SomeMessage(random)).Chunk(InFlight))
        {
            var sending = SendInChunks(client, [.. some.SelectMany(static message => Wire.Binary(message))], new Random(random.Next()));
            foreach (var message in some)
            {
                var echo = await client.ReadFrame();
                Assert.True(
                    echo.Payload.AsSpan().SequenceEqual(message),
                    $"{who}: {message.Length} bytes came back as a {echo.Opcode} of {echo.Payload.Length}.");
            }

            await sending;
        }

        await client.Send(Wire.Close(1000));
        Assert.Equal(1000, await client.ReadClose());
        await client.ReadEnd();
    }

    private static async Task SendInChunks(RawClient client, byte[] bytes, Random random)
    {
        for (int start = 0, count; start < bytes.Length; start += count)
        {
            count = Math.Min(random.Next(1, 4) == 1 ? random.Next(1, 16) : random.Next(1, 16 * 1024), bytes.Length - start);
            await client.Send(bytes.AsMemory(start, count));
        }
    }

    // Around the sizes at which a frame's header grows, small ones, and a few that take many reads.
    private static byte[] SomeMessage(Random random)
    {
        var message = new byte[random.Next(8) switch
        {
            0 => random.Next(124, 128),
            1 => random.Next(65_534, 65_538) / (random.Next(6) == 0 ? 1 : 64),
            2 => random.Next(20_000),
            _ => random.Next(1, 600),
        }];
        random.NextBytes(message);
        return message;
    }
}
