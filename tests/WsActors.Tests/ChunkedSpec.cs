using Akka.Actor;
using WsActors.Protocol;
using WsActors.Protocol.Frames;
using WsActors.Routing;
using WsActors.TestKit;
using WsActors.Tests.Loopback;

namespace WsActors.Tests;

/// <summary>Messages that a route is told in chunks.</summary>
public sealed class ChunkedSpec : WebSocketSpec
{
    private const int ChunkBytes = 100;

    private static readonly WebSocketRouteOptions Chunked = new() { MaxChunkBytes = ChunkBytes };

    [Fact]
    public void A_message_is_delivered_in_chunks_and_the_last_is_marked()
    {
        var client = Open();

        client.SendBinary([.. Enumerable.Range(0, 250).Select(static i => (byte)i)]);
        client.SendText("short");

        Assert.Equal(Enumerable.Range(0, 100).Select(static i => (byte)i), ExpectChunk(isLast: false));
        Assert.Equal(Enumerable.Range(100, 100).Select(static i => (byte)i), ExpectChunk(isLast: false));
        Assert.Equal(Enumerable.Range(200, 50).Select(static i => (byte)i), ExpectChunk(isLast: true));
        var text = Handler.Expect<Ws.ReceivedChunk>();
        Assert.Equal(("short", true), (text.Text, text.IsLast));
    }

    [Fact]
    public void A_chunked_message_may_exceed_the_size_and_fragment_limits()
    {
        var client = Open(static options => options with { Message = new MessageOptions { MaxBytes = 1, MaxFragments = 1 } });

        client.SendFrame(Opcode.Binary, new byte[150], fin: false);
        client.SendFrame(Opcode.Continuation, new byte[10], fin: false);
        client.SendFrame(Opcode.Continuation, [], fin: true);

        Assert.Equal(100, ExpectChunk(isLast: false).Length);
        Assert.Equal(50, ExpectChunk(isLast: false).Length);
        Assert.Equal(10, ExpectChunk(isLast: false).Length);
        Assert.Empty(ExpectChunk(isLast: true));
    }

    [Fact]
    public void Chunks_are_delivered_one_by_one_on_demand_in_pull_mode()
    {
        var client = Open(route: Chunked with { Pull = true });
        Handler.Tell(new Ws.Demand(2));

        client.SendBinary(new byte[250]);

        ExpectChunk(isLast: false);
        ExpectChunk(isLast: false);
        client.ExpectNothing();
        Handler.ExpectNothing();
        Handler.Tell(Ws.Demand.One);
        ExpectChunk(isLast: true);
    }

    [Fact]
    public void R7_Inflated_bytes_wait_in_the_decompressor_until_there_is_room()
    {
        const int Inflated = 60_000;
        var kit = Serve(
            static options => options with
            {
                Compression = options.Compression with { Mode = MessageCompression.Shared },
                SendQueue = options.SendQueue with { PauseReadingAboveBytes = 1000 },
            },
            Chunked with { Pull = true });
        var client = kit.Connect("/", "Sec-WebSocket-Extensions: permessage-deflate");
        Handler.ExpectOpened();

        Handler.Tell(Ws.Demand.One);
        client.Send(Wire.Compressed(new byte[Inflated]));
        client.ExpectNothing();
        Assert.InRange(Stats(client).UnhandledBytes, 228, 1000 + 228);

        var received = Handler.Expect<Ws.ReceivedChunk>().Payload.Length;
        do
        {
            Handler.Tell(Ws.Demand.One);
            received += Handler.Expect<Ws.ReceivedChunk>().Payload.Length;
        }
        while (received < Inflated);

        client.SendText("next");
        Handler.Tell(new Ws.Demand(2));
        Handler.Expect<Ws.ReceivedChunk>(); // The empty end of the first.
        Assert.Equal("next", Handler.Expect<Ws.ReceivedChunk>().Text);
    }

    [Fact]
    public void A_chunked_message_counts_once_and_its_bytes_as_received()
    {
        var client = Open(static options => options with { Rate = options.Rate with { MaxMessages = 2 } });

        client.SendFrame(Opcode.Binary, new byte[350], fin: false);
        for (var i = 0; i < 4; i++)
        {
            ExpectChunk(isLast: false);
        }

        Assert.Equal((0, 350), (Stats(client).MessagesReceived, Stats(client).BytesReceived));
        client.SendFrame(Opcode.Continuation, new byte[50]);
        ExpectChunk(isLast: true);
        Assert.Equal((1, 400), (Stats(client).MessagesReceived, Stats(client).BytesReceived));
    }

    [Fact]
    public void An_unfinished_chunked_message_ends_with_Closed()
    {
        var client = Open();
        client.SendFrame(Opcode.Binary, [1, 2, 3], fin: false);
        Assert.Equal([1, 2, 3], ExpectChunk(isLast: false));

        client.SendClose();

        client.ExpectClose(CloseCode.Normal);
        client.Socket.ExpectHalfClose();
        Handler.ExpectClosed(CloseCode.Normal);
    }

    [Fact]
    public void R17_A_message_that_stalls_between_chunks_has_the_usual_deadline()
    {
        var kit = Serve(static options => options with { KeepAlive = options.KeepAlive with { PingInterval = null } }, Chunked);
        var client = kit.Connect();
        Handler.ExpectOpened();
        client.SendFrame(Opcode.Binary, new byte[100], fin: false);
        ExpectChunk(isLast: false);

        kit.Advance(Seconds(29.5));
        client.ExpectNothing();
        kit.Advance(Seconds(0.5));

        client.ExpectClose(CloseCode.PolicyViolation);
    }

    [Fact]
    public void A_chunk_has_room_for_several_characters() =>
        Assert.Throws<ArgumentOutOfRangeException>(static () => new WebSocketRouteOptions { MaxChunkBytes = 15 });

    private byte[] ExpectChunk(bool isLast)
    {
        var chunk = Handler.Expect<Ws.ReceivedChunk>();
        Assert.Equal(isLast, chunk.IsLast);
        return chunk.Payload.ToArray();
    }

    private static Ws.Stats Stats(ClientProbe client) => client.Connection.Ask<Ws.Stats>(Ws.GetStats.Instance).GetAwaiter().GetResult();

    private ClientProbe Open(Func<EndpointOptions, EndpointOptions>? configure = null, WebSocketRouteOptions? route = null)
    {
        var client = Serve(configure, route ?? Chunked).Connect();
        Handler.ExpectOpened();
        return client;
    }
}
