using Akka.Actor;
using WsActors.Routing;

namespace WsActors.Tests.Loopback;

/// <summary>A message far larger than any limit, on a route that is told chunks.</summary>
[Collection(OneByOne.Name)]
public sealed class GiantMessageSpec(Xunit.Abstractions.ITestOutputHelper output)
{
    /// <summary>A quarter of a GiB, so that the test is short; with WSACTORS_MEASURE all of it.</summary>
    private static readonly long Length = (Measuring.IsAskedFor ? 1024L : 256L) * 1024 * 1024;

    private const long MostHeld = 16 * 1024 * 1024;

    [Fact]
    public async Task A_giant_message_passes_in_the_memory_of_its_chunks()
    {
        var seen = new Summing.Notes();
        var route = new WebSocketRouteOptions { MaxChunkBytes = 64 * 1024 };
        await using var server = await LoopbackServer.Start(_ => RouteTable.Empty.Map("/", _ => Props.Create<Summing>(seen), route));
        using var client = await server.Connect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var piece = new byte[1024 * 1024];

        await client.Send(Wire.HeaderOf(Length));
        for (var sent = 0L; sent < Length; sent += piece.Length)
        {
            await client.Send(piece);
            if (sent % (Length / 16) == 0)
            {
                seen.Held(GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        Assert.Equal("all", (await client.ReadFrame()).Text);
        output.WriteLine($"{Length:N0} bytes in {seen.Chunks} chunks, {seen.MostHeld:N0} bytes more held at most.");
        Assert.Equal((Length, Length / (64 * 1024)), (seen.Bytes, seen.Chunks));
        Assert.InRange(seen.MostHeld, long.MinValue, MostHeld);
    }

    private sealed class Summing(Summing.Notes notes) : WebSocketHandler
    {
        protected override void OnChunk(Ws.ReceivedChunk chunk)
        {
            notes.Bytes += chunk.Payload.Length;
            notes.Chunks++;
            if (chunk.IsLast)
            {
                Connection.Tell(Ws.Send.Text("all"));
            }
        }

        public sealed class Notes
        {
            public long Bytes { get; set; }

            public long Chunks { get; set; }

            public long MostHeld { get; private set; } = long.MinValue;

            public void Held(long bytes) => MostHeld = Math.Max(MostHeld, bytes);
        }
    }
}
