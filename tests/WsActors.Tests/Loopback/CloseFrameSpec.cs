using WsActors.Protocol.Frames;

namespace WsActors.Tests.Loopback;

/// <summary>
/// A close frame is useful only if it arrives: closing a socket with unread bytes resets it, and that discards bytes in flight.
/// </summary>
[Collection(OneByOne.Name)]
public sealed class CloseFrameSpec
{
    private const int Rounds = 30;

    /// <summary>The rounds at the same time: some byte sources end a connection half a second later.</summary>
    private const int AtATime = 10;

    // Well above one read, so that the server still has to read after its decision.
    private static readonly byte[] Flood = [.. Enumerable.Repeat(Wire.Binary(new byte[16 * 1024]), 96).SelectMany(static frame => frame)];

    public static TheoryData<string, byte[], int> Violations => new()
    {
        { "an unmasked frame", [0x81, 0x02, .. "hi"u8], 1002 },
        { "bad UTF-8", Wire.Frame(Opcode.Text, [0x68, 0xFF, 0x69]), 1007 },
        { "a frame above the limit", Wire.HeaderOf((1024 * 1024) + 1), 1009 },
        { "a reserved bit", [0xC1, 0x80, 0, 0, 0, 0], 1002 },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task The_close_frame_reaches_a_client_that_still_sends(string what, byte[] violation, int code)
    {
        await using var server = await LoopbackServer.Start(Reaction.Echo, Patient);
        foreach (var rounds in Enumerable.Range(0, Rounds).Chunk(AtATime))
        {
            await Task.WhenAll(rounds.Select(Violate));
        }

        await server.WaitUntilEmpty();
        Assert.Equal(0, server.WebSockets.RentedBuffers);

        async Task Violate(int round)
        {
            using var client = await server.Connect();
            var sending = client.Send((byte[])[.. violation, .. Flood]);

            // Half of the clients look up only when all is sent.
            if (round % 2 == 1)
            {
                await sending;
            }

            Assert.True(code == await client.ReadClose(), $"{what}, round {round}");
            await client.ReadEnd();
            await sending;
        }
    }

    [Fact]
    public async Task The_handlers_close_frame_reaches_a_client_that_still_sends()
    {
        await using var server = await LoopbackServer.Start(
            Reaction.PropsFor(static happened =>
            {
                if (happened is Ws.Received)
                {
                    happened.Connection.Tell(new Ws.Close(4000), Akka.Actor.ActorRefs.NoSender);
                }
            }),
            Patient);
        for (var round = 0; round < Rounds; round++)
        {
            using var client = await server.Connect();
            var sending = client.Send((byte[])[.. Wire.Text("enough?"), .. Flood]);

            Assert.Equal(4000, await client.ReadClose());
            await sending;
            await client.Send(Wire.Close(4000));
            await client.ReadEnd();
        }

        await server.WaitUntilEmpty();
    }

    // The close deadline is not under test here.
    private static EndpointOptions Patient(EndpointOptions options) => options with { CloseTimeout = Eventually.Patience };
}
