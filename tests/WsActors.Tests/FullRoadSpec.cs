using Akka.Actor;
using WsActors.Protocol.Frames;
using WsActors.TestKit;

namespace WsActors.Tests;

/// <summary>An echo of everything that a client may send does not overrun the queue: reading waits for the road to be free.</summary>
public sealed class FullRoadSpec : WebSocketSpec
{
    /// <summary>The size of one read of Akka.IO.</summary>
    private const int ReadBytes = 4096;

    [Theory]
    [InlineData(500 * 1024, 600 * 1024)]
    [InlineData(1024 * 1024, 1024 * 1024)]
    [InlineData(1, 1024 * 1024)]
    [InlineData(300_000, 300_000, 300_000, 300_000, 300_000, 300_000)]
    public void Messages_within_the_limits_are_echoed_to_a_client_that_reads_late(params int[] sizes)
    {
        var kit = ServeEach(Props.Create<Echo>());
        var client = kit.Connect();
        client.Socket.StopReading();

        foreach (var size in sizes)
        {
            client.Send([.. ClientProbe.Frame(Opcode.Binary, new byte[size]).Chunk(ReadBytes)]);
        }

        kit.AwaitIdle();
        client.Socket.ResumeReading();

        Assert.All(sizes, size => Assert.Equal(size, client.ExpectBinary().Length));
    }

    [Fact]
    public void A_partial_message_is_not_read_on_while_too_much_waits_to_be_sent()
    {
        var kit = Serve(static options => options with { SendQueue = options.SendQueue with { PauseReadingAboveBytes = 1000 } });
        var client = kit.Connect();
        Handler.ExpectOpened();
        client.Socket.StopReading();
        Handler.Tell(Ws.Send.Binary(new byte[400]));
        kit.AwaitIdle();
        var large = ClientProbe.Frame(Opcode.Binary, new byte[900]);

        client.Send(large[..100], large[100..]);

        Assert.False(client.Socket.IsReadAskedFor);
        client.Socket.ResumeReading();
        Assert.Equal(900, Handler.Expect<Ws.Received>().Payload.Length);
    }
}
