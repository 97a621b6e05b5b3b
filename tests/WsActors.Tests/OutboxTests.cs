using System.Buffers;
using System.IO.Compression;
using System.Threading.Channels;
using Akka.Actor;
using WsActors.Connection;
using WsActors.Manager;
using WsActors.Protocol;
using WsActors.Protocol.Compression;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;
using WsActors.Tests.Loopback;
using WsActors.Transport;

namespace WsActors.Tests;

/// <summary>What waits becomes bytes when a write can start, and not before.</summary>
public sealed class OutboxTests
{
    private const int Large = 16 * 1024 * 1024;

    private readonly BufferPool _bufferPool = new();

    [Theory]
    [InlineData(Role.Server)]
    [InlineData(Role.Client)]
    public void A_message_of_many_writes_is_cut_and_masked_anew_and_stays_as_it_was(Role role)
    {
        var outbox = Make(role, 1024);
        var payload = new byte[200_001];
        new Random(1).NextBytes(payload);
        var copy = payload.ToArray();

        Queue(outbox, Ws.Send.Binary(payload));
        var facts = ReadAll(outbox, new StreamParser(Other(role), new MessageLimits(Large, 10, 1)));

        Assert.Equal(payload, Assert.Single(facts).Payload.ToArray());
        Assert.Equal(copy, payload);
        Assert.Equal((0, 0), (outbox.QueuedBytes, _bufferPool.Rented));
    }

    [Fact]
    public void What_waits_takes_no_buffer_however_large_and_what_leaves_takes_one_at_a_time()
    {
        var outbox = Make(Role.Server, 3 * Large);
        var message = Ws.Send.Binary(new byte[Large]);
        Queue(outbox, message);
        Queue(outbox, message);
        Assert.Equal(0, _bufferPool.Rented);
        var before = GC.GetAllocatedBytesForCurrentThread();

        while (outbox.TryStartWrite(out var bytes))
        {
            Assert.InRange(bytes.Count, 1, 64 * 1024);
            Assert.Equal(1, _bufferPool.Rented);
            outbox.FinishWrite();
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024 * 1024);
        Assert.Equal((0, 0), (outbox.QueuedBytes, _bufferPool.Rented));
    }

    [Fact]
    public void Small_messages_take_no_entry_of_a_queue_where_nothing_waits()
    {
        const int Runs = 5;
        var message = Ws.Send.Binary(new byte[100]);
        var outbox = Make(Role.Server, Large);
        var least = long.MaxValue;

        // A collection that another thread begins may add to what one run seems to allocate.
        for (var run = 0; run < Runs && least > 0; run++)
        {
            ReadAll(outbox, new StreamParser(Role.Client, new MessageLimits(Large, 10, 1)));
            Queue(outbox, message);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 20; i++)
            {
                outbox.Offer(message, ActorRefs.Nobody);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
        Assert.Equal((21 * 102, 1), (outbox.QueuedBytes, _bufferPool.Rented));
        Assert.Equal(21, ReadAll(outbox, new StreamParser(Role.Client, new MessageLimits(Large, 10, 1))).Count);
        Assert.Equal((0, 0), (outbox.QueuedBytes, _bufferPool.Rented));
    }

    [Theory]
    [InlineData(Role.Server)]
    [InlineData(Role.Client)]
    public void Whatever_waits_leaves_in_order(Role role)
    {
        var outbox = Make(role, 8 * Large);
        var reader = new StreamParser(Other(role), new MessageLimits(Large, 10, 1));
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
                    outbox.AppendControl(Opcode.Ping, payload = payload[..4]);
                    break;
                case 1:
                    Queue(outbox, message with { Ack = i });
                    break;
                default:
                    Queue(outbox, message);
                    break;
            }

            expected.Add(payload);
            if (random.Next(10) == 0)
            {
                Finish(outbox);
                facts.AddRange(outbox.TryStartWrite(out var bytes) ? Read(bytes, reader) : []);
            }
        }

