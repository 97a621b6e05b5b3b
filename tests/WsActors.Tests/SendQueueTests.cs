using System.Buffers;
using System.IO.Compression;
using System.Threading.Channels;
using Akka.Actor;
using WsActors.Connection;
using WsActors.Metrics;
using WsActors.Protocol;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;
using WsActors.Runtime;
using WsActors.Tests.Loopback;
using WsActors.Transport;

namespace WsActors.Tests;

/// <summary>Queued messages become bytes when a write starts, and not before.</summary>
public sealed class SendQueueTests
{
    private const int Large = 16 * 1024 * 1024;

    private readonly BufferPool _bufferPool = new();

    [Theory]
    [InlineData(Role.Server)]
    [InlineData(Role.Client)]
    public void A_message_of_many_writes_is_sliced_and_masked_without_changing_its_payload(Role role)
    {
        var sendQueue = Make(role, 1024);
        var payload = new byte[200_001];
        new Random(1).NextBytes(payload);
        var copy = payload.ToArray();

        Queue(sendQueue, Ws.Send.Binary(payload));
        var facts = ReadAll(sendQueue, new StreamParser(Other(role), new MessageLimits
        {
            MaxMessageBytes = Large,
            MaxFragments = 10,
            MaxInflateRatio = 1,
        }));

        Assert.Equal(payload, Assert.Single(facts).Payload.ToArray());
        Assert.Equal(copy, payload);
        Assert.Equal((0, 0), (sendQueue.QueuedBytes, _bufferPool.Rented));
    }

    [Fact]
    public void A_queued_message_holds_no_buffer_and_a_written_one_holds_one_at_a_time()
    {
        var sendQueue = Make(Role.Server, 3 * Large);
        var message = Ws.Send.Binary(new byte[Large]);
        Queue(sendQueue, message);
        Queue(sendQueue, message);
        Assert.Equal(0, _bufferPool.Rented);
        var before = GC.GetAllocatedBytesForCurrentThread();

        while (sendQueue.TryStartWrite(out var bytes))
        {
            Assert.InRange(bytes.Count, 1, 64 * 1024);
            Assert.Equal(1, _bufferPool.Rented);
            sendQueue.CompleteWrite();
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024 * 1024);
        Assert.Equal((0, 0), (sendQueue.QueuedBytes, _bufferPool.Rented));
    }

