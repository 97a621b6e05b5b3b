using System.Globalization;
using System.Text;
using WsActors.Tests.Loopback;
using Xunit.Abstractions;

namespace WsActors.EndToEnd.Tests;

/// <summary>The memory of connections that said something once, heard the answer, and are idle since.</summary>
[Collection(Measured.Name)]
public sealed class IdleMemoryTests(ITestOutputHelper output)
{
    private const int Connections = 5_000;

    private const int FewConnections = 500;

    /// <summary>
    /// What is not the connections': the youngest generation is of one size on all machines; the collector takes memory for scarce, and
    /// closes the holes that garbage left; malloc gives back at once what a compressor freed, where it would keep some 10 MB of that for
    /// the next, however many connections there are.
    /// </summary>
    private static readonly Dictionary<string, string?> Steady = new()
    {
        ["DOTNET_GCgen0size"] = "0x400000",
        ["DOTNET_GCHighMemPercent"] = "1",
        ["MALLOC_MMAP_THRESHOLD_"] = "65536",
    };

    /// <summary>3 KiB that shrink to a third.</summary>
    private static readonly byte[] Message = Encoding.ASCII.GetBytes(
        string.Concat(Enumerable.Range(0, 1000).Select(static i => string.Create(CultureInfo.InvariantCulture, $"{i * 7919 % 1000} words, "))))[..3072];

    // How much free memory the collector keeps is luck: measurements of the same were seen 8 % to either side of their middle. It only
    // adds, so the least of several is nearest to what a connection holds.
    [MeasuringFact]
    public async Task Connections_that_may_compress_cost_no_more_than_others_while_they_are_idle()
    {
        const int MostRounds = 4;
        const double Tolerance = 1.1;
        var (off, shared) = (double.MaxValue, double.MaxValue);
        for (var round = 0; round == 0 || (round < MostRounds && shared > off * Tolerance); round++)
        {
            off = Math.Min(off, await BytesOfOneAsync("off", Connections));
            shared = Math.Min(shared, await BytesOfOneAsync("shared", Connections));
        }

        Assert.True(shared <= off * Tolerance, $"A connection that may compress costs {shared:N0} bytes, another one {off:N0}.");
    }

    [Theory]
    [InlineData(1, 300_000)]
    [InlineData(60, 400_000)]
    public async Task Connections_that_keep_their_context_cost_what_the_settings_say(int messages, double most) =>
        Assert.InRange(await BytesOfOneAsync("dedicated", FewConnections, messages), 0, most);

    private async Task<double> BytesOfOneAsync(string mode, int count, int messages = 1)
    {
        var (offer, said, heard) = mode == "off"
            ? ("", Wire.Binary(Message), new byte[] { 0x82 })
            : ("Sec-WebSocket-Extensions: permessage-deflate\r\n", Wire.Compressed(Message)[0], [0xC2]);
        await using var server = await ServerProcess.StartAsync(Steady, "--set", $"ws-actors.compression.mode={mode}");
        // Pools, threads and compiled code are there when these have talked for a while; what comes on top are connections.
        using var first = await Crowd.OpenAsync(server.Port, 500, headers: offer);
        for (var i = 0; i < 10; i++)
        {
            await first.AskAsync(said, heard);
        }

        var before = await HeldAsync(server);
        using var crowd = await Crowd.OpenAsync(server.Port, count, headers: offer);
        for (var i = 0; i < messages; i++)
        {
            await crowd.AskAsync(said, heard);
        }

        var one = (double)(await HeldAsync(server) - before) / count;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{mode}: {one:N0} bytes a connection, of {count:N0} idle ones that heard {messages} messages of 3 KiB each"));
        return one;
    }

    /// <summary>The memory that is left when all garbage was collected, again and again, since what is free is given back in steps.</summary>
    private static async Task<long> HeldAsync(ServerProcess server)
    {
        for (var i = 0; i < 10; i++)
        {
            server.CollectGarbage();
            await Task.Delay(100);
        }

        return server.Meter.Memory;
    }
}
