using System.Runtime.CompilerServices;
using Akka.Actor;
using WsActors.Protocol.Frames;
using WsActors.Protocol.Messages;
using WsActors.Routing;
using Xunit.Abstractions;

namespace WsActors.Tests.Loopback;

/// <summary>A message far larger than the queue passes through it part by part.</summary>
[Collection(OneByOne.Name)]
public sealed class StreamedSpec(ITestOutputHelper output)
{
    private const int PartBytes = 64 * 1024;

    private const int Parts = 4096;

    private readonly TaskCompletionSource _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_message_of_256_MiB_takes_the_memory_of_a_part_and_a_write()
    {
        await using var server = await LoopbackServer.Start(
            system => RouteTable.Empty.MapShared("/", system.ActorOf(Props.Create<Sender>(_acknowledged))));
        using var client = await server.Connect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0L;

        for (var i = 0; i < Parts; i++)
        {
            var frame = await client.ReadFrame(fin: false);
            Assert.Equal((i == 0 ? Opcode.Binary : Opcode.Continuation, PartBytes), (frame.Opcode, frame.Payload.Length));
            Assert.True(frame.Payload.AsSpan().IndexOfAnyExcept((byte)i) < 0, $"Part {i} has bytes of another.");
            most = i % 256 == 0 ? Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before) : most;
        }

        Assert.Empty((await client.ReadFrame()).Payload);
        await _acknowledged.Task.WaitAsync(Eventually.Patience);
        output.WriteLine($"Memory grew by {most} bytes.");
        Assert.InRange(most, 0, 4 * 1024 * 1024);
    }

    /// <summary>Streams from one buffer, which each part overwrites.</summary>
    private sealed class Sender(TaskCompletionSource acknowledged) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Ws.Opened opened:
                    opened.Connection.Tell(Ws.Send.Stream(MessageKind.Binary, Produce()) with { Ack = acknowledged });
                    break;
                case TaskCompletionSource: acknowledged.SetResult(); break;
            }
        }

        private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Produce(
            [EnumeratorCancellation] CancellationToken cancellation = default)
        {
            var buffer = new byte[PartBytes];
            for (var i = 0; i < Parts; i++)
            {
                buffer.AsSpan().Fill((byte)i);
                yield return buffer;
                cancellation.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }
}
