using System.Security.Cryptography;
using Akka.Actor;
using WsActors.Protocol.Frames;
using WsActors.Routing;

namespace WsActors.Tests.Loopback;

/// <summary>Messages as large as they may be, and larger.</summary>
[Collection(OneByOne.Name)]
public sealed class BigMessagesSpec
{
    private const int Limit = 1024 * 1024;

    public static TheoryData<int> FragmentCounts => [1, 2, 100];

    [Theory]
    [MemberData(nameof(FragmentCounts))]
    public async Task A_message_of_exactly_the_limit_is_echoed(int fragments)
    {
        await using var server = await LoopbackServer.Start(Reaction.Echo);
        using var client = await server.Connect();
        var message = RandomNumberGenerator.GetBytes(Limit);

        var sending = client.Send(InFragments(message, fragments));
        var echo = await client.ReadFrame();
        await sending;

        Assert.Equal(Opcode.Binary, echo.Opcode);
        Assert.Equal(message, echo.Payload);
    }

    [Theory]
    [MemberData(nameof(FragmentCounts))]
    public async Task A_message_one_byte_longer_is_closed_with_1009(int fragments)
    {
        await using var server = await LoopbackServer.Start(
            Reaction.Echo,
            static options => options with { CloseTimeout = Eventually.Patience });
        using var client = await server.Connect();

        var sending = client.Send(InFragments(new byte[Limit + 1], fragments));

        Assert.Equal(1009, await client.ReadClose());
        await client.ReadEnd();
        await sending;
    }

    [Fact]
    public async Task A_message_larger_than_the_queue_is_accepted_by_an_empty_one_and_arrives_whole()
    {
        var message = RandomNumberGenerator.GetBytes(5 * Limit);
        await using var server = await StartWithSmallBuffers<Ws.Received>(message);
        using var client = await server.Connect();

        await client.Send(Wire.Text("all of it"));

        await ExpectWhole(message, client, server);
    }

    [Fact]
    public async Task A_message_larger_than_the_queue_may_be_the_first_of_a_handler()
    {
        var message = RandomNumberGenerator.GetBytes(2 * Limit);
        await using var server = await StartWithSmallBuffers<Ws.Opened>(message);

        // The answer to the handshake may still be with the kernel then: many times, since that is a matter of luck.
        for (var i = 0; i < 10; i++)
        {
            using var client = await server.Connect();
            await ExpectWhole(message, client, server);
        }
    }

    /// <summary>Sends a message upon an event.</summary>
    private static Task<LoopbackServer> StartWithSmallBuffers<TEvent>(byte[] message) => LoopbackServer.Start(
        _ => RouteTable.Empty.Map("/", _ => Reaction.PropsFor(happened =>
        {
            if (happened is TEvent)
            {
                happened.Connection.Tell(Ws.Send.Binary(message));
            }
        })),
        source: Props.Create<SmallSendBuffers>());

    private static async Task ExpectWhole(byte[] message, RawClient client, LoopbackServer server)
    {
        var frame = await client.ReadFrame();
        Assert.True(frame.Payload.AsSpan().SequenceEqual(message), $"A {frame.Opcode} of {frame.Payload.Length} bytes came.");
        await Eventually.Holds(() => server.WebSockets.RentedBuffers == 0, () => $"{server.WebSockets.RentedBuffers} buffers are rented.");
    }

    private static byte[] InFragments(byte[] message, int count)
    {
        var pieces = message.Chunk((message.Length + count - 1) / count).ToArray();
        return [.. pieces.SelectMany((piece, i) =>
            Wire.Frame(i == 0 ? Opcode.Binary : Opcode.Continuation, piece, fin: i == pieces.Length - 1))];
    }
}
