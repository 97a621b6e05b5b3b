using System.Globalization;
using System.Text;
using WsActors.Tests.Loopback;
using Xunit.Abstractions;

namespace WsActors.EndToEnd.Tests;

/// <summary>The memory of connections that had one echo, and are idle since.</summary>
[Collection(Measured.Name)]
public sealed class IdleMemoryTests(ITestOutputHelper output)
{
    private const int Connections = 5_000;

    private const int FewConnections = 500;

    /// <summary>
    /// Native bytes a connection beyond its own: leftovers of the start, and memory of the compiler, were seen to change by 7 MB. A
    /// compressor and a decompressor take more than a hundred times as much, and a decompressor alone takes twenty times: a few in a
    /// hundred connections that kept theirs would show.
    /// </summary>
    private const long NegligibleNative = 2 * 1024;

    /// <summary>Fewer bytes than any actor takes: a measure that sees less does not see connections.</summary>
    private const long LeastSeen = 1_000;

    /// <summary>3 KiB that shrink to a third.</summary>
    private static readonly byte[] Message = Encoding.ASCII.GetBytes(
        string.Concat(
            Enumerable.Range(0, 1000)
                .Select(static i => string.Create(CultureInfo.InvariantCulture, $"{i * 7919 % 1000} words, "))))[..3072];

    /// <summary>
    /// With its handler, an actor; with Akka.IO including its read buffer. Other memory of the process only adds, so that the minimum
    /// counts.
    /// </summary>
    [Theory]
    [InlineData("sockets", 4_500)]
    [InlineData("akka-io", 14_000)]
    public async Task An_idle_connection_uses_little_memory(string transport, long most)
    {
        const int MostAttempts = 3;
        var held = (await HeldByOneAsync("off", Connections, transport: transport)).Heap;
        for (var i = 1; i < MostAttempts && held > most; i++)
        {
            held = Math.Min(held, (await HeldByOneAsync("off", Connections, transport: transport)).Heap);
        }

        Assert.InRange(held, LeastSeen, most);
    }

    [Fact]
    public async Task Idle_connections_with_compression_use_no_more_memory_than_others()
    {
        const double Tolerance = 0.1;
        var off = await HeldByOneAsync("off", Connections);
        var shared = await HeldByOneAsync("shared", Connections);
        Assert.InRange(shared.Heap, off.Heap * (1 - Tolerance), off.Heap * (1 + Tolerance));
        Assert.True(shared.Malloc is null or < NegligibleNative, $"A connection that may compress holds {shared.Malloc} native bytes.");
    }

    // Nearly half of it is memory that is not used before more was said. The least is there to show that the measure above sees
    // compressors.
    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    public async Task Connections_with_context_takeover_use_the_configured_memory(int messages)
    {
        const long Most = 450_000;
        var one = await HeldByOneAsync("dedicated", FewConnections, messages);
        Assert.InRange(one.Heap + (one.Malloc ?? 0), 0, Most);
        Assert.True(one.Malloc is null or > 100 * NegligibleNative, $"Only {one.Malloc} native bytes are seen of compressors.");
    }

    private async Task<LiveMemory> HeldByOneAsync(string mode, int count, int messages = 1, string? transport = null)
    {
        string[] arguments = transport is null ? [] : ["--transport", transport];
        var (offer, said, heard) = mode == "off"
            ? ("", Wire.Binary(Message), new byte[] { 0x82 })
            : ("Sec-WebSocket-Extensions: permessage-deflate\r\n", Wire.Compressed(Message)[0], [0xC2]);
        await using var server = await ServerProcess.StartAsync(
            PinnedRuntime.Environment,
            ["--set", $"ws-actors.compression.mode={mode}", "--set", "ws-actors.keep-alive.ping-interval=1h", .. arguments]);

        // After a warm-up, pools, threads and compiled code exist: the rest of the growth is connections.
        using var first = await Crowd.OpenAsync(server.Port, 500, headers: offer);
        for (var i = 0; i < 10; i++)
        {
            await first.AskAsync(said, heard);
        }

        var before = await server.LiveMemoryAsync();
        using var crowd = await Crowd.OpenAsync(server.Port, count, headers: offer);
        for (var i = 0; i < messages; i++)
        {
            await crowd.AskAsync(said, heard);
        }

        var one = (await server.LiveMemoryAsync()).Since(before, count);

        // The measured connections were still open.
        await crowd.AskAsync(said, heard);

        output.WriteLine(
            $"{transport ?? "default"}, {mode}: {one} bytes a connection, of {count} idle ones that heard {messages} messages of 3 KiB "
                + "each");
        return one;
    }
}
