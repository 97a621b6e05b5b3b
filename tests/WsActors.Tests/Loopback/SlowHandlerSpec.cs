using System.Buffers.Binary;
using Akka.Actor;
using Akka.Dispatch;

namespace WsActors.Tests.Loopback;

/// <summary>A client that sends as fast as it can to a handler that takes its time for each message.</summary>
[Collection(OneByOne.Name)]
public sealed class SlowHandlerSpec(Xunit.Abstractions.ITestOutputHelper output)
{
    private const int Messages = 100_000;

    private const int PayloadBytes = 1000;

    /// <summary>
    /// After so many it takes no more time, so that the test does not take a quarter of an hour; with WSACTORS_MEASURE it does.
    /// </summary>
    private static readonly int SlowMessages = Measuring.IsAskedFor ? Messages : 200;

    [Fact]
    public async Task R19_All_messages_arrive_in_order_and_at_most_the_window_waits()
    {
        var slow = new Slow.Notes();
        await using var server = await LoopbackServer.Start(
            Props.Create<Slow>(slow).WithDispatcher(Dispatchers.DefaultDispatcherId),
            static options => options with { CloseTimeout = TimeSpan.FromMinutes(1) });
        using var client = await server.Connect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var wire = Enumerable.Range(0, Messages).Select(Message);

        var sending = Task.Run(async () =>
        {
            foreach (var frame in wire)
            {
                await client.Send(frame);
            }
        });
        await Eventually.Holds(
            () => slow.Count >= SlowMessages, () => $"Only {slow.Count} were dealt with.", patience: TimeSpan.FromMinutes(30));

        // Only a part was taken from the client by then.
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        await sending;
        await Eventually.Holds(() => slow.Count == Messages, () => $"Only {slow.Count} came.");

        Assert.True(slow.IsInOrder, "The order was not kept.");
        Assert.InRange(slow.MostWaiting, 1, Slow.Most);
        output.WriteLine(
            $"{SlowMessages} of {Messages} messages took 10 ms each: at most {slow.MostWaiting} waited, {held:N0} bytes more were held.");
        Assert.InRange(held, long.MinValue, 10 * 1024 * 1024);
    }

    private static byte[] Message(int number)
    {
        var payload = new byte[PayloadBytes];
        BinaryPrimitives.WriteInt32BigEndian(payload, number);
        return Wire.Binary(payload);
    }

    private sealed class Slow(Slow.Notes notes) : WebSocketHandler
    {
        /// <summary>The default window, and Opened or Closed.</summary>
        public const int Most = 16 + 1;

        private int _next;

        protected override void OnBinary(ReadOnlyMemory<byte> payload)
        {
            notes.IsInOrder &= BinaryPrimitives.ReadInt32BigEndian(payload.Span) == _next++;
            notes.MostWaiting = Math.Max(notes.MostWaiting, ((ActorRefWithCell)Self).Underlying.NumberOfMessages);
            if (notes.Count < SlowMessages)
            {
                // This handler is slow on purpose.
                Thread.Sleep(10);
            }

            notes.Add();
        }

        public sealed class Notes
        {
            private int _count;

            public int Count => Volatile.Read(ref _count);

            public int MostWaiting { get; set; }

            public bool IsInOrder { get; set; } = true;

            public void Add() => Interlocked.Increment(ref _count);
        }
    }
}
