using System.Buffers.Binary;
using Akka.Actor;
using WsActors.Protocol.Frames;
using WsActors.Routing;
using Xunit.Abstractions;

namespace WsActors.Tests.Loopback;

/// <summary>
/// A peer that never reads, while its handler sends 1 GiB: memory is bounded, and the policy takes effect.
/// </summary>
[Collection(OneByOne.Name)]
public sealed class NeverReadsSpec : IDisposable
{
    private const string Route = "/never-reads";

    private const int Budget = 8 * 1024 * 1024;

    private const int MessageBytes = 64 * 1024;

    private const int Messages = 1024 * 1024 * 1024 / MessageBytes;

    private const int Keys = 32;

    private readonly ManualTime _time = new();

    private readonly MeterTap _tap;

    private readonly LiveMemory _memory = new();

    private readonly Outcome _outcome = new();

    private readonly ITestOutputHelper _output;

    private long _queued;

    private long _mostQueued;

    public NeverReadsSpec(ITestOutputHelper output)
    {
        _output = output;
        _tap = new MeterTap("wsactors.send_queue.size", Route, change =>
        {
            var queued = Interlocked.Add(ref _queued, change);
            Volatile.Write(ref _mostQueued, Math.Max(_mostQueued, queued));
        });
    }

    [Fact]
    public async Task R14_The_Close_policy_ends_with_1013()
    {
        await using var server = await Start(static _ => Ws.OverflowPolicy.Close);
        using var client = await server.Connect(Route, receiveBuffer: 4096);
        await UntilAllIsSent();
        AssertBounded();

        await Eventually.Holds(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return _outcome.ClosedWith is not null;
            },
            () => "Closed was never told.");

