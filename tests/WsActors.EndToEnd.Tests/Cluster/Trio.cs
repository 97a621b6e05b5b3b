using System.Runtime.InteropServices;
using WsActors.Tests.Loopback;
using Xunit.Abstractions;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>Three nodes of a cluster on loopback, each a process of the real program, up and ready.</summary>
public sealed class Trio : IAsyncLifetime
{
    /// <summary>The role of the nodes that host sessions.</summary>
    public const string Host = "host";

    // A node that is lost is given up sooner than by default, and a cluster begins sooner; how topics and presence spread is as it is.
    private static readonly string[] Hasty =
    [
        "--set", "akka.cluster.retry-unsuccessful-join-after=1s",
        "--set", "akka.cluster.split-brain-resolver.stable-after=2s",
        "--set", "ws-actors.drain.lead=off",
        "--set", "ws-actors.drain.spread=off",
        "--set", $"akka.cluster.roles=[{Host}]",
        "--set", $"ws-actors.sessions.role={Host}",
    ];

    // The first seed forms a cluster when no other answers in time. At first, without a cluster, its wait shall be short; after a restart,
    // as long as a busy machine may take: two clusters would not merge. For the other nodes, this is the interval of their queries.
    private static readonly string[] Alone = ["--set", "akka.cluster.seed-node-timeout=1s"];

    private static readonly string[] Expected = ["--set", "akka.cluster.seed-node-timeout=60s"];

    /// <summary>The ports of each node for others and for clients: the same after a restart.</summary>
    private readonly List<string> _ports = FreePorts.Some(6);

    private readonly ServerProcess[] _nodes = new ServerProcess[3];

    private readonly string[] _arguments;

    public Trio()
        : this([])
    {
    }

    /// <param name="arguments">More of them for each node.</param>
    internal Trio(params string[] arguments) => _arguments = arguments;

    public ServerProcess A => _nodes[0];

    public ServerProcess B => _nodes[1];

    public ServerProcess C => _nodes[2];

    /// <summary>In the order of their start.</summary>
    public IReadOnlyList<ServerProcess> Nodes => _nodes;

    /// <summary>The seed nodes, <c>host:port</c> separated by commas.</summary>
    public string Seeds => string.Join(',', Enumerable.Range(0, _nodes.Length).Select(NameOf));

    /// <summary>The node that calls itself so.</summary>
    public ServerProcess Named(string node) => _nodes[Enumerable.Range(0, _nodes.Length).First(i => NameOf(i) == node)];

    public async Task InitializeAsync()
    {
        await Task.WhenAll(Enumerable.Range(0, _nodes.Length).Select(node => StartAsync(node, Alone)));
        foreach (var node in _nodes)
        {
            await ReadyAsync(node);
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    /// <summary>Prints the nodes' output, for a failed test.</summary>
    public void Tell(ITestOutputHelper output)
    {
        foreach (var (i, node) in _nodes.Index())
        {
            output.WriteLine($"--- {NameOf(i)}");
            foreach (var line in (string[])[.. node.Output, .. node.Errors])
            {
                output.WriteLine(line);
            }
        }
    }

    /// <summary>Terminates a node, and restarts it after its end: then it is up.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> RestartAsync(int node)
    {
        _nodes[node].Signal(PosixSignal.SIGTERM);
        await using var before = _nodes[node];
        var exitCode = await before.WaitForExitAsync();
        await StartAsync(node, node == 0 ? Expected : Alone);
        await ReadyAsync(_nodes[node]);
        return exitCode;
    }

    private string NameOf(int node) => $"127.0.0.1:{_ports[node]}";

    private async Task StartAsync(int node, string[] patience) => _nodes[node] = await ServerProcess.StartAsync(
        new Dictionary<string, string?> { ["Cluster__Seeds"] = Seeds, ["Cluster__Port"] = _ports[node] },
        [.. Hasty, .. patience, .. _arguments, "--listen", $"ws://127.0.0.1:{_ports[_nodes.Length + node]}"]);

    private static async Task ReadyAsync(ServerProcess node)
    {
        using var http = new HttpClient();
        using var deadline = new CancellationTokenSource(Eventually.Patience);
        while (!(await http.GetAsync(node.HttpUri("/health/ready"), CancellationToken.None)).IsSuccessStatusCode)
        {
            Assert.False(deadline.IsCancellationRequested, $"A node is not ready. It wrote:\n{string.Join('\n', node.Output)}");
            await Task.Delay(50, CancellationToken.None);
        }
    }
}