    [Fact]
    public void Small_messages_take_no_entry_of_an_empty_queue()
    {
        const int Runs = 5;
        var message = Ws.Send.Binary(new byte[100]);
        var sendQueue = Make(Role.Server, Large);
        var least = long.MaxValue;

        // A collection on another thread may add to the measured allocation of one run.
        for (var run = 0; run < Runs && least > 0; run++)
        {
            ReadAll(sendQueue, new StreamParser(Role.Client, new MessageLimits
            {
                MaxMessageBytes = Large,
                MaxFragments = 10,
                MaxInflateRatio = 1,
            }));
            Queue(sendQueue, message);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 20; i++)
            {
                sendQueue.Enqueue(message, ActorRefs.Nobody);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
        Assert.Equal((21 * 102, 1), (sendQueue.QueuedBytes, _bufferPool.Rented));
        Assert.Equal(21, ReadAll(sendQueue, new StreamParser(Role.Client, new MessageLimits
        {
            MaxMessageBytes = Large,
            MaxFragments = 10,
            MaxInflateRatio = 1,
        })).Count);
        Assert.Equal((0, 0), (sendQueue.QueuedBytes, _bufferPool.Rented));
    }

    [Theory]
    [InlineData(Role.Server)]
    [InlineData(Role.Client)]
    public void Queued_messages_are_sent_in_order(Role role)
    {
        var sendQueue = Make(role, 8 * Large);
        var reader = new StreamParser(Other(role), new MessageLimits { MaxMessageBytes = Large, MaxFragments = 10, MaxInflateRatio = 1 });
        var random = new Random(4);
        var expected = new List<byte[]>();
        var facts = new List<StreamEvent>();

        for (var i = 0; i < 1000; i++)
        {
            var payload = new byte[random.Next(6) switch { 0 => 70_000, 1 => 5000, _ => 50 }];
            random.NextBytes(payload);
            var message = Ws.Send.Binary(payload);
            switch (random.Next(8))
            {
                case 0:
                    sendQueue.AppendControl(Opcode.Ping, payload = payload[..4]);
                    break;
                case 1:
                    Queue(sendQueue, message with { Ack = i });
                    break;
                default:
                    Queue(sendQueue, message);
                    break;
            }

            expected.Add(payload);
            if (random.Next(10) == 0)
            {
                Finish(sendQueue);
                facts.AddRange(sendQueue.TryStartWrite(out var bytes) ? Read(bytes, reader) : []);
            }
        }

        Finish(sendQueue);
        facts.AddRange(ReadAll(sendQueue, reader));
        Assert.Equal(expected.Select(Convert.ToHexString), facts.Select(static fact => Convert.ToHexString(fact.Payload.Span)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unwritten_messages_are_dropped_and_counted_encoded_or_not(bool isAbandoned)
    {
        const string Route = "/dropped before it leaves";
        using var system = ActorSystem.Create("dropped");
        using var webSocketMetrics = new WebSocketMetrics(system, new Clock(TimeProvider.System));
        var (dropped, queued) = (0L, 0L);
        using var drops = new MeterTap("wsactors.dropped_messages", Route, count => dropped += count);
        using var bytes = new MeterTap("wsactors.send_queue.size", Route, change => queued += change);
        var metrics = new RouteMetrics(webSocketMetrics, new EndpointAddress("ws"), "1.1", new("http.route", Route));
        var ackNotifier = new AckNotifier(ActorRefs.Nobody) { Metrics = metrics };
        var sendQueue = new SendQueue(Role.Server, _bufferPool, Large, ackNotifier, ActorRefs.Nobody);
        Queue(sendQueue, Ws.Send.Text("small"));
        Queue(sendQueue, Ws.Send.Text("as small"));
        Queue(sendQueue, Ws.Send.Text("small, with an ack") with { Ack = "ack" });
        Assert.InRange(queued, 30, 50);

        if (isAbandoned)
        {
            sendQueue.FailAll();
        }
        else
        {
            sendQueue.DropWaiting(Ws.SendFailure.Closed);
        }

        Assert.Equal((3, 0), (dropped, queued));
        Assert.Equal((0, 0), (sendQueue.QueuedBytes, _bufferPool.Rented));
        Assert.False(sendQueue.TryStartWrite(out _));
        await system.Terminate();
    }

    [Fact]
    public void The_head_of_a_handshake_is_not_dropped_with_the_messages_behind_it()
    {
        var sendQueue = Make(Role.Server, Large);
        sendQueue.Head.Write("HTTP/1.1 101"u8);
        Queue(sendQueue, Ws.Send.Text("small"));

        sendQueue.DropWaiting(Ws.SendFailure.Closed);

        Assert.True(sendQueue.TryStartWrite(out var bytes));
        Assert.Equal("HTTP/1.1 101"u8, bytes);
    }

    [Fact]
    public void A_dropped_message_is_not_part_of_the_compression_context()
    {
        var sendQueue = Make(Role.Server, Large);
        var deflate = new DeflateAgreement(ServerKeepsContext: true, ClientKeepsContext: true);
        sendQueue.Compressor = new Compressor(
            deflate.CreateDeflater(Role.Server, CompressionLevel.Fastest), thresholdBytes: 0, _bufferPool);
        var reader = new StreamParser(
            Role.Client,
            new MessageLimits { MaxMessageBytes = Large, MaxFragments = 10, MaxInflateRatio = 1100 },
            deflate.CreateInflater(Role.Client));
        var text = string.Concat(Enumerable.Repeat("the same again and again. ", 1000));

        Queue(sendQueue, Ws.Send.Text(text));
        Assert.True(sendQueue.TryStartWrite(out var first));
        var facts = Read(first, reader);
        Queue(sendQueue, Ws.Send.Text("never seen " + text));
        sendQueue.DropWaiting(Ws.SendFailure.Closed);
        sendQueue.CompleteWrite();
        Queue(sendQueue, Ws.Send.Text(text + "at last"));
        facts.AddRange(ReadAll(sendQueue, reader));

        Assert.Equal([text.Length, text.Length + 7], facts.Select(static fact => fact.Payload.Length));
        sendQueue.FailAll();
        Assert.Equal(0, _bufferPool.Rented);
    }

    [Fact]
    public void A_compressed_message_aborted_midway_returns_its_buffers()
    {
        var sendQueue = Make(Role.Server, 2 * Large);
        var deflate = new DeflateAgreement(ServerKeepsContext: false, ClientKeepsContext: false);
        sendQueue.Compressor = new Compressor(
            deflate.CreateDeflater(Role.Server, CompressionLevel.Fastest), thresholdBytes: 0, _bufferPool);
        var halfNoise = new byte[Large];
        new Random(2).NextBytes(halfNoise.AsSpan(Large / 2));

        Queue(sendQueue, Ws.Send.Binary(halfNoise));
        Queue(sendQueue, Ws.Send.Text("behind it"));
        Assert.True(sendQueue.TryStartWrite(out _));
        Assert.Equal(2, _bufferPool.Rented);
        Assert.InRange(sendQueue.QueuedBytes, Large / 2, Large - 1);

        sendQueue.FailAll();
        Assert.Equal((0, 0), (sendQueue.QueuedBytes, _bufferPool.Rented));
    }

    // The connection is a probe of the source's words, which the test hands on.
    [Theory]
    [InlineData(Role.Server)]
    [InlineData(Role.Client)]
    public async Task A_streamed_message_is_sent_as_masked_fragments_with_control_frames_between(Role role)
    {
        var connection = new Ear();
        var sendQueue = new SendQueue(role, _bufferPool, Large, new AckNotifier(ActorRefs.Nobody), connection);
        var reader = new StreamParser(Other(role), new MessageLimits { MaxMessageBytes = Large, MaxFragments = 10, MaxInflateRatio = 1 });
        var part = new byte[100_000];
        new Random(3).NextBytes(part);
        Queue(sendQueue, Ws.Send.Stream(MessageKind.Binary, new ReadOnlyMemory<byte>[] { part, part }.ToAsyncEnumerable()));
        Queue(sendQueue, Ws.Send.Text("behind"));
        Assert.False(sendQueue.TryStartWrite(out _));
        Assert.Equal(0, _bufferPool.Rented);

        Assert.True(sendQueue.TryTake(await connection.Hear()));
        var facts = ReadAll(sendQueue, reader);
        sendQueue.AppendControl(Opcode.Ping, new byte[] { 1 });
        Assert.True(sendQueue.TryTake(await connection.Hear()));
        facts.AddRange(ReadAll(sendQueue, reader));
        Assert.False(sendQueue.IsEmpty);
        Assert.True(sendQueue.TryTake(await connection.Hear()));
        facts.AddRange(ReadAll(sendQueue, reader));

        Assert.Equal(
            [StreamEventKind.Ping, StreamEventKind.Message, StreamEventKind.Message],
            facts.Select(static fact => fact.Kind));
        Assert.Equal([.. part, .. part], facts[1].Payload.ToArray());
        Assert.Equal((0, 0, true), (sendQueue.QueuedBytes, _bufferPool.Rented, sendQueue.IsEmpty));
    }

    private SendQueue Make(Role role, int maxBytes) =>
        new(role, _bufferPool, maxBytes, new AckNotifier(ActorRefs.Nobody), ActorRefs.Nobody);

    private static void Queue(SendQueue sendQueue, Ws.Send message) =>
        Assert.Equal(EnqueueResult.Queued, sendQueue.Enqueue(message, ActorRefs.Nobody));

    private static void Finish(SendQueue sendQueue)
    {
        if (sendQueue.IsWriting)
        {
            sendQueue.CompleteWrite();
        }
    }

    private static Role Other(Role role) => role == Role.Server ? Role.Client : Role.Server;

    private static List<StreamEvent> ReadAll(SendQueue sendQueue, StreamParser reader)
    {
        var facts = new List<StreamEvent>();
        while (sendQueue.TryStartWrite(out var bytes))
        {
            facts.AddRange(Read(bytes, reader));
            sendQueue.CompleteWrite();
        }

        return facts;
    }

    private static List<StreamEvent> Read(ReadOnlySpan<byte> bytes, StreamParser reader)
    {
        var facts = new List<StreamEvent>();
        while (reader.TryRead(ref bytes, out var fact))
        {
            facts.Add(fact);
        }

        return facts;
    }

    /// <summary>A connection that only listens.</summary>
    private sealed class Ear : MinimalActorRef
    {
        private readonly Channel<StreamedMessage.Produced> _heard = Channel.CreateUnbounded<StreamedMessage.Produced>();

        public override ActorPath Path => Nobody.Instance.Path;

        public override IActorRefProvider Provider => throw new NotSupportedException();

        public Task<StreamedMessage.Produced> Hear() => _heard.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        protected override void TellInternal(object message, IActorRef sender) => _heard.Writer.TryWrite((StreamedMessage.Produced)message);
    }
}
