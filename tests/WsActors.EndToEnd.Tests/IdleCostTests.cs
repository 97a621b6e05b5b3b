using System.Diagnostics;
using WsActors.Tests.Loopback;
using Xunit.Abstractions;

namespace WsActors.EndToEnd.Tests;

/// <summary>What a connection costs that nobody uses.</summary>
[Collection(Measured.Name)]
public sealed class IdleCostTests(ITestOutputHelper output)
{
    private const int Connections = 5_000;

    private const int Rounds = 4;

    private const double MostOfACore = 0.015;

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(3);

    // Between pings, which are put off here: the least of several rounds on each side is what the process needs, the rest is the machine's noise.
    [Fact]
    public async Task Idle_connections_cost_at_most_one_and_a_half_percent_of_a_core()
    {
        await using var server = await ServerProcess.StartAsync("--set", "ws-actors.keep-alive.ping-interval=1h");
        using (var warmUp = await server.ConnectAsync("/echo"))
        {
            await warmUp.CloseAsync();
        }

        var without = await LeastShareOfACoreAsync(server, enough: 0);
        using var crowd = await Crowd.OpenAsync(server.Port, Connections);
        var with = await LeastShareOfACoreAsync(server, enough: without + MostOfACore);

        // What was measured was still connected.
        await crowd.AskAsync(Wire.Text("hi"), [0x81, 2, .. "hi"u8]);

        output.WriteLine($"idle: {without:P2} of a core without connections, {with:P2} with {Connections}");
        Assert.True(with - without <= MostOfACore, $"{Connections} idle connections cost {with - without:P2} of a core.");
    }

    /// <param name="server">Whose share.</param>
    /// <param name="enough">With this or less it need not be measured again.</param>
    private static async Task<double> LeastShareOfACoreAsync(ServerProcess server, double enough)
    {
        var least = double.MaxValue;
        for (var i = 0; i < Rounds && least > enough; i++)
        {
            var clock = Stopwatch.StartNew();
            var before = server.Meter.ProcessorTime;
            await Task.Delay(Round);
            least = Math.Min(least, (server.Meter.ProcessorTime - before) / clock.Elapsed);
        }

        return least;
    }
}