        Assert.Equal((1013, 0), (_outcome.ClosedWith, _outcome.Dropped));
        await AssertNothingIsLeft(server);
        AssertQueueWasMeasured();
    }

    [Fact]
    public async Task With_Drop_arrived_and_reported_messages_add_up_to_all()
    {
        await using var server = await Start(static _ => Ws.OverflowPolicy.Drop);
        using var client = await server.Connect(Route, receiveBuffer: 4096);
        await UntilAllIsSent();
        AssertBounded();

        var arrived = new List<int>();
        while (arrived.Count + _outcome.Dropped < Messages)
        {
            arrived.Add((await ReadMessage(client)).Number);
        }

        Assert.Equal(arrived.Order(), arrived);
        Assert.Equal(Messages, arrived.Count + _outcome.Dropped);
        Assert.InRange(arrived.Count * (long)MessageBytes, Budget - MessageBytes, 4 * Budget);
        Assert.Null(_outcome.ClosedWith);
        await client.Send(Wire.Text("on we go"));
        Assert.Equal("on we go", (await client.ReadFrame()).Text);
        client.Reset();
        await AssertNothingIsLeft(server);
        AssertQueueWasMeasured();
    }

    [Fact]
    public async Task With_Conflate_the_last_value_of_each_key_arrives()
    {
        var random = new Random(1);
        await using var server = await Start(_ => Ws.OverflowPolicy.Conflate($"{random.Next(Keys)}"));
        using var client = await server.Connect(Route, receiveBuffer: 4096);
        await UntilAllIsSent();
        AssertBounded();

        var values = new Dictionary<int, int>();
        while (values.Count < Keys
            || !values.OrderBy(static value => value.Key).Select(static value => value.Value).SequenceEqual(_outcome.Last))
        {
            var (key, number) = await ReadMessage(client);
            Assert.True(number > values.GetValueOrDefault(key, -1), $"{number} came after {values.GetValueOrDefault(key)}.");
            values[key] = number;
        }

        Assert.Equal(0, _outcome.Dropped);
        Assert.Null(_outcome.ClosedWith);
        client.Reset();
        await AssertNothingIsLeft(server);
        AssertQueueWasMeasured();
    }

    public void Dispose() => _tap.Dispose();

    private Task<LoopbackServer> Start(Func<int, Ws.OverflowPolicy> sends) => LoopbackServer.Start(
        system =>
            RouteTable.Empty.MapShared(Route, system.ActorOf(Props.Create<Flood>(sends, _memory, _outcome))),
        static options => options with { SendQueue = options.SendQueue with { MaxBytes = Budget } },
        time: _time,
        source: Props.Create<SmallSendBuffers>());

    private Task UntilAllIsSent() => Eventually.Holds(() => _outcome.IsAllSent, () => "The handler has not sent all.");

    private void AssertBounded()
    {
        _output.WriteLine($"{_mostQueued} bytes were queued, memory grew by {_memory.MostGrowth} of {Budget}.");
        Assert.InRange(Volatile.Read(ref _mostQueued), Budget - MessageBytes - 10, Budget);
        Assert.InRange(_memory.MostGrowth, long.MinValue, Budget + (Budget / 10));
    }

    // Memory of an earlier test may be released while this one runs. It hides the queue in the growth, and not in the difference to the
    // end.
    private void AssertQueueWasMeasured() => Assert.InRange(_memory.ReleasedAtEnd(), Budget / 2, long.MaxValue);

    private async Task AssertNothingIsLeft(LoopbackServer server)
    {
        await server.WaitUntilEmpty();
        Assert.Equal((0, 0), (Volatile.Read(ref _queued), server.WebSockets.RentedBuffers));
    }

    private static async Task<(int Key, int Number)> ReadMessage(RawClient client)
    {
        var frame = await client.ReadFrame();
        Assert.Equal((Opcode.Binary, MessageBytes), (frame.Opcode, frame.Payload.Length));
        return (BinaryPrimitives.ReadInt32BigEndian(frame.Payload), BinaryPrimitives.ReadInt32BigEndian(frame.Payload.AsSpan(4)));
    }

    /// <summary>The events of a handler, and its progress. The handler writes, the test reads.</summary>
    private sealed class Outcome
    {
        private long _dropped;

        /// <summary>Of each key, the number of the last message.</summary>
        public int[] Last { get; } = new int[Keys];

        public long Dropped => Volatile.Read(ref _dropped);

        public int? ClosedWith { get; set; }

        public bool IsAllSent { get; set; }

        public void Drop(long count) => Interlocked.Add(ref _dropped, count);
    }

    /// <summary>
    /// Sends its gigabyte, each message with its own bytes, sixteen at a time: then it waits until the connection has handled them, so that
    /// the connection's queue is measured, not its mailbox.
    /// </summary>
    private sealed class Flood(Func<int, Ws.OverflowPolicy> policy, LiveMemory memory, Outcome outcome) : UntypedActor
    {
        private int _sent;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Ws.Opened opened:
                    memory.Begin();
                    Send(opened.Connection);
                    break;
                case ActorIdentity { Subject: { } connection }:
                    if (_sent % 1024 == 0)
                    {
                        memory.Measure();
                    }

                    outcome.IsAllSent = _sent == Messages;
                    if (!outcome.IsAllSent)
                    {
                        Send(connection);
                    }

                    break;
                case Ws.Dropped dropped: outcome.Drop(dropped.Count); break;
                case Ws.Closed closed: outcome.ClosedWith = closed.Code; break;
                case Ws.Received received: Sender.Tell(Ws.Send.FromReceived(received)); break;
            }
        }

        private void Send(IActorRef connection)
        {
            for (var i = 0; i < 16 && _sent < Messages; i++)
            {
                var overflowPolicy = policy(_sent);
                var key = int.TryParse(overflowPolicy.Key, out var number) ? number : 0;
                outcome.Last[key] = _sent;
                var payload = new byte[MessageBytes];
                BinaryPrimitives.WriteInt32BigEndian(payload, key);
                BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(4), _sent++);
                connection.Tell(Ws.Send.Binary(payload) with { Overflow = overflowPolicy });
            }

            connection.Tell(new Identify(null));
        }
    }
}
