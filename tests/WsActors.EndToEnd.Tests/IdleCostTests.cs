using System.Diagnostics;
using WsActors.Tests.Loopback;
using Xunit.Abstractions;

namespace WsActors.EndToEnd.Tests;

/// <summary>The processor cost of an idle connection.</summary>
[Collection(Measured.Name)]
public sealed class IdleCostTests(ITestOutputHelper output)
{
    private const int Connections = 5_000;

    private const int Rounds = 10;

    /// <summary>The maximum share of a current core for 5,000 idle connections.</summary>
    private const double MostOfACore = 0.015;

    /// <summary>
    /// A slower core may need more: a second of idleness takes at most this part of the processor time in which each of them echoes one
    /// message. That time comes from the same core.
    /// </summary>
    private const double MostOfAnEcho = 0.05;

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    // Between pings, which are off here: the minimum of several rounds on each side is the process's need, the rest is noise of the
    // machine.
    [Fact]
    public async Task Idle_connections_use_at_most_one_and_a_half_percent_of_a_core()
    {
        await using var server = await ServerProcess.StartAsync("--set", "ws-actors.keep-alive.ping-interval=1h");
        using (var warmUp = await server.ConnectAsync("/echo"))
        {
            await warmUp.CloseAsync();
        }

        var without = await LeastShareOfACoreAsync(server, enough: 0);
        using var crowd = await Crowd.OpenAsync(server.Port, Connections);
        var with = await LeastShareOfACoreAsync(server, enough: without + MostOfACore);

        // The measured connections are still open.
        var echo = await LeastOfAnEchoAsync(server, crowd);
        var most = Math.Max(MostOfACore, echo * MostOfAnEcho);

        output.WriteLine(
            $"idle: {without:P2} of a core without connections, {with:P2} with {Connections}; {echo:0.000} s for an echo of each, so that "
                + $"{most:P2} more are allowed");
        Assert.True(with - without <= most, $"{Connections} idle connections cost {with - without:P2} of a core, more than {most:P2}.");
    }

    /// <summary>Seconds of processor time in which each connection echoes one message.</summary>
    private static async Task<double> LeastOfAnEchoAsync(ServerProcess server, Crowd crowd)
    {
        var least = double.MaxValue;
        for (var i = 0; i < Rounds; i++)
        {
            var before = server.Meter.ProcessorTime;
            await crowd.AskAsync(Wire.Text("hi"), [0x81, 2, .. "hi"u8]);
            least = Math.Min(least, (server.Meter.ProcessorTime - before).TotalSeconds);
        }

        return least;
    }

    /// <param name="server">The server to measure.</param>
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
