using System.Diagnostics;
using WsActors.EndToEnd.Tests.Cluster;

namespace WsActors.EndToEnd.Tests.Container;

/// <summary>The balancer of <c>docker-compose.yml</c>, with its very settings but for where it and the nodes are.</summary>
internal sealed class Haproxy : IAsyncDisposable
{
    private readonly string _file = Path.GetTempFileName();

    private readonly Process _process;

    private Haproxy(string settings)
    {
        File.WriteAllText(_file, settings);
        _process = Process.Start("haproxy", ["-db", "-f", _file]);
    }

    public Uri Address { get; private init; } = null!; // It is started with one.

    public static async Task<Haproxy> StartAsync(Trio nodes)
    {
        var address = new Uri($"ws://127.0.0.1:{FreePorts.One()}");
        var settings = Settings()
            .Replace("bind :8080", $"bind {address.Authority}", StringComparison.Ordinal)
            .Replace("one one:8080", $"one 127.0.0.1:{nodes.A.Port}", StringComparison.Ordinal)
            .Replace("two two:8080", $"two 127.0.0.1:{nodes.B.Port}", StringComparison.Ordinal)
            .Replace("three three:8080", $"three 127.0.0.1:{nodes.C.Port}", StringComparison.Ordinal);
        Assert.DoesNotContain(":8080", settings, StringComparison.Ordinal);
        var haproxy = new Haproxy(settings) { Address = address };
        await haproxy.ReadyAsync();
        return haproxy;
    }

    /// <summary>The configuration of the balancer.</summary>
    public static string Settings() => File.ReadAllText(Path.Combine(Repository.Root, "containers", "haproxy.cfg"));

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        File.Delete(_file);
    }

    private async Task ReadyAsync()
    {
        using var http = new HttpClient();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var health = new Uri($"http://{Address.Authority}/health/ready");
        while (true)
        {
            try
            {
                if ((await http.GetAsync(health, deadline.Token)).IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // It does not listen yet.
            }

            await Task.Delay(50, deadline.Token);
        }
    }
}
