using System.Globalization;
using System.Net;
using WsActors.Tests.Loopback;
using Xunit.Abstractions;

namespace WsActors.EndToEnd.Tests.Attacks;

/// <summary>
/// The program under attack, with an honest client that echoes throughout. The cost of an attack is measured, written as a row of the table
/// in docs/security.md, and judged.
/// </summary>
internal sealed class Siege : IAsyncDisposable
{
    /// <summary>Memory beyond the sum of the limits: pools for the next client, and memory that the attack is the first to need.</summary>
    public const int Slack = 16 * 1024 * 1024;

    /// <summary>
    /// The maximum memory of a connection to a slow peer: the defaults of <c>send-queue.max-size</c> and
    /// <c>send-queue.pause-reading-above</c>.
    /// </summary>
    public const int MaxUnsent = (1024 + 512) * 1024;

    /// <summary>Echoes before the program is warm, and as many again to know how long one takes in peace.</summary>
    private const int Echoes = 150;

    /// <summary>
    /// The attackers and other programs take their share of the processors, so an echo is slower than in peace.
    /// Half a second is where a person would notice.
    /// </summary>
    private const int MostTimesSlower = 20;

    private static readonly TimeSpan MostSlower = TimeSpan.FromMilliseconds(500);

    /// <summary>The interval between two measurements of the program's memory; each collects its garbage.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    private readonly ITestOutputHelper _output;

    private readonly HonestClient _honest;

    /// <summary>Completed by the next measurement of the program's memory.</summary>
    private TaskCompletionSource _look = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Siege(ITestOutputHelper output, ServerProcess server)
    {
        _output = output;
        Server = server;
        _honest = new HonestClient(server.Port);
    }

    public ServerProcess Server { get; }

    /// <summary>
    /// Starts the program, without pings during an attack however slow the machine is: attackers count the bytes that they expect.
    /// </summary>
    public static async Task<Siege> StartAsync(ITestOutputHelper output, params string[] settings) =>
        new(
            output,
            await ServerProcess.StartAsync(
                PinnedRuntime.Environment,
                [
                    .. settings.Append("keep-alive.ping-interval=1h")
                        .SelectMany(static setting => new[] { "--set", $"ws-actors.{setting}" }),
                ]));

    /// <summary>
    /// Runs an attack and checks its effect. Other programs can only slow an echo, so the fastest of some attempts counts.
    /// </summary>
    /// <param name="name">The row's first cell.</param>
    /// <param name="mostMemory">The maximum additional memory of the program at any time, in bytes: live objects and native memory, no
    /// garbage.</param>
    /// <param name="attack">Ends when every attacker got its answer.</param>
    public async Task EndureAsync(string name, long mostMemory, Func<Task> attack)
    {
        const int MostAttempts = 3;
        double before, during;
        var attempt = 0;
        do
        {
            (before, during) = await AttackAsync(name, mostMemory, attack);
        }
        while (during > MostOf(before) && ++attempt < MostAttempts);

        Assert.True(during <= MostOf(before), $"An honest echo took {during:F1} ms, and {before:F1} ms before.");

        static double MostOf(double before) => (before * MostTimesSlower) + MostSlower.TotalMilliseconds;
    }

    /// <returns>The milliseconds that an honest echo took, the median, before the attack and while it lasted.</returns>
    private async Task<(double Before, double During)> AttackAsync(string name, long mostMemory, Func<Task> attack)
    {
        await TakeEchoesAsync(Echoes);
        var before = await TakeEchoesAsync(Echoes);
        var held = await HeldAsync();
        var processor = Server.Meter.ProcessorTime;

        var attacking = attack();
        var (most, looks) = (held, 0);
        do
        {
            var look = Volatile.Read(ref _look);
            most = Math.Max(most, await HeldAsync());
            looks++;
            Volatile.Write(ref _look, new(TaskCreationOptions.RunContinuationsAsynchronously));
            look.SetResult();
            await Task.WhenAny(attacking, Task.Delay(Glance));
        }
        while (!attacking.IsCompleted);

        await attacking;
        processor = Server.Meter.ProcessorTime - processor;
        var growth = most - held;
        var during = await TakeEchoesAsync(1);
        await TakeEchoesAsync(10);

        _output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {growth / 1e6:F0} MB | {processor.TotalSeconds:F1} s | {Median(before):F1} ms | {Median(during):F1} ms |"));
        _output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{during.Count} echoes meanwhile, the slowest {during.Max().TotalMilliseconds:F0} ms; {looks} looks, and "
                + $"{mostMemory / 1e6:F0} MB more may be held"));
        Assert.True(growth <= mostMemory, $"The program held {growth:N0} bytes more than before, and {mostMemory:N0} may be.");
        return (Median(before), Median(during));
    }

    /// <summary>Waits for a complete memory measurement that starts after now.</summary>
    public async Task LookAsync()
    {
        // The one in progress may have started before.
        await Volatile.Read(ref _look).Task;
        await Volatile.Read(ref _look).Task;
    }

    /// <summary>A number of clients at once, each with an open WebSocket.</summary>
    public Task ManyAsync(int count, string headers, Func<RawClient, Task> attack, int receiveBuffer = 0) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(async () =>
        {
            using var client = await RawClient.Connect(new IPEndPoint(IPAddress.Loopback, Server.Port), "/echo", receiveBuffer, headers);
            await attack(client);
        })));

    public static byte[] Repeat(byte[] frames, int times)
    {
        var all = new byte[frames.Length * times];
        for (var i = 0; i < times; i++)
        {
            frames.CopyTo(all, i * frames.Length);
        }

        return all;
    }

    public async ValueTask DisposeAsync()
    {
        _honest.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>Bytes that the program holds once its garbage is collected; where malloc cannot tell, its live objects alone.</summary>
    private async Task<long> HeldAsync()
    {
        var held = await Server.LiveMemoryAsync();
        return held.Heap + (held.Malloc ?? 0);
    }

    /// <summary>The echoes since they were last taken: at least a minimum number.</summary>
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
