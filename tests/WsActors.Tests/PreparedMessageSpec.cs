using System.IO.Compression;
using System.Runtime.InteropServices;
using Akka.Actor;
using WsActors.Connection;
using WsActors.Protocol.Compression;
using WsActors.TestKit;
using WsActors.Transport;

namespace WsActors.Tests;

/// <summary>
/// A message for many connections: they share its bytes, and its compressed form where they can. One test weighs the memory of the process.
/// </summary>
[Collection(Loopback.OneByOne.Name)]
public sealed class PreparedMessageSpec : WebSocketSpec
{
    private const string Offer = "Sec-WebSocket-Extensions: permessage-deflate";

    private static readonly string Long = string.Concat(Enumerable.Repeat("all work and no play. ", 100));

    [Theory]
    [InlineData(MessageCompression.Off, Offer, false)]
    [InlineData(MessageCompression.Shared, "X-Nothing: offered", false)]
    [InlineData(MessageCompression.Shared, Offer, true)]
    [InlineData(MessageCompression.Shared, Offer + "; server_max_window_bits=15", true)]
    [InlineData(MessageCompression.Shared, Offer + "; server_max_window_bits=14", false)]
    [InlineData(MessageCompression.Dedicated, Offer, false)]
    [InlineData(MessageCompression.Dedicated, Offer + "; server_no_context_takeover", true)]
    public void It_is_sent_compressed_without_context_takeover_and_with_the_full_window(
        MessageCompression mode,
        string offer,
        bool isCompressed)
    {
        var client = Connect(mode, offer);

        Handler.Tell(Ws.Send.Prepared(PreparedMessage.Text(Long)));

        Assert.Equal(isCompressed ? 0xC1 : 0x81, client.Socket.ReadBytes()[0]);
    }

    [Theory]
    [InlineData(1023, null, false)]
    [InlineData(1024, null, true)]
    [InlineData(200, true, true)]
    [InlineData(2000, false, false)]
    public void The_threshold_and_the_choice_of_each_send_keep_their_meaning(int length, bool? choice, bool isCompressed)
    {
        var client = Connect(MessageCompression.Shared, Offer);

        Handler.Tell(Ws.Send.Prepared(PreparedMessage.Text(Long[..length])) with { Compress = choice });

        Assert.Equal(isCompressed ? 0xC1 : 0x81, client.Socket.ReadBytes()[0]);
    }

    [Fact]
    public void An_incompressible_message_is_sent_uncompressed()
    {
        var client = Connect(MessageCompression.Shared, Offer);
        var noise = new byte[4096];
        new Random(7).NextBytes(noise);

        Handler.Tell(Ws.Send.Prepared(PreparedMessage.Binary(noise)));

        Assert.Equal(0x82, client.Socket.ReadBytes()[0]);
    }

    [Fact]
    public void It_is_acknowledged_and_refused_like_any_message()
    {
        var kit = Serve(Compressing(MessageCompression.Dedicated, budget: 4000));
        var client = kit.Connect("/", Offer);
        Handler.ExpectOpened();
        Handler.IgnoreCongestion();
        var prepared = PreparedMessage.Text(Long);
        client.Socket.StopReading();
        Handler.Tell(Ws.Send.Text(Long) with { Ack = "kept context", Compress = true });
        kit.AwaitIdle();
        Handler.Tell(Ws.Send.Prepared(prepared) with { Ack = "old", Overflow = Ws.OverflowPolicy.Conflate("key") });
        Handler.Tell(Ws.Send.Prepared(prepared) with { Ack = "no room", Overflow = Ws.OverflowPolicy.Drop });
        Handler.ExpectSendFailed("no room", Ws.SendFailure.Dropped);
        Handler.Expect<Ws.Dropped>();
        Handler.Tell(Ws.Send.Prepared(PreparedMessage.Text("newer")) with { Ack = "new", Overflow = Ws.OverflowPolicy.Conflate("key") });

        client.Socket.ResumeReading();

        client.ExpectText(Long);
        client.ExpectText(Long);
        client.ExpectText("newer");
        Handler.ExpectAck("kept context");
        Handler.ExpectAck("old");
        Handler.ExpectAck("new");
    }

