using System.Net;
using System.Net.Sockets;
using WsActors.Tests.Loopback;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>Three machines with a node each, up and ready, and the networks between them, of which each may be cut off.</summary>
internal sealed class Machines : IAsyncDisposable
{
    /// <summary>As in <see cref="Trio"/>: failure detection is faster than by default, and a cluster forms sooner.</summary>
    private static readonly string[] Hasty =
    [
        "--set", "akka.cluster.retry-unsuccessful-join-after=1s",
        "--set", "akka.cluster.split-brain-resolver.stable-after=2s",
        "--set", "ws-actors.drain.lead=off",
        "--set", "ws-actors.drain.spread=off",
    ];

    /// <summary>
    /// The time that the first seed waits for another node before it forms a cluster: short for the first node of a test; for a restarted
    /// node as long as a busy machine may take, since two clusters would not merge.
    /// </summary>
    private static readonly string[] Alone = ["--set", "akka.cluster.seed-node-timeout=1s"];

    private static readonly string[] Expected = ["--set", "akka.cluster.seed-node-timeout=60s"];

    private readonly NetworkNamespace _switches;

    private readonly List<Machine> _all = [];

    private readonly HttpClient _http;

    private Machines()
    {
        NetworkNamespace.Sweep();
        _switches = NetworkNamespace.Create("switches");
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
                new NetworkStream(await ConnectAsync(context.DnsEndPoint, cancellation), ownsSocket: true),
            PooledConnectionLifetime = TimeSpan.Zero,

            // A kernel answers at once, even on a busy machine; without an answer, no packet passes.
            ConnectTimeout = TimeSpan.FromSeconds(1),
        });
    }

    /// <summary>The first is the first seed, and so the oldest node.</summary>
    public IReadOnlyList<Machine> All => _all;

    public static async Task<Machines> StartAsync()
    {
        var machines = new Machines();
        try
        {
            Machine.Lay(machines._switches);
            for (var number = 1; number <= 3; number++)
            {
                machines._all.Add(new Machine(machines._switches, number));
            }

            await Task.WhenAll(machines.All.Select(machine => machines.StartAsync(machine, [.. Hasty, .. Alone])));
            await Task.WhenAll(machines.All.Select(machines.ReadyAsync));
            return machines;
        }
        catch
        {
            await machines.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a machine's node again, and waits until that listens.</summary>
    public Task RestartAsync(Machine machine) => StartAsync(machine, [.. Hasty, .. Expected]);

    /// <summary>Waits until a node is up in the cluster.</summary>
    public async Task ReadyAsync(Machine machine)
    {
        using var deadline = new CancellationTokenSource(Eventually.Patience);
        while (!await IsReadyAsync(machine))
        {
            Assert.False(
                deadline.IsCancellationRequested, $"{machine.Node} is not ready. It wrote:\n{string.Join('\n', machine.Program.Output)}");
            await Task.Delay(50, CancellationToken.None);
        }
    }

    /// <summary>The health endpoint of a balancer.</summary>
    public async Task<bool> IsReadyAsync(Machine machine)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            using var answer = await _http.GetAsync(new Uri($"http://{machine.Address}/health/ready"), patience.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>As people do, from outside.</summary>
    public Task<Socket> ConnectAsync(Machine machine, CancellationToken cancellation) =>
        ConnectAsync(IPEndPoint.Parse(machine.Address), cancellation);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (var machine in _all)
        {
            await machine.EndAsync();
            machine.Dispose();
        }

        _switches.Dispose();
    }

    private Task StartAsync(Machine machine, string[] arguments) =>
        machine.StartAsync(string.Join(',', _all.Select(static one => one.Node)), arguments);

    private async Task<Socket> ConnectAsync(EndPoint where, CancellationToken cancellation)
    {
        var socket = _switches.Socket();
        try
        {
            await socket.ConnectAsync(where, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