        Finish(outbox);
        facts.AddRange(ReadAll(outbox, reader));
        Assert.Equal(expected.Select(Convert.ToHexString), facts.Select(static fact => Convert.ToHexString(fact.Payload.Span)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_dropped_before_it_leaves_is_dropped_and_counted_whether_it_is_bytes_or_not(bool isAbandoned)
    {
        const string Route = "/dropped before it leaves";
        using var system = ActorSystem.Create("dropped");
        using var instruments = new Instruments(system, system.WebSockets().SessionHost.Budget, system.WebSockets().Publishing);
        var (dropped, queued) = (0L, 0L);
        using var drops = new MeterTap("wsactors.dropped", Route, count => dropped += count);
        using var bytes = new MeterTap("wsactors.queued", Route, change => queued += change);
        var receipts = new Receipts(ActorRefs.Nobody) { Meter = instruments.For("", Route) };
        var outbox = new Outbox(Role.Server, _bufferPool, Large, receipts, ActorRefs.Nobody) { Meter = receipts.Meter };
        Queue(outbox, Ws.Send.Text("small"));
        Queue(outbox, Ws.Send.Text("as small"));
        Queue(outbox, Ws.Send.Text("small, with an ack") with { Ack = "ack" });
        Assert.InRange(queued, 30, 50);

        if (isAbandoned)
        {
            outbox.Abandon();
        }
        else
        {
            outbox.DropWaiting(Ws.SendFailure.Closed);
        }

        Assert.Equal((3, 0), (dropped, queued));
        Assert.Equal((0, 0), (outbox.QueuedBytes, _bufferPool.Rented));
        Assert.False(outbox.TryStartWrite(out _));
        await system.Terminate();
    }

    [Fact]
    public void The_head_of_a_handshake_is_not_dropped_with_what_waits_behind_it()
    {
        var outbox = Make(Role.Server, Large);
        outbox.Head.Write("HTTP/1.1 101"u8);
        Queue(outbox, Ws.Send.Text("small"));

        outbox.DropWaiting(Ws.SendFailure.Closed);

        Assert.True(outbox.TryStartWrite(out var bytes));
        Assert.Equal("HTTP/1.1 101"u8, bytes);
    }

    [Fact]
    public void What_is_dropped_while_it_waits_is_no_part_of_what_later_messages_refer_to()
    {
        var outbox = Make(Role.Server, Large);
        var deflate = new DeflateAgreement(ServerKeepsContext: true, ClientKeepsContext: true);
        outbox.Compressor = new Compressor(deflate.CreateDeflater(Role.Server, CompressionLevel.Fastest), thresholdBytes: 0, _bufferPool);
        var reader = new StreamParser(Role.Client, new MessageLimits(Large, 10, 1100), deflate.CreateInflater(Role.Client));
        var text = string.Concat(Enumerable.Repeat("the same again and again. ", 1000));

        Queue(outbox, Ws.Send.Text(text));
        Assert.True(outbox.TryStartWrite(out var first));
        var facts = Read(first, reader);
        Queue(outbox, Ws.Send.Text("never seen " + text));
        outbox.DropWaiting(Ws.SendFailure.Closed);
        outbox.FinishWrite();
        Queue(outbox, Ws.Send.Text(text + "at last"));
        facts.AddRange(ReadAll(outbox, reader));

        Assert.Equal([text.Length, text.Length + 7], facts.Select(static fact => fact.Payload.Length));
        outbox.Abandon();
        Assert.Equal(0, _bufferPool.Rented);
    }

    [Fact]
    public void What_is_abandoned_in_the_middle_of_a_compressed_message_gives_its_buffers_back()
    {
        var outbox = Make(Role.Server, 2 * Large);
        var deflate = new DeflateAgreement(ServerKeepsContext: false, ClientKeepsContext: false);
        outbox.Compressor = new Compressor(deflate.CreateDeflater(Role.Server, CompressionLevel.Fastest), thresholdBytes: 0, _bufferPool);
        var halfNoise = new byte[Large];
        new Random(2).NextBytes(halfNoise.AsSpan(Large / 2));

        Queue(outbox, Ws.Send.Binary(halfNoise));
        Queue(outbox, Ws.Send.Text("behind it"));
        Assert.True(outbox.TryStartWrite(out _));
        Assert.Equal(2, _bufferPool.Rented);
        Assert.InRange(outbox.QueuedBytes, Large / 2, Large - 1);

        outbox.Abandon();
        Assert.Equal((0, 0), (outbox.QueuedBytes, _bufferPool.Rented));
    }

    // The connection is a probe of the source's words, which the test hands on.
    [Theory]
    [InlineData(Role.Server)]
    [InlineData(Role.Client)]
    public async Task A_streamed_message_is_fragments_masked_as_any_and_control_frames_pass(Role role)
    {
        var connection = new Ear();
        var outbox = new Outbox(role, _bufferPool, Large, new Receipts(ActorRefs.Nobody), connection);
        var reader = new StreamParser(Other(role), new MessageLimits(Large, 10, 1));
        var part = new byte[100_000];
        new Random(3).NextBytes(part);
        Queue(outbox, Ws.Send.Stream(MessageKind.Binary, new ReadOnlyMemory<byte>[] { part, part }.ToAsyncEnumerable()));
        Queue(outbox, Ws.Send.Text("behind"));
        Assert.False(outbox.TryStartWrite(out _));
        Assert.Equal(0, _bufferPool.Rented);

        Assert.True(outbox.TryTake(await connection.Hear()));
        var facts = ReadAll(outbox, reader);
        outbox.AppendControl(Opcode.Ping, new byte[] { 1 });
        Assert.True(outbox.TryTake(await connection.Hear()));
        facts.AddRange(ReadAll(outbox, reader));
        Assert.False(outbox.IsEmpty);
        Assert.True(outbox.TryTake(await connection.Hear()));
        facts.AddRange(ReadAll(outbox, reader));

        Assert.Equal(
            [StreamEventKind.Ping, StreamEventKind.Message, StreamEventKind.Message],
            facts.Select(static fact => fact.Kind));
        Assert.Equal([.. part, .. part], facts[1].Payload.ToArray());
        Assert.Equal((0, 0, true), (outbox.QueuedBytes, _bufferPool.Rented, outbox.IsEmpty));
    }

    private Outbox Make(Role role, int maxBytes) => new(role, _bufferPool, maxBytes, new Receipts(ActorRefs.Nobody), ActorRefs.Nobody);

    private static void Queue(Outbox outbox, Ws.Send message) => Assert.Equal(Offered.Taken, outbox.Offer(message, ActorRefs.Nobody));

    private static void Finish(Outbox outbox)
    {
        if (outbox.IsWriting)
        {
            outbox.FinishWrite();
        }
    }

    private static Role Other(Role role) => role == Role.Server ? Role.Client : Role.Server;

    private static List<StreamEvent> ReadAll(Outbox outbox, StreamParser reader)
    {
        var facts = new List<StreamEvent>();
        while (outbox.TryStartWrite(out var bytes))
        {
            facts.AddRange(Read(bytes, reader));
            outbox.FinishWrite();
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
        private readonly Channel<StreamFeed.Produced> _heard = Channel.CreateUnbounded<StreamFeed.Produced>();

        public override ActorPath Path => Nobody.Instance.Path;

        public override IActorRefProvider Provider => throw new NotSupportedException();

        public Task<StreamFeed.Produced> Hear() => _heard.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        protected override void TellInternal(object message, IActorRef sender) => _heard.Writer.TryWrite((StreamFeed.Produced)message);
    }
}