    [Fact]
    public void A_received_message_is_prepared_unchanged()
    {
        var client = Connect(MessageCompression.Off, Offer);
        client.SendText("round it goes");
        var received = Handler.Expect<Ws.Received>();

        var prepared = PreparedMessage.FromReceived(received);
        Handler.Tell(Ws.Send.Prepared(prepared));

        Assert.True(received.Payload.Equals(prepared.Payload));
        client.ExpectText("round it goes");
        Assert.DoesNotContain("round", $"{prepared} {Ws.Send.Prepared(prepared)}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("compressible")]
    [InlineData("noise")]
    public void The_compressed_form_is_created_once_under_concurrency(string what)
    {
        var bufferPool = new BufferPool();
        var payload = new byte[256 * 1024];
        if (what == "noise")
        {
            new Random(5).NextBytes(payload);
        }

        var message = Ws.Send.Prepared(PreparedMessage.Binary(payload));
        var frame = QueuedFrame.FromSend(1, message, ActorRefs.Nobody);
        var compressors = Enumerable.Range(0, 8).Select(_ => SharingCompressor(bufferPool)).ToList();
        var made = new byte[compressors.Count][];
        using var start = new Barrier(compressors.Count);
        var threads = compressors.ConvertAll(compressor => new Thread(() =>
        {
            start.SignalAndWait();
            var isShorter = compressor.TryCompress(frame, out var compressed, out var rented);
            Assert.Equal((what != "noise", null), (isShorter, rented));
            var shared = message.Shared!.Deflated(compressor, static (compressor, payload) => compressor.Compress(payload));
            MemoryMarshal.TryGetArray(shared, out var array);
            Assert.Equal(isShorter ? array.Count : 0, compressed.Length);
            made[compressors.IndexOf(compressor)] = array.Array!;
        }));
        threads.ForEach(static thread => thread.Start());
        threads.ForEach(static thread => thread.Join());

        Assert.Single(made.Distinct());
        Assert.Equal(0, bufferPool.Rented);
    }

    [Theory]
    [InlineData(MessageCompression.Off)]
    [InlineData(MessageCompression.Shared)]
    public void A_hundred_queues_hold_one_payload(MessageCompression mode)
    {
        const int Bytes = 4 * 1024 * 1024;
        const int Connections = 100;
        var kit = Serve(Compressing(mode, budget: 2 * Bytes));
        var clients = Enumerable.Range(0, Connections).Select(_ => kit.Connect("/", Offer)).ToList();
        var connections = clients.ConvertAll(_ => Handler.ExpectOpened().Connection);
        Handler.IgnoreCongestion();
        clients.ForEach(static client => client.Socket.StopReading());
        kit.AwaitIdle();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var noise = new byte[Bytes];
        new Random(8).NextBytes(noise.AsSpan(Bytes / 2));

        var message = Ws.Send.Prepared(PreparedMessage.Binary(noise));
        connections.ForEach(connection => connection.Tell(message, ActorRefs.NoSender));
        kit.AwaitIdle();

        // The payload, its compressed form, the buffer of twice its size in which that was made, and a write of at most 64 KiB for each.
        // An earlier test's memory may be released at the same time, so that there is no minimum growth.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 6 * Bytes);
        Assert.All(clients, static client => Assert.Equal(2, client.Socket.Writes));
        GC.KeepAlive(message);
    }

    private ClientProbe Connect(MessageCompression mode, string offer, int budget = 1024 * 1024)
    {
        var client = Serve(Compressing(mode, budget)).Connect("/", offer);
        Handler.ExpectOpened();
        return client;
    }

    private static Func<EndpointOptions, EndpointOptions> Compressing(MessageCompression mode, int budget) => options => options with
    {
        SendQueue = options.SendQueue with { MaxBytes = budget },
        Compression = options.Compression with { Mode = mode, ThresholdBytes = 1024 },
    };

    private static Compressor SharingCompressor(BufferPool bufferPool) =>
        new(new Deflater(keepsContext: false, windowBits: 15, CompressionLevel.Fastest), thresholdBytes: 0, bufferPool);
}
