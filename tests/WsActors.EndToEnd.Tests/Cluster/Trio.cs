using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WsActors.Tests.Loopback;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>Three nodes of a cluster on loopback, each a process of the real program, up and ready.</summary>
public sealed class Trio : IAsyncLifetime
{
    // A node that is lost is given up sooner than by default, and a cluster begins sooner; how topics and presence spread is as it is.
    private static readonly string[] Hasty =
    [
        "--set", "akka.cluster.seed-node-timeout=1s",
        "--set", "akka.cluster.retry-unsuccessful-join-after=1s",
        "--set", "akka.cluster.split-brain-resolver.stable-after=2s",
        "--set", "ws-actors.drain.lead=off",
        "--set", "ws-actors.drain.spread=off",
    ];

    private readonly Dictionary<string, ServerProcess> _byName = [];

    public ServerProcess A { get; private set; } = null!; // xunit starts it before the first test.

    public ServerProcess B { get; private set; } = null!; // the same

    public ServerProcess C { get; private set; } = null!; // the same

    /// <summary>The node that calls itself so.</summary>
    public ServerProcess Named(string node) => _byName[node];

    public async Task InitializeAsync()
    {
        var ports = FreePorts(3);
        var seeds = string.Join(',', ports.Select(static port => $"127.0.0.1:{port}"));
        var nodes = await Task.WhenAll(ports.Select(port => ServerProcess.StartAsync(
            new Dictionary<string, string?> { ["Cluster__Seeds"] = seeds, ["Cluster__Port"] = port },
            Hasty)));
        (A, B, C) = (nodes[0], nodes[1], nodes[2]);
        foreach (var (port, node) in ports.Zip(nodes))
        {
            _byName.Add($"127.0.0.1:{port}", node);
        }

        foreach (var node in nodes)
        {
            await ReadyAsync(node);
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var node in new[] { A, B, C })
        {
            await node.DisposeAsync();
        }
    }

    /// <summary>A port that nobody uses, and hardly anybody takes until it is used here.</summary>
    public static string FreePort() => FreePorts(1)[0];

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

    // Not of those that the system gives to outgoing connections: who connects to such a port in vain may come to meet itself.
    private static List<string> FreePorts(int count)
    {
        var sockets = new List<TcpListener>();
        while (sockets.Count < count)
        {
            var socket = new TcpListener(IPAddress.Loopback, Random.Shared.Next(10_000, 32_000));
            try
            {
                socket.Start();
                sockets.Add(socket);
            }
            catch (SocketException)
            {
                socket.Dispose(); // someone has it
            }
        }

        var ports = sockets.ConvertAll(static socket => ((IPEndPoint)socket.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture));
        sockets.ForEach(static socket => socket.Dispose());
        return ports;
    }
}
