using System.Globalization;
using Xunit.Abstractions;

namespace WsActors.EndToEnd.Tests.Attacks;

/// <summary>
/// The program under attack, with an honest client that echoes all the while. What an attack costs the program is measured, written as a
/// row of the README's table, and judged.
/// </summary>
internal sealed class Siege : IAsyncDisposable
{
    /// <summary>Echoes before the program is warm, and as many again to know how long one takes in peace.</summary>
    private const int Echoes = 150;

    /// <summary>
    /// The attackers take their share of the machine's processors, and whoever else is on it his, so an echo can't be as quick as in peace.
    /// Half a second is where a person would notice.
    /// </summary>
    private const int MostTimesSlower = 20;

    private static readonly TimeSpan MostSlower = TimeSpan.FromMilliseconds(500);

    private readonly ITestOutputHelper _output;

    private readonly HonestClient _honest;

    private Siege(ITestOutputHelper output, ServerProcess server)
    {
        _output = output;
        Server = server;
        _honest = new HonestClient(server.Port);
    }

    public ServerProcess Server { get; }

    public static async Task<Siege> StartAsync(ITestOutputHelper output, params string[] settings) =>
        new(output, await ServerProcess.StartAsync([.. settings.SelectMany(static setting => new[] { "--set", $"ws-actors.{setting}" })]));

    /// <summary>Runs an attack and judges what it did.</summary>
    /// <param name="name">The row's first cell.</param>
    /// <param name="mostMemory">How many bytes the program may grow by.</param>
    /// <param name="attack">Ends when every attacker got its answer.</param>
    public async Task EndureAsync(string name, long mostMemory, Func<Task> attack)
    {
        await TakeEchoesAsync(Echoes);
        var before = await TakeEchoesAsync(Echoes);
        var (memory, processor) = (Server.Meter.Memory, Server.Meter.ProcessorTime);

        await attack();

        processor = Server.Meter.ProcessorTime - processor;
        var growth = Server.Meter.PeakMemory - memory;
        var during = await TakeEchoesAsync(1);
        await TakeEchoesAsync(10);

        _output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {growth / 1e6:F0} MB | {processor.TotalSeconds:F1} s | {Median(before):F1} ms | {Median(during):F1} ms |"));
        _output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{during.Count} echoes meanwhile, the slowest {during.Max().TotalMilliseconds:F0} ms; the program may grow by {mostMemory / 1e6:F0} MB"));
        Assert.True(growth <= mostMemory, $"The program grew by {growth:N0} bytes, more than {mostMemory:N0}.");
        Assert.True(
            Median(during) <= (Median(before) * MostTimesSlower) + MostSlower.TotalMilliseconds,
            $"An honest echo took {Median(during):F1} ms, and {Median(before):F1} ms before.");
    }

    public async ValueTask DisposeAsync()
    {
        _honest.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>The echoes since the last that were taken: at least so many.</summary>
    private async Task<IReadOnlyList<TimeSpan>> TakeEchoesAsync(int least)
    {
        while (_honest.Count < least)
        {
            await Task.Delay(10);
        }

        return _honest.TakeTimes();
    }

    /// <summary>In milliseconds.</summary>
    private static double Median(IReadOnlyList<TimeSpan> times) => times.Order().ElementAt(times.Count / 2).TotalMilliseconds;
}
